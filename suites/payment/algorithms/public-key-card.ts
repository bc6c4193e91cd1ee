/** The public key card in the reader, for what it must refuse: nothing of it moves money, and afterwards it still pays. */
import { encodeDebitIepCommand } from "../../../harness/protocol/messages/debit-iep.ts";
import type { CaseContext } from "../../define/case.ts";
import { expectRefused } from "../support/card.ts";
import { confirm, firstTerminal, type Issued } from "../support/direct.ts";
import { type Accounts, expectMoved, expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { type AnyOffer, debitAny, offerAgain, offerAny } from "./any-card.ts";
import { drawFor } from "./draw.ts";

const ABOUT = { requirement: "ENC-0107-b" };

/** Not now: the state of the card does not allow it. */
export const NOT_NOW = "6985";

/**
 * `work` with the public key card in the reader, selected and initialised once. Nothing of it may move money; at the end the card
 * still pays as it should, and so does the specimen.
 */
export async function withPublicKeyCard(
  t: CaseContext,
  work: (offer: AnyOffer, IDTERM: string) => Promise<void>,
): Promise<void> {
  await t.system.insertCard("rsa");
  const before = await readAccounts(t);
  const offer = await offerAny(t);
  const IDTERM = firstTerminal(t);
  await work(offer, IDTERM);
  await expectStillPays(t, before, offer, IDTERM);
  await t.system.insertCard("specimen");
  await expectNextPurchaseWorks(t, await readAccounts(t));
}

async function expectStillPays(t: CaseContext, before: Accounts, offer: AnyOffer, IDTERM: string): Promise<void> {
  expectMoved(t, before, await readAccounts(t), 0, ABOUT);
  const issued = await drawFor(t, await offerAgain(t, offer), { IDTERM, k: 99, MPDA: 2 });
  await confirm(t, issued, await debitAny(t, issued, ABOUT), ABOUT);
  expectMoved(t, before, await readAccounts(t), 2, ABOUT);
}

/** After a refusal the card takes no debit command either. */
export async function expectNoDebit(t: CaseContext, { DEBITDATA }: Issued): Promise<void> {
  await expectRefused(t, "DEBIT IEP", encodeDebitIepCommand(DEBITDATA), NOT_NOW, ABOUT);
}
