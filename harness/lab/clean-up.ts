import { rm } from "node:fs/promises";
import type { Clock } from "../core/clock.ts";
import type { LabPaths } from "./paths.ts";
import { endForeignProcess } from "./process/end-process.ts";
import type { LabState } from "./state-file.ts";

/** Ends what a lab left running, by number and start time, and removes its directory. Safe to repeat. */
export async function cleanUp(paths: LabPaths, state: LabState | undefined, clock: Clock): Promise<void> {
  if (state) {
    await endForeignProcess(state.daemon, "the virtual lab", clock);
    for (const { what, process } of state.children) await endForeignProcess(process, what, clock);
  }
  await rm(paths.directory, { recursive: true, force: true });
}
