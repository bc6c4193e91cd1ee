/** What only merchant and payment server can make or read, computed again from the contract key of the test system. */
import { type Confirmation, openConfirmation } from "../../../harness/crypto/confirmation.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { inconclusive } from "../../define/failures.ts";

/** The contract key of a merchant of this bench. */
export function contractKey(t: CaseContext, IDMER: string): Uint8Array {
  return t.keys.merchantKey(IDMER) ?? inconclusive(`no contract key for ${IDMER} is at hand`, "bench");
}

/** CONF of a debit result; empty, which no merchant takes, when it has none. */
export function confOf({ CONF }: { readonly CONF?: Uint8Array | undefined }): Uint8Array {
  return CONF ?? new Uint8Array();
}

/** What CONF says, opened with the key of that merchant for that transaction; it must open. */
export function openedConfirmation(
  t: CaseContext,
  { IDMER, IDTRX }: { readonly IDMER: string; readonly IDTRX: string },
  CONF: Uint8Array,
  about?: About,
): Confirmation {
  const opened = openConfirmation(contractKey(t, IDMER), IDMER, IDTRX, CONF);
  return t.expect.present(`CONF opened with the key of ${IDMER} for transaction ${IDTRX}`, opened, about);
}
