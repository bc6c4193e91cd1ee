/** The background process of `pursebench lab up`: the virtual lab with the harness's own cards and terminal. */
import { labCards } from "../lab/cards/registry.ts";
import { runLabDaemon } from "../lab/daemon-main.ts";
import { labSimulator } from "./lab-cards.ts";
import { labJavaCards } from "./lab-javacards.ts";
import { labPsams } from "./lab-psams.ts";
import { residentTerminal } from "./lab-terminal.ts";

const cards = labCards([["sim", labSimulator()], ["psam", labPsams()], ...labJavaCards()]);
await runLabDaemon({ cards, terminal: residentTerminal("00000001") });
