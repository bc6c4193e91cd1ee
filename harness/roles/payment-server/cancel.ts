import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { PaymentOutput } from "./effects.ts";
import type { OwedCancel } from "./owed-cancels.ts";
import type { CancelMode, Sale } from "./phase.ts";

/** Cancellations: what a terminal is told about a transaction that is not to go on there. */

/** True where the terminal has counted the sale before anybody saw the card's answer (`messages.md` 3a). */
export function isSingleTrip({ COMPARE }: Pick<Sale, "COMPARE">): boolean {
  return COMPARE !== undefined && COMPARE !== null;
}

/** The cancellation of a transaction of the database at its terminal. */
export function cancelOf(
  sale: Pick<Sale, "IDMER" | "IDTRX" | "COMPARE">,
  IDTERM: string,
  MODE: CancelMode,
): OwedCancel {
  return { IDTERM, IDTRX: sale.IDTRX, MODE, IDMER: sale.IDMER, isReversal: isSingleTrip(sale) };
}

export function cancelMessage({ IDTERM, IDTRX, MODE }: OwedCancel): Uint8Array {
  return encodeMessage({ kind: "t-cancel", IDTERM, IDTRX, MODE });
}

/** Tells the terminal; it is owed when the terminal does not answer. */
export function cancelAtTerminal(cancel: OwedCancel): PaymentOutput {
  return { kind: "ask-terminal", IDTERM: cancel.IDTERM, bytes: cancelMessage(cancel), owes: cancel };
}

/** Reversed, or nothing there to be reversed (`psam-edge.md` 4.5). */
const DONE: ReadonlySet<string> = new Set(["0000", "9415"]);

/**
 * True when the terminal's answer (undefined: it was silent) ends the matter. An open transaction ends with its terminal's next one whatever it
 * says to this; a reversal that the security card has not made would leave money in the totals that no card has paid.
 */
export function isAnsweredBy({ IDTRX, isReversal }: OwedCancel, bytes: Uint8Array | undefined): boolean {
  if (bytes === undefined || !isReversal) return bytes !== undefined;
  const answer = parseMessage(bytes);
  return answer.kind === "t-done" && answer.IDTRX === IDTRX && DONE.has(answer.CC);
}
