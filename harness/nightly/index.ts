/** Nights: several benches and devices in one job, with nobody in the room. */
export { loadNightly, type NightlyConfig } from "./config.ts";
export { acceptJob, importRuns, reinstate, writeTrend } from "./hand.ts";
export { type DoneNight, type NightOptions, performNight } from "./night.ts";
export { nightText } from "./summary.ts";
