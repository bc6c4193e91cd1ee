import { toHex } from "../../core/bytes.ts";
import type { DebitResponse } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { LogOutput } from "../role.ts";
import type { TransactionChange } from "./database/contracts.ts";
import type { PaymentOutput } from "./effects.ts";
import type { CancelMode, IssuedTransaction, Phase, PhaseStep, Sale } from "./phase.ts";

/** An entry of `messages.md`, section 7. */
export function log(
  entry: string,
  step: string | undefined,
  IDTRX: string | undefined,
  fields: LogOutput["fields"],
): PaymentOutput {
  return { kind: "log", entry, step, IDTRX, fields };
}

export function update(sale: { IDMER: string; IDTRX: string }, change: TransactionChange): PaymentOutput {
  return { kind: "update", IDMER: sale.IDMER, IDTRX: sale.IDTRX, change };
}

export function sendRefusal(IDTRX: string | undefined, CC: string): PaymentOutput {
  return { kind: "send", bytes: encodeMessage({ kind: "refusal", IDTRX, CC }) };
}

/** The terminal is free for others (634). */
export function release(IDTRX: string, IDTERM: string): PaymentOutput[] {
  return [{ kind: "release-terminal", IDTERM }, log("terminal-released", "634", IDTRX, { IDTERM })];
}

/** The terminal is free for others, where this transaction has it. */
export function releaseHeld({ sale, IDTERM, holdsTerminal }: IssuedTransaction): PaymentOutput[] {
  return holdsTerminal ? release(sale.IDTRX, IDTERM) : [];
}

/** Refuses a message for which no row of the database speaks. */
export function refuse(IDTRX: string | undefined, CC: string, before: readonly PaymentOutput[] = []): PhaseStep {
  const refusal = log("draw-request-refused", "680", IDTRX, { CC });
  return over([...before, refusal, sendRefusal(IDTRX, CC), { kind: "end" }]);
}

/** Refuses a registered transaction for which no debit command has left; its terminal, if it has one, is freed. */
export function refuseRegistered(sale: Sale, CC: string, IDTERM?: string, owedMode?: CancelMode): PhaseStep {
  const { IDTRX } = sale;
  return over([
    log("draw-request-refused", "680", IDTRX, { CC }),
    update(sale, { status: "refused", CC, ...(owedMode === undefined ? {} : { owedMode }) }),
    sendRefusal(IDTRX, CC),
    ...(IDTERM === undefined ? [] : release(IDTRX, IDTERM)),
    { kind: "end" },
  ]);
}

/** What the card answered (624): the code that it signed, and the status word. */
export function logDebitResponse({ IDTRX, CARDRSP, SW }: DebitResponse): PaymentOutput {
  const CC = CARDRSP.length === 0 ? null : toHex(CARDRSP.subarray(0, 2));
  return log("debit-response-received", "624", IDTRX, { CC, SW });
}

export function over(outputs: readonly PaymentOutput[]): PhaseStep {
  return { state: { at: "over" }, outputs };
}

/** An input that means nothing in this phase, e.g. a channel that is lost while the terminal works. */
export function ignored(phase: Phase): PhaseStep {
  return { state: phase, outputs: [] };
}
