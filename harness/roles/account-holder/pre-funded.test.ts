import { expect, test } from "vitest";
import { type Ledger, ledgerIn, world } from "../../accounts/ledger.ts";
import { customerAccount } from "../../accounts/names.ts";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { seededRandom } from "../../core/random.ts";
import { encodeBalance } from "../../protocol/messages/get-balance.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { parseLoadPage } from "../../protocol/messages/load-page.ts";
import { parseCardInformationObject, parseLoadAuthorisation } from "../../protocol/messages/load-page-objects.ts";
import { encodeCardInformation } from "../../protocol/messages/read-record.ts";
import { memoryStores } from "../../sql/open-store.ts";
import type { AccountHolder } from "./contract.ts";
import { directMessage, directQuestion } from "./direct-messages.ts";
import { HOLDER_BOOKS } from "./open-books.ts";
import { answerQuestion, type HolderParts } from "./perform.ts";
import { fundedAccounts, servePreFunded } from "./pre-funded.ts";
import { heldLoadsIn } from "./sql-held-loads.ts";
import type { HolderSchema } from "./tables.ts";

const EUR = { CURR: "0978", CEXP: 2 };
const SESSION = "0123456789ABCDEF";
const BALANCE = encodeBalance({ BALIEP: 0, BALmaxIEP: 90_000, CURRIEP: "0978", CEXPIEP: 2, NTIEP: 7 });
const CARDINFO = encodeCardInformation({
  ...{ PPIEP: "000123", IDIEP: "0000000042", SNIEP: "0011223344556677", DEXPIEP: "311231", ALGIEP: 4, VKIEP: 1 },
});
const ATR = fromHex("3B00");

const FUND: AccountHolder = {
  IDMER: "FND00001",
  source: "pre-funded",
  suite: "AES-128-GCM",
  KMER: fromHex("000102030405060708090A0B0C0D0E0F"),
  KSH: fromHex("101112131415161718191A1B1C1D1E1F"),
  IDACQ: "00004711",
  loadServer: { host: "10.1.2.3", port: 4711 },
  origin: "https://fund.test",
  limit: 50_000,
};

const memory = memoryStores<HolderSchema>(HOLDER_BOOKS);

async function fund(over: Partial<AccountHolder> = {}) {
  const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  const store = await memory(clock);
  const ledger = ledgerIn(store);
  const loads = heldLoadsIn(store);
  const to = customerAccount("FND00001", "F-1");
  await ledger.openAccounts([world(EUR), { account: to, ...EUR }]);
  await ledger.transfer({ reference: "initial", from: "world", to, amount: 30_000, ...EUR });
  const random = seededRandom("fund");
  const server = servePreFunded({ holder: { ...FUND, ...over }, loads, clock, random, trace: () => undefined });
  return { server, ledger, loads, clock, accounts: fundedAccounts(loads, ["FND00001"]) };
}

async function money(ledger: Ledger) {
  const of = (account: string) => ledger.balance({ account, ...EUR });
  return [await of(customerAccount("FND00001", "F-1")), await of("hold:FND00001"), await of("pool:000123")];
}

test("a pre-funded account has page and amount on the Internet, and no status URL of its own", async () => {
  const { server, ledger } = await fund();
  const post = (path: string, fields: Record<string, string>) =>
    server.handler({
      method: "POST",
      path,
      headers: { cookie: `session=${SESSION}` },
      body: new URLSearchParams(fields).toString(),
    });
  const selected = await post("/load", { account: "F-1" });
  expect(parseCardInformationObject(selected.body)).toEqual({ ok: true, value: "pre-funded" });
  const card = { account: "F-1", atr: toHex(ATR), balance: toHex(BALANCE), "card-information": toHex(CARDINFO) };
  const page = parseLoadPage((await post("/load/card", card)).body);
  if (!page.ok) throw new Error(page.reason);
  expect(page.page).toMatchObject({ SOURCE: 2, MLDAmax: 30_000, IDMER: "FND00001" });
  expect(Object.keys(page.page)).not.toContain("URL");
  const { body } = await post("/load/amount", { "transaction-id": page.page.IDTRX, amount: "30000" });
  expect(parseLoadAuthorisation(body).ok).toBe(true);
  expect(await money(ledger)).toEqual([0, 30_000, undefined]);
  expect((await post("/load/status", { "transaction-id": page.page.IDTRX, confirmation: "00" })).status).toBe(404);
});

test("another server by contract stands on the page", async () => {
  const additionalUrl = "https://elsewhere.test/heard";
  const { server } = await fund({ additionalUrl });
  const { page } = await direct(server.parts, [selection(), card()]).then(([, one]) => ({ page: one }));
  const RND = page?.kind === "load-page" ? page.RND : "";
  expect(page).toMatchObject({ kind: "load-page", URL: `${additionalUrl}?random=${RND}` });
});

const selection = (over = {}): Message => ({ kind: "load-selection", SESSION, SITE: "fund", ACCOUNT: "F-1", ...over });
const card = (): Message => ({ kind: "balance", ATR, BALANCE, CARDINFO });

/** What is said on the direct path to `messages`, one after the other. */
async function direct(parts: HolderParts, messages: readonly Message[]): Promise<readonly Message[]> {
  const answers: Message[] = [];
  const names = messages.find((message) => message.kind === "load-selection") ?? { SESSION, ACCOUNT: "F-1" };
  for (const message of messages) {
    const question = directQuestion(message, names);
    if (question.kind === "none") answers.push({ kind: "refusal", CC: question.CC });
    else answers.push(directMessage(await answerQuestion(parts, question)));
  }
  return answers;
}

test("the direct path gives card information request, page and authorisation with an empty SECLOAD", async () => {
  const { server, ledger, loads } = await fund();
  const [request, page] = await direct(server.parts, [selection(), card()]);
  expect(request).toEqual({ kind: "card-information-request", SOURCE: 2 });
  expect(page).toMatchObject({ kind: "load-page", MLDAmax: 30_000 });
  const [{ IDTRX = "" } = {}] = await loads.loads();
  const amount = (MLDA: number): Message => ({ kind: "load-amount", IDTRX, MLDA });
  const said = await direct(server.parts, [selection(), amount(30_001), amount(400), amount(400), amount(500)]);
  expect(said.slice(1)).toEqual([
    { kind: "refusal", CC: "A022" },
    { kind: "load-authorisation", IDTRX, SECLOAD: new Uint8Array(0) },
    { kind: "load-authorisation", IDTRX, SECLOAD: new Uint8Array(0) },
    { kind: "refusal", CC: "A004" },
  ]);
  expect(await money(ledger)).toEqual([29_600, 400, undefined]);
});

test.each([
  ["another account", [selection({ ACCOUNT: "F-2" })], "A009"],
  ["a load that nobody offered", [selection(), { kind: "load-amount", IDTRX: "0".repeat(32), MLDA: 1 }], "A009"],
  ["a message that is not due", [selection(), { kind: "refusal", CC: "A001" }], "A00A"],
] as const)("the direct path refuses %s", async (_, messages, CC) => {
  const { server } = await fund();
  expect((await direct(server.parts, messages)).at(-1)).toEqual({ kind: "refusal", CC });
});

test("the load server's own word ends a hold, once", async () => {
  const { server, ledger, loads, accounts, clock } = await fund();
  const held = async (MLDA: number): Promise<string> => {
    await direct(server.parts, [selection(), card()]);
    const IDTRX = (await loads.loads()).at(-1)?.IDTRX ?? "";
    await direct(server.parts, [selection(), { kind: "load-amount", IDTRX, MLDA }]);
    return IDTRX;
  };
  const [one, other] = [await held(100), await held(200)];
  const name = (IDTRX: string, IDMER = "FND00001") => ({ IDMER, IDTRX });
  expect(await accounts.authorised(name(one))).toMatchObject({ ACCOUNT: "F-1", MLDA: 100, PPIEP: "000123" });
  expect(await accounts.authorised(name(one, "FND00002"))).toBeUndefined();
  expect((await accounts.heldBefore("2031-05-06T07:08:10.000Z")).map(({ IDTRX }) => IDTRX)).toEqual([one, other]);
  expect(await accounts.heldBefore(clock.wall().toISOString())).toEqual([]);
  for (let n = 0; n < 2; n++) {
    await accounts.settle(name(one), "loaded");
    await accounts.settle(name(other), "released");
  }
  expect(await money(ledger)).toEqual([29_900, 0, 100]);
  expect(await accounts.authorised(name(one))).toBeUndefined();
  await accounts.settle(name("0".repeat(32)), "released");
  await expect(accounts.settle(name(one), "released")).rejects.toMatchObject({ code: "STORAGE" });
});
