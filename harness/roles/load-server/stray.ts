import { log, sendRefusal, unresolved } from "./outputs.ts";
import type { PhaseAt, PhaseStep } from "./phase.ts";

/** More messages that do not belong here than this are no accident. */
const STRAYS = 16;

/** Answered and not obeyed; the wait goes on where it was. */
export function stray(
  phase: PhaseAt<"load-response"> | PhaseAt<"challenge">,
  IDTRX: string | undefined,
  CC: string,
): PhaseStep {
  const { strays } = phase.load;
  if (strays >= STRAYS) return unresolved(phase.load, CC);
  return {
    state: { ...phase, load: { ...phase.load, strays: strays + 1 } },
    outputs: [
      log("message-refused", undefined, phase.load.IDTRX, { CC }),
      sendRefusal(IDTRX, CC),
      { kind: "await-head-end", since: "before" },
    ],
  };
}
