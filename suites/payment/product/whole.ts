/** A whole purchase, judged link by link and book by book against the table. */
import { toHex } from "../../../harness/core/bytes.ts";
import { compareCode } from "../../../harness/core/sale-profile.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { apdusOn, theMessage } from "../support/observe.ts";
import { type Books, expectChanged, newRow, readBooks } from "./books.ts";
import type { Facts, Sale } from "./confirmed.ts";
import { type Debit, debitIn } from "./debit.ts";
import { type Combination, siteNeed } from "./dimensions.ts";
import { paymentLink, roundTripsOf, stepsOf, trafficOf } from "./expected.ts";
import { layerKeys } from "./opened.ts";
import { expectReadable } from "./secrecy.ts";
import { expectSpoken } from "./spoken.ts";
import { roundTrips, trafficIn } from "./traffic.ts";

const ABOUT: About = { requirement: "ENC-0107-b" };
const DEBIT_IEP = 0x54;

/** Buys the first item of the site that the combination names, with the card that it names, and judges all of it. */
export async function expectWhole(t: CaseContext, combination: Combination): Promise<void> {
  const { SITE } = t.siteFor(siteNeed(combination));
  const { kind, ALGIEP } = combination.algorithm;
  await t.system.insertCard(kind);
  const before = await readBooks(t);
  t.expect.equal("algorithm of the card", before.purse.ALGIEP, ALGIEP, { owner: "bench" });
  const seen = await t.system.purchase({ SITE });
  t.expect.completed(seen, ABOUT);
  expectPassed(t, seen, combination);
  const debit = debitIn(t, seen);
  const sale = expectAgreed(t, seen, SITE);
  await t.step("card and security card", () => expectSigned(t, seen, debit, sale));
  const keys = layerKeys(t, seen, combination);
  await t.step("head end and payment server", () => expectSpoken(t, seen, combination, { debit, sale, keys }));
  await t.step("what can be read where", () => expectReadable(t, seen, combination, { debit, sale, keys }));
  await t.step("books", () => expectBooked(t, before, combination, { debit, sale }));
}

/** Steps in order, messages exactly, round trips. */
export function expectPassed(t: CaseContext, seen: PurchaseObservation, combination: Combination): void {
  t.expect.order(seen, stepsOf(combination), ABOUT);
  const due = trafficOf(combination);
  const passed = trafficIn(seen);
  for (const link of new Set([...Object.keys(due), ...Object.keys(passed)]) as Set<keyof typeof due>) {
    t.expect.equal(`messages on link ${link}`, passed[link] ?? [], due[link] ?? [], ABOUT);
  }
  const link = paymentLink(combination);
  const server = combination.sale === "cable" ? "head-end-payment-server" : "payment-server";
  const terminal = roundTrips(seen, "LAN", server);
  const payment = roundTrips(seen, link, "head-end");
  const requests = (passed[link] ?? []).length - 2 * payment;
  const { terminal: line, payment: wan, notices } = roundTripsOf(combination);
  t.expect.equal(
    "round trips to terminal and payment server, notices",
    [terminal, payment, requests],
    [line, wan, notices],
  );
}

/** The page says what the catalogue says. */
function expectAgreed(t: CaseContext, seen: PurchaseObservation, SITE: string): Sale {
  const item = t.expect.present(
    "an item",
    t.facts.catalogue.find((each) => each.SITE === SITE),
  );
  const site = t.expect.present(
    "the site",
    t.facts.sites.find((each) => each.SITE === SITE),
  );
  const { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA } = theMessage(t, seen, "cable", "page").message;
  const about = { owner: "server" } as const;
  t.expect.equal(
    "merchant and amount",
    [IDMER, MPDA, CURRPDA, CEXPPDA],
    [site.IDMER, item.price, item.CURR, item.CEXP],
    about,
  );
  return { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA };
}

/** S2, S3 and what stands beside them, by the keys of card and security card. */
function expectSigned(t: CaseContext, seen: PurchaseObservation, debit: Debit, sale: Sale): void {
  const { DEBITDATA, data } = debit;
  t.expect.equal("S2", toHex(DEBITDATA.subarray(45)), debit.S2, { ...ABOUT, owner: "psam" });
  const said = [data.MPDA, data.CURRPDA, data.CEXPPDA, data.IDTRX];
  t.expect.equal("debit command", said, [sale.MPDA, sale.CURRPDA, sale.CEXPPDA, sale.IDTRX], {
    ...ABOUT,
    owner: "psam",
  });
  const [pair] = apdusOn(seen, "235", DEBIT_IEP);
  const answer = t.expect.present("the card's answer to DEBIT IEP", pair?.response);
  t.expect.equal("the card's answer", toHex(answer.bytes), `${debit.answer}9000`, {
    ...ABOUT,
    owner: "card",
    at: answer,
  });
}

/** Card, totals and data stores of all terminals, databases of both payment servers, and the merchant agree. */
async function expectBooked(
  t: CaseContext,
  before: Books,
  combination: Combination,
  { debit, sale }: Omit<Facts, "keys">,
): Promise<void> {
  const after = await readBooks(t);
  const { IDTERM, IDTRX } = debit;
  const { IDMER, MPDA, CURRPDA, CEXPPDA } = sale;
  expectChanged(t, before, after, { IDTERM, paid: MPDA, records: [[IDTRX, "0000"]] });
  const { PPIEP, IDIEP, NTIEP } = debit.fields;
  const { NTPSAM } = debit.data;
  const COMPARE = compareCode(combination.comparison) ?? null;
  const due = { IDMER, IDTRX, IDTERM, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, NTPSAM, COMPARE };
  const row = newRow(t, before, after, combination);
  const found = Object.fromEntries(Object.keys(due).map((name) => [name, row[name as keyof typeof row]]));
  const about = { owner: "server" } as const;
  t.expect.equal(
    "the transaction in the database",
    { ...found, status: row.status },
    { ...due, status: "confirmed" },
    about,
  );
  const booked = t.expect.present("the sale at the merchant", await t.system.sale(IDTRX), about);
  const { status, ...terms } = booked;
  t.expect.equal(
    "the sale at the merchant",
    [status, terms.MPDA, terms.CURRPDA, terms.CEXPPDA],
    ["released", MPDA, CURRPDA, CEXPPDA],
    about,
  );
}
