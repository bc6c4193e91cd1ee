#!/usr/bin/env node
import { realHouse } from "./house.ts";
import { processIo } from "./io.ts";
import { runCli } from "./run.ts";

/**
 * When everything is closed the process ends by itself, unless pcsclite has lost the farewell of one of its threads (seen
 * on a busy machine: its handle then stays open for ever) or a driver does not give a call back. Those are not waited for.
 */
const LINGER_MS = 1_000;

process.exitCode = await runCli(process.argv.slice(2), processIo(), realHouse());
setTimeout(() => process.exit(), LINGER_MS).unref();
