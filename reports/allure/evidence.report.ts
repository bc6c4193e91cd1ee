/** Not a test of ours: vitest runs this file to turn a recorded run into Allure results. See `render.ts`. */
import { loadRun } from "../record/load.ts";
import { RUN_DIR_VARIABLE } from "./config.ts";
import { registerRun } from "./register.ts";

registerRun(await loadRun(process.env[RUN_DIR_VARIABLE] ?? "", { keep: "every case" }));
