import type { ConfirmationForm } from "../../core/sale-profile.ts";
import {
  type Confirmation,
  clearConfirmation,
  sealConfirmation,
  sealResultM,
  serverClearKey,
} from "../../crypto/confirmation.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { PaymentOutput } from "./effects.ts";
import { log } from "./outputs.ts";
import type { IssuedTransaction } from "./phase.ts";

/** The confirmation for the merchant alone: CONF, or debit result M under the encryption layer. `nonce`: 12 bytes. */
export function confirmationFor(transaction: IssuedTransaction, CC: string, nonce: Uint8Array): Uint8Array {
  const { KMER, secret } = transaction.agreement;
  const confirmation = confirmationOf(transaction, CC);
  if (!("KDER" in secret)) return sealConfirmation(KMER, confirmation, nonce);
  const { suite, KDER } = secret;
  return sealResultM(suite, KDER, confirmation, nonce.slice(0, nonceLength(suite)));
}

/** The debit result for the head end (634), with the confirmation in the form agreed; `direct`: the merchant has it already. */
export function sendDebitResult(
  transaction: IssuedTransaction,
  CC: string,
  CONF: Uint8Array,
  form: ConfirmationForm | "direct" = "sealed",
): PaymentOutput {
  const { IDTRX, IDMER } = transaction.sale;
  const result = {
    kind: "debit-result",
    IDTRX,
    IDMER,
    CC: CC === "0000" ? undefined : CC,
    CONF: form === "sealed" || form === "both" ? CONF : undefined,
    CLEARCONF: form === "clear" || form === "both" ? clearConfirmationFor(transaction, CC) : undefined,
  } as const;
  return { kind: "send", bytes: encodeMessage(result) };
}

export function logConfirmation({ sale }: IssuedTransaction, CC: string): PaymentOutput {
  return log("confirmation-sent", "634", sale.IDTRX, { IDMER: sale.IDMER, CC });
}

function clearConfirmationFor(transaction: IssuedTransaction, CC: string): Uint8Array {
  const { agreement, sale } = transaction;
  return clearConfirmation(serverClearKey(agreement.KMER, sale.IDTRX), confirmationOf(transaction, CC));
}

function confirmationOf({ sale, IDTERM, NTPSAM, DTHR }: IssuedTransaction, CC: string): Confirmation {
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = sale;
  return { IDTRX, IDMER, CC, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR };
}
