import { unreachable } from "../../core/errors.ts";
import { doubtDebit } from "./doubt.ts";
import type { Job, PsamMessage, TerminalState, TerminalStep } from "./state.ts";
import { andThen, decline, NO_ANSWER, nothing, outOfStep, refuse } from "./steps.ts";

/** Silence leaves open what the PSAM did; a DEBITDATA that never left is withdrawn when the PSAM speaks again. */
export function onPsamSilent(state: TerminalState, job: Job): TerminalStep {
  const noted = madeDebit(job) ? doubtDebit(state, job.draw.IDTRX) : nothing(state);
  const afresh = andThen(noted, outOfStep);
  const message = messageOf(job);
  const IDTRX = message !== undefined && "IDTRX" in message ? message.IDTRX : undefined;
  const log = { kind: "log", entry: "psam-silent", IDTRX, fields: { during: job.kind } } as const;
  const before = [...afresh.outputs, log];
  if (message === undefined && job.kind !== "read-totals") {
    return { state: { ...afresh.state, job: undefined }, outputs: before };
  }
  return message === undefined
    ? refuse(afresh.state, undefined, NO_ANSWER, before)
    : decline(afresh.state, message, NO_ANSWER, before);
}

/** The PSAM has made DEBITDATA by then, or may have. */
function madeDebit(job: Job): job is Extract<Job, { kind: "package-debit" | "read-certificate" | "read-session-key" }> {
  return job.kind === "package-debit" || job.kind === "read-certificate" || job.kind === "read-session-key";
}

function messageOf(job: Job): PsamMessage | undefined {
  switch (job.kind) {
    case "select":
    case "clean-up":
      return job.next;
    case "package-atr":
    case "package-initialize":
    case "package-issuer":
    case "package-card":
    case "package-debit":
    case "read-certificate":
    case "read-session-key":
      return job.draw;
    case "complete":
    case "withdraw-refused":
      return job.response;
    case "cancel":
      return job.cancel;
    case "collect":
      return job.collect;
    case "acknowledge":
      return job.acknowledge;
    case "update":
      return job.update;
    case "read-totals":
    case "relay":
      return undefined;
    default:
      return unreachable(job);
  }
}
