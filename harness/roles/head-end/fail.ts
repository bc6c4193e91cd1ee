import type { LogOutput } from "../role.ts";
import type { HeadEndOutput, Loss } from "./events.ts";
import type { HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";
import { fitted, textOf } from "./texts.ts";

/** Longest TEXT in bytes (messages.md 1). */
const TEXT_LIMIT = 1024;

export function log(
  state: HeadEndState,
  entry: string,
  step: string | undefined,
  fields: LogOutput["fields"],
): LogOutput {
  return { kind: "log", entry, step, IDTRX: state.sale?.IDTRX, fields };
}

/** The log's entry for a failure; one for each session. */
export function logFailure(state: HeadEndState, CC: string): readonly HeadEndOutput[] {
  return state.failure === undefined ? [log(state, "transaction-failed", undefined, { CC })] : [];
}

/** Ends the session: log, and a message for the user (E7). A failure that was certain before keeps its code. */
export function fail(state: HeadEndState, latestCC: string, text?: string): HeadEndStep {
  const CC = state.failure ?? latestCC;
  const TEXT = fitted(text !== undefined && CC === latestCC ? text : textOf(CC), TEXT_LIMIT);
  const message = { kind: "user-message", IDTRX: state.sale?.IDTRX, CC, TEXT } as const;
  const told: HeadEndOutput = { kind: "send-cable", message };
  return go(state, { phase: "over" }, ...logFailure(state, CC), told, { kind: "end" });
}

/** A message that is not what is due; `reason` says what came instead. */
export function failGarbled(
  state: HeadEndState,
  from: string,
  reason: string,
  CC: "A001" | "A00A" | "A01A",
): HeadEndStep {
  return after([log(state, "message-refused", undefined, { from, reason })], fail(state, CC));
}

/** The code for a peer that is gone: no answer in time, or not reachable. */
export function lossCode(why: Loss): "A010" | "A019" {
  return why === "silent" ? "A010" : "A019";
}

/** As `lossCode` while no money is at stake; afterwards nobody knows yet how it ends. */
export function lossCodeAfterDebit({ response }: HeadEndState, why: Loss): "A010" | "A019" | "A01A" {
  const isRefused = response !== undefined && response.CARDRSP.length === 0 && response.SW !== "0000";
  return isRefused ? lossCode(why) : "A01A";
}
