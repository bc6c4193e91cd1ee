import { describe, expect, test } from "vitest";
import { type Ledger, ledgerIn, world } from "../../accounts/ledger.ts";
import { customerAccount } from "../../accounts/names.ts";
import { fromHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { seededRandom } from "../../core/random.ts";
import { encodeBalance } from "../../protocol/messages/get-balance.ts";
import type { LoadPage, Message } from "../../protocol/messages/layouts.ts";
import { encodeCardInformation } from "../../protocol/messages/read-record.ts";
import { memoryStores } from "../../sql/open-store.ts";
import { HOLDER_BOOKS } from "../account-holder/open-books.ts";
import { heldLoadsIn } from "../account-holder/sql-held-loads.ts";
import type { HolderSchema } from "../account-holder/tables.ts";
import { LOAD } from "../hsm/testing/card.ts";
import { KMER, KSH } from "../payment-server/testing/merchants.ts";
import { memoryLoadDatabases } from "./database/open-database.ts";
import { ownAccounts, serveFund } from "./fund.ts";
import { LoadBench, type Said } from "./test-bench.ts";
import { cardAnswer, loadRequest, loadResponse } from "./testing/parties.ts";

/** Accounts of FUND0001 at this very load server, which a head end asks without a page over the Internet (861). */

const EUR = { CURR: "0978", CEXP: 2 };
const IDMER = "FUND0001";
const SESSION = "0123456789ABCDEF";
const ACCOUNT = "F-1";
const memory = memoryStores<HolderSchema>(HOLDER_BOOKS);
const databases = memoryLoadDatabases();

async function openFund() {
  const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  const store = await memory(clock);
  const ledger = ledgerIn(store);
  const loads = heldLoadsIn(store);
  const to = customerAccount(IDMER, ACCOUNT);
  await ledger.openAccounts([world(EUR), { account: to, ...EUR }]);
  await ledger.transfer({ reference: "initial", from: "world", to, amount: 30_000, ...EUR });
  const keys = { KMER, KSH, suite: "AES-128-GCM", IDACQ: LOAD.IDACQ } as const;
  const site = { loadServer: { host: "10.1.2.3", port: 4711 }, origin: "https://fund.test", limit: 50_000 };
  const holder = { IDMER, source: "pre-funded", ...keys, ...site } as const;
  const random = seededRandom("fund");
  const fund = serveFund({ holder, loads, clock, random, trace: () => undefined });
  const accounts = ownAccounts(loads, new Set([IDMER]));
  const funds = (SITE: string) => (SITE === "fund" ? fund : undefined);
  const bench = new LoadBench(clock, await databases(clock), { accounts, funds });
  return { bench, ledger, loads, clock };
}

async function money(ledger: Ledger) {
  const of = (account: string) => ledger.balance({ account, ...EUR });
  return [await of(customerAccount(IDMER, ACCOUNT)), await of(`hold:${IDMER}`), await of("pool:123456")];
}

const BALANCE = encodeBalance({ BALIEP: 10_000, BALmaxIEP: 90_000, CURRIEP: "0978", CEXPIEP: 2, NTIEP: 7 });
const { PPIEP, IDIEP, DEXPIEP } = LOAD;
const CARDINFO = encodeCardInformation({ PPIEP, IDIEP, SNIEP: "0011223344556677", DEXPIEP, ALGIEP: 4, VKIEP: 1 });
const selection = { kind: "load-selection", SESSION, SITE: "fund", ACCOUNT } as const;
const balance = { kind: "balance", ATR: fromHex("3B00"), BALANCE, CARDINFO } as const;

/** What the server says to these messages, one after the other, on one channel. */
async function talk(bench: LoadBench, ...messages: readonly (Message | ((last: Said) => Message))[]) {
  const headEnd = bench.connect();
  const said: Said[] = [];
  for (const message of messages) {
    await headEnd.sendRaw(typeof message === "function" ? message(said.at(-1) ?? null) : message);
    said.push(await headEnd.next());
  }
  return { said, headEnd };
}

/** The amount for the page that was said last. */
const amount = (MLDA: number) => (last: Said) => {
  const { IDTRX } = last as LoadPage;
  return { kind: "load-amount", IDTRX, MLDA } as const;
};

test("selection, balance and amount on one channel, the load on the next: the account pays for it", async () => {
  const { bench, ledger, loads } = await openFund();
  await using _ = bench;
  const { said, headEnd } = await talk(bench, selection, balance, amount(2500));
  const page = said[1] as LoadPage;
  const { IDTRX } = page;
  expect(said).toMatchObject([
    { kind: "card-information-request", SOURCE: 2 },
    { kind: "load-page", SOURCE: 2, IDMER, MLDAmax: 30_000, IDACQ: LOAD.IDACQ },
    { kind: "load-authorisation", IDTRX, SECLOAD: new Uint8Array(0) },
  ]);
  expect(await headEnd.next()).toBeNull();
  expect(await money(ledger)).toEqual([27_500, 2_500, undefined]);

  const terms = { IDTRX, DTHR: page.DTHR };
  const load = bench.connect(IDMER, IDTRX);
  const command = await load.say(loadRequest(terms, { IDMER, IDTRX }));
  expect(command).toMatchObject({ kind: "load-command", IDTRX });
  const answer = loadResponse(cardAnswer("0000", {}, { ...LOAD, ...terms }), { IDTRX });
  expect(await load.say(answer)).toMatchObject({ kind: "result", CC: "0000" });
  expect(await money(ledger)).toEqual([27_500, 0, 2_500]);
  expect(await loads.load(IDTRX)).toMatchObject({ status: "loaded", MLDA: 2_500 });
  expect(await bench.database.load({ IDMER, IDTRX })).toMatchObject({ status: "loaded", ACCOUNT, booked: true });
  expect(await ledger.sum()).toBe(0);
});

describe("refused, and the channel closed:", () => {
  test.each([
    ["A009", "a site that nobody keeps here", [{ ...selection, SITE: "other" }]],
    ["A009", "an account that is none", [{ ...selection, ACCOUNT: "F-2" }]],
    ["A00A", "an amount before the balance", [selection, { kind: "load-amount", IDTRX: LOAD.IDTRX, MLDA: 1 }]],
    ["A00A", "a selection again", [selection, selection]],
    ["A00A", "another message", [selection, loadRequest()]],
    ["A022", "an amount above the maximum", [selection, balance, amount(30_001)]],
    ["A022", "an amount of zero", [selection, balance, amount(0)]],
  ] as const)("%s: %s", async (CC, _, messages) => {
    const { bench, ledger } = await openFund();
    await using __ = bench;
    const { said, headEnd } = await talk(bench, ...messages);
    expect(said.at(-1)).toMatchObject({ kind: "refusal", CC });
    expect(await headEnd.next()).toBeNull();
    expect(await money(ledger)).toEqual([30_000, undefined, undefined]);
  });

  test("A001: what is no message", async () => {
    const { bench } = await openFund();
    await using _ = bench;
    const { headEnd } = await talk(bench, selection);
    await headEnd.sendRaw(fromHex("A300"));
    expect(await headEnd.next()).toEqual({ kind: "refusal", CC: "A001" });
    expect(await headEnd.next()).toBeNull();
  });
});

test("a load that was declared void can be authorised no more, and one that was held is given back", async () => {
  const { bench, ledger } = await openFund();
  await using _ = bench;
  const headEnd = bench.connect();
  await headEnd.sendRaw(selection);
  await headEnd.next();
  await headEnd.sendRaw(balance);
  const { IDTRX } = (await headEnd.next()) as LoadPage;
  const inquiry = { kind: "load-inquiry", IDMER, IDTRX } as const;
  expect(await bench.connect(IDMER, IDTRX).say(inquiry)).toMatchObject({ kind: "result", CC: "A009" });
  await headEnd.sendRaw({ kind: "load-amount", IDTRX, MLDA: 2500 });
  expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A004" });
  const { said } = await talk(bench, selection, balance, amount(2500));
  const held = (said[1] as LoadPage).IDTRX;
  expect(await money(ledger)).toEqual([27_500, 2_500, undefined]);
  await bench.server.settleHolds();
  expect(await money(ledger)).toEqual([27_500, 2_500, undefined]);
  await bench.server.settleHolds(0);
  expect(await money(ledger)).toEqual([30_000, 0, undefined]);
  expect(await bench.database.load({ IDMER, IDTRX: held })).toMatchObject({ status: "void", booked: true });
});
