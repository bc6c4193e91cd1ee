/** The lab with nothing but its own cards and an echoing terminal line. */
import { labCards } from "./cards/registry.ts";
import { runLabDaemon } from "./daemon-main.ts";
import { echoTerminal } from "./terminal-emulator.ts";

await runLabDaemon({ cards: labCards(), terminal: echoTerminal });
