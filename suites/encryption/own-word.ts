/** Confirmations that the harness makes in place of a payment server, with whichever key. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Confirmation, sealConfirmation, sealResultM } from "../../harness/crypto/confirmation.ts";
import type { PaymentPage } from "../../harness/protocol/messages/payment-page.ts";
import type { CaseContext } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { postConfirmation } from "../payment/support/payment.ts";
import { nonceOf } from "./envelope.ts";
import type { TransactionKeys } from "./keys.ts";

/** What a payment server would say of that sale. */
export function wordOn({ IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA }: PaymentPage, CC: string): Confirmation {
  return { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, CC, IDTERM: "00000001", NTPSAM: 1, DTHR: "20260802101500" };
}

/** Debit result M under `key`, which is the derived key when it is genuine. `number` makes the nonce. */
export function resultM({ suite }: TransactionKeys, key: Uint8Array, word: Confirmation, number = 21): Uint8Array {
  return sealResultM(suite, key, word, nonceOf(suite, number));
}

/** CONF as without the layer. */
export function plainConf(KMER: Uint8Array, word: Confirmation): Uint8Array {
  return sealConfirmation(KMER, word, nonceOf("AES-128-GCM", 22));
}

/** The merchant answers 403 to it, and the sale stays open. */
export async function expectUnacceptable(
  t: CaseContext,
  page: PaymentPage,
  CONF: Uint8Array,
  what: string,
  about: About,
): Promise<void> {
  const { status } = await postConfirmation(t, page, toHex(CONF));
  t.expect.equal(`answer to ${what}`, status, 403, about);
  t.expect.equal("the sale after that", (await t.system.sale(page.IDTRX))?.status, "open", about);
}
