/** A whole purchase, judged link by link and book by book against the table. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import { compareCode } from "../../../harness/core/sale-profile.ts";
import { securityInformation } from "../../../harness/crypto/security-information.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { keysOf, PUBLIC_KEY, transportedKey } from "../algorithms/any-card.ts";
import { contractKey } from "../support/merchant-word.ts";
import { apdusOn, theMessage } from "../support/observe.ts";
import { type Books, expectChanged, newRow, readBooks } from "./books.ts";
import { expectConfirmation, type Sale } from "./confirmed.ts";
import { type Debit, debitIn } from "./debit.ts";
import { type Combination, siteNeed } from "./dimensions.ts";
import { paymentLink, roundTripsOf, stepsOf, trafficOf } from "./expected.ts";
import { debitResponse, type LayerKeys, layerKeys, spokenOnPayment, theOne } from "./opened.ts";
import { placesOf, placesOfS2, placesOfS3, placesOfTsk } from "./readable.ts";
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

interface Facts {
  readonly debit: Debit;
  readonly sale: Sale;
  readonly keys: LayerKeys | undefined;
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

/** What head end and payment server tell each other, opened, and the proof for the merchant. */
function expectSpoken(t: CaseContext, seen: PurchaseObservation, combination: Combination, facts: Facts): void {
  const { debit, sale, keys } = facts;
  const { comparison, encryption } = combination;
  const about: About = { ...ABOUT, owner: "server" };
  const spoken = spokenOnPayment(t, seen, combination, keys);
  const draw = theOne(t, spoken, "draw-request");
  const { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA } = draw;
  t.expect.equal("sale in the draw request", { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA }, sale, about);
  t.expect.equal("COMPARE of it", draw.COMPARE, compareCode(comparison), about);
  t.expect.equal("INITRSP of it", toHex(draw.INITRSP), toHex(debit.INITRSP), about);
  t.expect.equal("CERTS of it", hex(draw.CERTS), hex(debit.CERTS), { ...about, requirement: "PAY-BASE-0078-b" });
  const SECINFO = securityInformation(contractKey(t, IDMER), sale, { comparison, encryption });
  t.expect.equal("SECINFO of it", toHex(draw.SECINFO), toHex(SECINFO), about);
  const command = theOne(t, spoken, "debit-command");
  const given = [command.DEBITDATA, command.PSAMCERT, command.SESSKEY].map(hex);
  t.expect.equal("debit command", given, [debit.DEBITDATA, debit.PSAMCERT, debit.SESSKEY].map(hex), about);
  const expected = comparison === "head-end" ? debit.answer : undefined;
  t.expect.equal("EXPECTED for the head end", hex(command.EXPECTED), expected, about);
  const passedOn = theMessage(t, seen, "cable", "debit-command").message;
  t.expect.equal(
    "EXPECTED, SEXP for the set-top box",
    [passedOn.EXPECTED, passedOn.SEXP],
    [undefined, undefined],
    about,
  );
  const response = debitResponse(t, seen, keys);
  t.expect.equal(
    "debit response",
    [hex(response.CARDRSP), response.SW, response.RECOVERED],
    [debit.answer, "9000", 0],
    about,
  );
  const last = spoken.filter(({ kind }) => kind === "debit-response" || kind === "notice");
  const words = last.map((message) => ("CARDRSP" in message ? hex(message.CARDRSP) : undefined));
  t.expect.equal("the card's answer for the payment server", words, [debit.answer], about);
  expectConfirmation(t, { combination, seen, sale, debit, spoken, keys }, "0000");
}

/** Signatures stand where they must and nowhere else; keys stand nowhere. */
function expectReadable(t: CaseContext, seen: PurchaseObservation, combination: Combination, facts: Facts): void {
  const { debit, sale, keys } = facts;
  const S3 = fromHex(debit.answer).subarray(8);
  t.expect.equal("where S2 can be read", placesOf(seen, fromHex(debit.S2)), placesOfS2(combination), ABOUT);
  t.expect.equal("where S3 can be read", placesOf(seen, S3), placesOfS3(combination), ABOUT);
  if (keys) t.expect.equal("where TSK can be read", placesOf(seen, keys.TSK), placesOfTsk(combination), ABOUT);
  for (const [name, key] of secrets(t, debit, sale, keys)) {
    t.expect.equal(`where ${name} can be read`, placesOf(seen, key), [], ABOUT);
  }
}

function secrets(t: CaseContext, debit: Debit, { IDMER }: Sale, keys: LayerKeys | undefined): [string, Uint8Array][] {
  const { KS2, KS3 } = keysOf(t, debit);
  const { PPIEP, ALGIEP, VKIEP } = debit.fields;
  const card: [string, Uint8Array | undefined] =
    ALGIEP === PUBLIC_KEY
      ? ["the card's session key", transportedKey(t, debit.CERTS, debit.SESSKEY)]
      : ["the issuer's master key", t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP)];
  const all: [string, Uint8Array | undefined][] = [
    ["KS2", KS2],
    ["KS3", KS3],
    card,
    ["the contract key", contractKey(t, IDMER)],
    ["the trusted agent's key", t.keys.agentKey(IDMER)],
    ["the shared key", keys?.KSH],
    ["the derived key", keys?.KDER],
  ];
  return all.flatMap(([name, key]) => (key === undefined ? [] : [[name, key] as [string, Uint8Array]]));
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

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && toHex(bytes);
}
