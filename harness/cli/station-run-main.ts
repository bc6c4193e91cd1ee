/** The process of a run that the station page started. */
import { leave } from "../core/leave.ts";
import { serveRun } from "../page/run/run-process.ts";
import { realHouse } from "./house.ts";

await serveRun(realHouse());
leave();
