#!/usr/bin/env node
import { leave } from "../core/leave.ts";
import { realHouse } from "./house.ts";
import { processIo } from "./io.ts";
import { runCli } from "./run.ts";

process.exitCode = await runCli(process.argv.slice(2), processIo(), realHouse());
leave();
