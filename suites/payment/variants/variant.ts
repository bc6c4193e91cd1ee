/** A purchase whose S3 somebody else than the PSAM compares, and what must hold of it: recomputed, never taken from what is judged. */
import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { signS3 } from "../../../harness/crypto/purse-signatures.ts";
import type { MessageEvent, Order, PurchaseObservation, StoreRecord } from "../../../harness/flows/system.ts";
import { type InitResponse, parseInitResponse } from "../../../harness/protocol/messages/init-response.ts";
import { encodeMessage } from "../../../harness/protocol/messages/message.ts";
import type { CaseContext, Needs } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { type Accounts, expectMoved, readAccounts } from "../support/money.ts";
import { logsOf, theMessage, thePage } from "../support/observe.ts";
import { initialiseAnswer } from "../support/raw.ts";
import { sessionKeys } from "../support/signatures.ts";
import { type Figure, plainSite } from "./figures.ts";

/** `needs` of every case of that figure, beside its own. */
export function needing(figure: Figure, needs: Needs = {}): Needs {
  return { ...needs, sites: [plainSite(figure.comparison), ...(needs.sites ?? [])] };
}

export function siteOf(t: CaseContext, figure: Figure): string {
  return t.siteFor(plainSite(figure.comparison)).SITE;
}

/** The first item of the figure's site. */
export async function buy(t: CaseContext, figure: Figure, order: Order = {}): Promise<PurchaseObservation> {
  return await t.system.purchase({ SITE: siteOf(t, figure), ...order });
}

/** What passed between card and PSAM in a purchase. */
export interface Debit {
  readonly IDTRX: string;
  readonly IDTERM: string;
  readonly INITRSP: Uint8Array;
  readonly fields: InitResponse;
  /** 53 bytes. */
  readonly DEBITDATA: Uint8Array;
  /** The answer of a genuine card, 32 hex digits, from the master keys. */
  readonly due: string;
}

/** Cases with `needs: { keys: true }` and the links 235 and line only. */
export function debitOf(t: CaseContext, seen: PurchaseObservation, about?: About): Debit {
  const INITRSP = fromHex(initialiseAnswer(t, seen).INITRSP);
  const { IDTRX, IDTERM, DEBITDATA } = theMessage(t, seen, "line", "t-debit", about).message;
  const parsed = parseInitResponse(INITRSP);
  const fields = t.expect.present("readable answer to INITIALIZE IEP", parsed.ok ? parsed.value : undefined, about);
  return { IDTRX, IDTERM, INITRSP, fields, DEBITDATA, due: dueResponse(t, INITRSP, fields, DEBITDATA) };
}

/** CC 0000, NTIEP, BALIEP - MPDA and S3 (`keys-and-signatures.md` 4), 32 hex digits. */
export function dueResponse(t: CaseContext, INITRSP: Uint8Array, fields: InitResponse, DEBITDATA: Uint8Array): string {
  const BALIEP = fields.BALIEP - bytesToUint(DEBITDATA.subarray(11, 15));
  const { KS3 } = sessionKeys(t, fields, INITRSP);
  const S3 = signS3(fields.ALGIEP, KS3, INITRSP, DEBITDATA, { CC: "0000", BALIEP });
  return toHex(concat(fromHex("0000"), uintToBytes(fields.NTIEP, 2), uintToBytes(BALIEP, 4), S3));
}

/** Records of that transaction in the data store of its terminal, oldest first. */
export async function recordsOf(t: CaseContext, IDTERM: string, IDTRX: string): Promise<readonly StoreRecord[]> {
  return (await t.system.readStore(IDTERM)).filter((record) => record.IDTRX === IDTRX);
}

/** Card, PSAM totals, database and merchant agree that the price was paid, once, and the item was released. */
export async function expectPaid(
  t: CaseContext,
  before: Accounts,
  seen: PurchaseObservation,
  about?: About,
): Promise<void> {
  t.expect.completed(seen, about);
  const { IDTRX, MPDA } = thePage(t, seen, about).page;
  expectMoved(t, before, await readAccounts(t), MPDA, about);
  await expectBooked(t, IDTRX, "confirmed", "released", about);
  if (t.facts.offers.logs.includes("merchant")) {
    t.expect.equal("releases in the merchant's log", logsOf(seen, "merchant", "item-released").length, 1, about);
  }
}

/** What database and merchant have of the sale. */
export async function expectBooked(
  t: CaseContext,
  IDTRX: string,
  row: "confirmed" | "failed" | "unresolved",
  sale: "open" | "released" | "failed",
  about?: About,
): Promise<void> {
  t.expect.equal("the sale at the merchant", (await t.system.sale(IDTRX))?.status, sale, about);
  if (!t.facts.offers.database) return;
  t.expect.equal("the transaction in the database", (await t.system.transaction(IDTRX))?.status, row, about);
}

/** Nothing was released, and nobody says otherwise. */
export function expectNothingReleased(t: CaseContext, seen: PurchaseObservation, about?: About): void {
  t.expect.equal("releases in the merchant's log", logsOf(seen, "merchant", "item-released").length, 0, about);
  t.expect.absent("goods or receipt for the user", seen.outcome.CONTENT, about);
}

/** How a head end ends a payment of that figure whose card refused the command: no money moves. */
export function refusedByCard({ COMPARE }: Figure, IDTRX: string): Uint8Array {
  const none = { IDTRX, CARDRSP: new Uint8Array(0), SW: "6985" };
  if (COMPARE === 1) return encodeMessage({ kind: "debit-response", ...none, RECOVERED: 0 });
  return encodeMessage({ kind: "notice", ...none, CC: "9404" });
}

/** `first` passed before `second`. */
export function expectBefore(
  t: CaseContext,
  what: string,
  first: { readonly n: number },
  second: { readonly n: number },
  about?: About,
): void {
  t.expect.that(first.n < second.n, what, { ...about, at: second.n, actual: `event ${first.n}, event ${second.n}` });
}

/** Whether these bytes stand anywhere in the message, also as hex text in either case. */
export function contains({ bytes }: Pick<MessageEvent, "bytes">, secret: string): boolean {
  return toHex(bytes).includes(secret) || new TextDecoder().decode(bytes).toUpperCase().includes(secret);
}
