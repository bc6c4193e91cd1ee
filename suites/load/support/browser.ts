/** The case's own dealings with an account holder over HTTPS (`load.md` 3), beside the head end, about the card in the reader. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { LoadSiteFacts } from "../../../harness/flows/loading.ts";
import { encodeBalance } from "../../../harness/protocol/messages/get-balance.ts";
import { parseLoadRefusal } from "../../../harness/protocol/messages/load-page-objects.ts";
import { encodeCardInformation } from "../../../harness/protocol/messages/read-record.ts";
import type { CaseContext } from "../../define/case.ts";
import { readLoadPage, type ShownPage } from "./page.ts";

/** A session of a user that no head end has. */
export const OWN_SESSION = "4C4F414443415345";

export interface HolderAnswer {
  readonly status: number;
  readonly body: string;
  /** Reason of a 402. */
  readonly reason: string | undefined;
}

interface Visit {
  readonly site: LoadSiteFacts;
  readonly SESSION: string;
}

export async function post(
  t: CaseContext,
  { site, SESSION }: Visit,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<HolderAnswer> {
  const request = { method: "POST", path, body: new URLSearchParams(form).toString(), session: SESSION } as const;
  const { status, body } = await t.system.http(site.SITE, request);
  const refusal = parseLoadRefusal(body);
  return { status, body, reason: refusal.ok ? refusal.value : undefined };
}

/** What the card in the reader says of itself, as a form of link 234. */
export async function cardForm(t: CaseContext): Promise<Readonly<Record<string, string>>> {
  const purse = await t.system.readPurse();
  return {
    atr: toHex(purse.ATR),
    balance: toHex(encodeBalance(purse)),
    "card-information": toHex(encodeCardInformation(purse)),
  };
}

/** Selects the account and gets a page for the card in the reader. */
export async function ownPage(
  t: CaseContext,
  site: LoadSiteFacts,
  ACCOUNT = site.accounts[0]?.ACCOUNT ?? "",
  SESSION = OWN_SESSION,
): Promise<Omit<ShownPage, "event">> {
  const visit = { site, SESSION };
  const selected = await post(t, visit, "/load", { account: ACCOUNT });
  t.expect.equal(`status of the selection of ${ACCOUNT}`, selected.status, 200);
  const answer = await post(t, visit, "/load/card", { account: ACCOUNT, ...(await cardForm(t)) });
  t.expect.equal(`status of the load page for ${ACCOUNT}`, answer.status, 200);
  return readLoadPage(t, answer.body);
}

/** Gives an amount, as text, for a load of that page. */
export async function giveAmount(
  t: CaseContext,
  site: LoadSiteFacts,
  { page, amountUrl = "" }: Omit<ShownPage, "event">,
  amount: string,
  SESSION = OWN_SESSION,
): Promise<HolderAnswer> {
  const path = amountUrl === "" ? "/load/amount" : new URL(amountUrl).pathname;
  return await post(t, { site, SESSION }, path, { "transaction-id": page.IDTRX, amount });
}
