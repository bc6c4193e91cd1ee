import { sealConfirmation } from "../../crypto/confirmation.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { PaymentOutput } from "./effects.ts";
import { log } from "./outputs.ts";
import type { IssuedTransaction } from "./phase.ts";

/** The confirmation for the merchant in the debit result for the head end (634), both with the same outcome. */
export function sendDebitResult(transaction: IssuedTransaction, CC: string, nonce: Uint8Array): PaymentOutput {
  const { sale, KMER, IDTERM, NTPSAM, DTHR } = transaction;
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = sale;
  const confirmation = { IDTRX, IDMER, CC, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR };
  const CONF = sealConfirmation(KMER, confirmation, nonce);
  const result = { kind: "debit-result", IDTRX, IDMER, CONF } as const;
  return { kind: "send", bytes: encodeMessage(CC === "0000" ? result : { ...result, CC }) };
}

export function logConfirmation({ sale }: IssuedTransaction, CC: string): PaymentOutput {
  return log("confirmation-sent", "634", sale.IDTRX, { IDMER: sale.IDMER, CC });
}
