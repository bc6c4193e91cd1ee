import type { HeadEndOutput } from "./events.ts";
import { lossCode } from "./fail.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadInput, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";
import { causeOf, failureText, type Whereabouts } from "./load-texts.ts";

/** Ends the load: log, and a message for the user (E7). `TEXT`: the whole of it, where `CC` alone does not say it. */
export function endLoad(load: LoadState, CC: string, TEXT: string): LoadStep {
  const message = { kind: "user-message", IDTRX: load.terms?.IDTRX, CC, TEXT } as const;
  const failed = loadLog(load, "load-failed", undefined, { CC });
  return proceed(load, { phase: "over" }, failed, { kind: "send-cable", message }, { kind: "end" });
}

/**
 * Before a load command reached the set-top box: nothing was loaded, and what the account holder holds it gives back by its
 * own inquiry. A stop that the set-top box gave before keeps its code.
 */
export function failLoad(load: LoadState, CC: string, cause = causeOf(CC), where: Whereabouts = "held"): LoadStep {
  return endLoad(load, CC, failureText(load, cause, where));
}

const UNRESOLVED = "A01A";

/** How the load ended is not known to those who book it: the set-top box keeps it for a recovery. */
export function unresolved(load: LoadState, why: string): LoadStep {
  const noted = loadLog(load, "load-unresolved", undefined, { why });
  const [cause, where] = mayBeLoaded(load)
    ? (["The load server has not said how the load ended.", "unknown"] as const)
    : ([causeOf(load.failure ?? UNRESOLVED), "held"] as const);
  return preceded([noted], failLoad(load, UNRESOLVED, cause, where));
}

/** In a recovery, and where the load command has left and the set-top box has not said that the card never saw it. */
function mayBeLoaded({ page, LOADDATA, failure }: LoadState): boolean {
  return failure === undefined && (page === undefined || LOADDATA !== undefined);
}

/** A message that is not what is due; `reason` says what came instead. */
export function refusedMessage(load: LoadState, from: string, reason: string): HeadEndOutput {
  return loadLog(load, "message-refused", undefined, { from, reason });
}

/** Something else than what is due, before a load command. */
export function notDue(load: LoadState, from: string, input: LoadInput): LoadStep {
  const { CC, reason } = strange(input);
  return preceded([refusedMessage(load, from, reason)], failLoad(load, CC));
}

function strange(input: LoadInput): { readonly CC: "A001" | "A00A"; readonly reason: string } {
  if (input.kind !== "cable" && input.kind !== "payment") return { CC: "A00A", reason: `"${input.kind}"` };
  const { message } = input;
  if (message.kind === "unrecognised") return { CC: "A001", reason: message.reason };
  return { CC: "A00A", reason: `${message.kind} that is not due` };
}

/** The peer is gone before it could say anything of this load. */
export function lostLoad(load: LoadState, input: LoadInput, whom: string, where: Whereabouts = "held"): LoadStep {
  const why = "why" in input ? input.why : "closed";
  return failLoad(load, lossCode(why), `The ${whom} does not answer.`, where);
}

/** What the set-top box says while nothing was loaded and the load server waits for nothing: it ends here. */
export function stoppedBeforeLoad(load: LoadState, CC: string): LoadStep {
  const failed = loadLog(load, "load-failed", undefined, { CC });
  return proceed(load, { phase: "over" }, failed, { kind: "end" });
}
