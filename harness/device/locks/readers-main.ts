/** Prints the names of the readers that pcscd knows, as JSON. A program of its own, since a process can talk to one pcscd only. */
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { listReaders } from "../pcsc/open-reader.ts";

const LOOK_MS = 5_000;

process.stdout.write(JSON.stringify(await listReaders(deadlineIn(systemClock, LOOK_MS))), () => process.exit(0));
