import { toHex } from "../../core/bytes.ts";
import type { HsmCommand } from "../../protocol/hsm/commands.ts";
import type { LoadResponse } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { LogOutput } from "../role.ts";
import type { LoadChange, LoadName } from "./database/contracts.ts";
import type { LoadOutput } from "./effects.ts";
import type { Phase, PhaseStep } from "./phase.ts";

/** An entry of `load.md` 8. */
export function log(
  entry: string,
  step: string | undefined,
  IDTRX: string | undefined,
  fields: LogOutput["fields"] = {},
): LoadOutput {
  return { kind: "log", entry, step, IDTRX, fields };
}

export function sendRefusal(IDTRX: string | undefined, CC: string): LoadOutput {
  return { kind: "send", bytes: encodeMessage({ kind: "refusal", IDTRX, CC }) };
}

/** Refuses what no row of the database speaks of, in clear: it says nothing of the load. */
export function refuse(IDTRX: string | undefined, CC: string): PhaseStep {
  return over([log("load-request-refused", undefined, IDTRX, { CC }), sendRefusal(IDTRX, CC), { kind: "end" }]);
}

/** The row is told how the load ended; what it then says is announced. */
export function settle({ IDMER, IDTRX }: LoadName, change: LoadChange, before: readonly LoadOutput[] = []): PhaseStep {
  return { state: { at: "outcome" }, outputs: [...before, { kind: "settle", name: { IDMER, IDTRX }, change }] };
}

/** Nobody can tell whether the card was loaded: nothing is given back, nothing confirmed. */
export function unresolved(
  load: LoadName,
  CC: string,
  before: readonly LoadOutput[] = [],
  learnt: Omit<LoadChange, "status"> = {},
): PhaseStep {
  const { IDMER, IDTRX } = load;
  return over([
    ...before,
    log("load-unresolved", undefined, IDTRX, { CC }),
    { kind: "update", name: { IDMER, IDTRX }, change: { status: "unresolved", CC, ...learnt } },
    sendRefusal(IDTRX, UNRESOLVED),
    { kind: "end" },
  ]);
}

const UNRESOLVED = "A01A";

/** Step 897, before the HSM is asked. */
export function askHsm(IDTRX: string, command: Exclude<HsmCommand, { code: "NC" }>): LoadOutput[] {
  const { code, request } = command;
  const { NTIEP, MLDA } = code === "DU" ? command.fresh : request;
  return [log("hsm-request", "897", IDTRX, { command: code, NTIEP, MLDA }), { kind: "ask-hsm", command }];
}

/** Step 887; error null where there was no answer. */
export function logHsm(IDTRX: string, command: string, error: string | undefined): LoadOutput {
  return log("hsm-response", "887", IDTRX, { command, error: error ?? null });
}

/** What the card answered (884): the code that it signed, and the status word. */
export function logLoadResponse({ IDTRX, CARDRSP, SW }: Pick<LoadResponse, "IDTRX" | "CARDRSP" | "SW">): LoadOutput {
  const CC = CARDRSP.length === 0 ? null : toHex(CARDRSP.subarray(0, 2));
  return log("load-response-received", "884", IDTRX, { CC, SW });
}

/** The same step, with outputs before its own. */
export function after(before: readonly LoadOutput[], { state, outputs }: PhaseStep): PhaseStep {
  return { state, outputs: [...before, ...outputs] };
}

export function over(outputs: readonly LoadOutput[]): PhaseStep {
  return { state: { at: "over" }, outputs };
}

/** An input that means nothing in this phase. */
export function ignored(phase: Phase): PhaseStep {
  return { state: phase, outputs: [] };
}
