import { parseHsmFrame } from "./frame.ts";

/** Steps of FIG 15 by command or answer code; a negative result is no step of the seed. */
const STEPS: ReadonlyMap<string, string> = new Map([
  ["DM", "897"],
  ["DN", "899"],
  ["DO", "884"],
  ["DP", "886"],
]);

/** The step of the seed document that a frame on link HSM is, or undefined when it is none. */
export function stepOnHsm(bytes: Uint8Array): string | undefined {
  return STEPS.get(parseHsmFrame(bytes)?.code ?? "");
}
