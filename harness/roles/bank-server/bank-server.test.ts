import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { debitSecurity, loadSecurityInformation } from "../../crypto/load-security.ts";
import { deriveTransactionKey, openTsk } from "../../crypto/transaction-keys.ts";
import {
  parseCardInformationObject,
  parseLoadAuthorisation,
  parseLoadRefusal,
} from "../../protocol/messages/load-page-objects.ts";
import { serveBank } from "./serve.ts";
import { BANK, BankBench, balanceFields, SESSION, START } from "./test-bench.ts";

describe("the load page", () => {
  test("comes after a card information request, with every parameter, and opens for the load server", async () => {
    const bench = await BankBench.open();
    const selected = await bench.post("/load", { account: "RICH" });
    expect([selected.status, parseCardInformationObject(selected.body)]).toEqual([200, { ok: true, value: "bank" }]);
    const { page, amountUrl } = await bench.page();
    expect(page).toMatchObject({
      SOURCE: 1,
      IDMER: "BNK00001",
      MLDAmax: 40_000,
      CURRLDA: "0978",
      CEXPLDA: 2,
      IDACQ: "00004711",
      DTHR: START,
      HOST: "10.1.2.3",
      PORT: 4711,
      URL: "https://bank.test/load/status",
      RELEASE: "1.0",
      ENCRYPTION: "AES-128-GCM",
      TEXT: "Account RICH",
    });
    expect(amountUrl).toBe("https://bank.test/load/amount");
    expect(page.SECINFO).toEqual(loadSecurityInformation(BANK.KMER, { ...page, encryption: "AES-128-GCM" }));
    const names = { IDMER: page.IDMER, IDTRX: page.IDTRX, RND: fromHex(page.RND) };
    const KDER = deriveTransactionKey("AES-128-GCM", BANK.KSH, page.IDMER, page.IDTRX, names.RND);
    expect(openTsk("AES-128-GCM", KDER, names, page.ETSK)).toEqual(page.TSK);
    expect(bench.logged()).toEqual([["load-page-made", { MLDAmax: 40_000 }]]);
    expect(await bench.loads.loads()).toMatchObject([
      { IDTRX: page.IDTRX, status: "offered", MLDA: null, ACCOUNT: "RICH" },
    ]);
    expect(JSON.stringify(await bench.loads.loads())).not.toContain(toHex(page.TSK));
  });

  test.each([
    ["the card's room", "RICH", { BALIEP: 50_999 }, 1],
    ["the account's funds", "POOR", {}, 500],
    ["the holder's limit", "RICH", {}, 40_000],
  ] as const)("offers at most %s", async (_, account, purse, MLDAmax) => {
    const bench = await BankBench.open();
    const { body } = await bench.balance(account, purse);
    expect(body).toContain(`<param name="maximum-load-value" value="${MLDAmax}">`);
  });

  test("names another load every time, also in the other suite", async () => {
    const bench = await BankBench.open({ suite: "3DES-CBC-MAC" });
    const [one, other] = [await bench.page(), await bench.page()];
    expect(one.page.IDTRX).not.toBe(other.page.IDTRX);
    expect(one.page).toMatchObject({ ENCRYPTION: "3DES-CBC-MAC" });
    expect(one.page.ETSK).toHaveLength(40);
  });

  test.each([
    ["A012", "RICH", {}, { DEXPIEP: "310505" }],
    ["A020", "EMPTY", {}, {}],
    ["A021", "RICH", { BALIEP: 51_000 }, {}],
    ["A013", "YEN", {}, {}],
    ["A013", "RICH", { CEXPIEP: 3 }, {}],
    ["A012", "EMPTY", { BALIEP: 51_000 }, { DEXPIEP: "310505" }],
    ["A020", "EMPTY", { BALIEP: 51_000, CURRIEP: "0392" }, {}],
    ["A021", "YEN", { BALIEP: 51_000 }, {}],
  ] as const)("is refused with 402 and %s for account %s, %o %o", async (CC, account, purse, card) => {
    const bench = await BankBench.open();
    const { status, body } = await bench.balance(account, purse, card);
    expect([status, parseLoadRefusal(body)]).toEqual([402, { ok: true, value: CC }]);
    expect(bench.logged()).toEqual([["load-refused", { CC }]]);
    expect(await bench.loads.loads()).toEqual([]);
  });

  test("takes a card on its last day", async () => {
    const bench = await BankBench.open();
    expect((await bench.balance("RICH", {}, { DEXPIEP: "310506" })).status).toBe(200);
  });

  test("is refused with 403 for an account that nobody has, or that this session has not selected", async () => {
    const bench = await BankBench.open();
    expect((await bench.post("/load", { account: "NOBODY" })).status).toBe(403);
    expect((await bench.post("/load/card", balanceFields("RICH"))).status).toBe(403);
    await bench.post("/load", { account: "RICH" });
    expect((await bench.post("/load/card", balanceFields("RICH"), "FEDCBA9876543210")).status).toBe(403);
    expect((await bench.post("/load/card", balanceFields("POOR"))).status).toBe(403);
    expect((await bench.post("/load/card", balanceFields("RICH"))).status).toBe(200);
  });
});

describe("requests that are none", () => {
  const IDTRX = "0".repeat(32);
  test.each([
    [404, "/", {}],
    [404, "/load/other", {}],
    [400, "/load", {}],
    [400, "/load", { account: "rich" }],
    [400, "/load", { account: "A".repeat(35) }],
    [400, "/load/card", { ...balanceFields("RICH"), atr: "3B" }],
    [400, "/load/card", { ...balanceFields("RICH"), balance: "00" }],
    [400, "/load/card", { ...balanceFields("RICH"), balance: "F".repeat(26) }],
    [400, "/load/card", { ...balanceFields("RICH"), "card-information": "F".repeat(42) }],
    [400, "/load/amount", { "transaction-id": IDTRX }],
    [400, "/load/amount", { "transaction-id": IDTRX, amount: "-1" }],
    [400, "/load/amount", { "transaction-id": IDTRX, amount: "1.00" }],
    [400, "/load/amount", { "transaction-id": IDTRX, amount: "4294967296" }],
    [400, "/load/amount", { "transaction-id": "00", amount: "1" }],
    [400, "/load/status", { "transaction-id": IDTRX }],
    [400, "/load/status", { "transaction-id": IDTRX, confirmation: "0" }],
    [404, "/load/amount", { "transaction-id": IDTRX, amount: "1" }],
    [404, "/load/status", { "transaction-id": IDTRX, confirmation: "00" }],
    [413, "/load", { account: "A".repeat(16_384) }],
  ])("get %i at %s with %o", async (status, path, fields) => {
    const bench = await BankBench.open();
    expect((await bench.post(path, fields)).status).toBe(status);
  });

  test("get 400 without a session, 405 with another method", async () => {
    const bench = await BankBench.open();
    expect((await bench.post("/load", { account: "RICH" }, null)).status).toBe(400);
    const got = await bench.bank.handler({ method: "GET", path: "/load", headers: {}, body: "" });
    expect([got.status, got.headers.allow]).toEqual([405, "POST"]);
  });
});

describe("the amount", () => {
  test("is held, and authorised by SECLOAD; the same amount again gets the same answer and is held once", async () => {
    const bench = await BankBench.open();
    const { page } = await bench.page();
    const answers = [await bench.amount(page.IDTRX, 2_500), await bench.amount(page.IDTRX.toLowerCase(), 2_500)];
    const { IDMER, IDTRX, CURRLDA, CEXPLDA, DTHR } = page;
    const debit = { IDMER, IDTRX, MLDA: 2_500, CURRLDA, CEXPLDA, PPIEP: "000123", IDIEP: "0000000042", DTHR };
    const value = debitSecurity(BANK.KMER, debit);
    for (const { status, body } of answers)
      expect([status, parseLoadAuthorisation(body)]).toEqual([200, { ok: true, value }]);
    expect(await bench.money()).toEqual({ user: 97_500, hold: 2_500, pool: undefined });
    expect(bench.logged().filter(([entry]) => entry === "account-debited")).toEqual([
      ["account-debited", { MLDA: 2_500 }],
    ]);
    expect(await bench.ledger.booked(`hold/${IDTRX}`)).toMatchObject({ amount: 2_500 });
  });

  test.each([0, 40_001])("%i is refused with A022, and another may follow", async (amount) => {
    const bench = await BankBench.open();
    const { page } = await bench.page();
    const { status, body } = await bench.amount(page.IDTRX, amount);
    expect([status, parseLoadRefusal(body)]).toEqual([402, { ok: true, value: "A022" }]);
    expect((await bench.amount(page.IDTRX, 40_000)).status).toBe(200);
  });

  test("is refused with A022 where the funds have become less, and holds nothing", async () => {
    const bench = await BankBench.open();
    const [one, other] = [await bench.page("POOR"), await bench.page("POOR")];
    expect((await bench.amount(one.page.IDTRX, 400)).status).toBe(200);
    const { status, body } = await bench.amount(other.page.IDTRX, 101);
    expect([status, parseLoadRefusal(body)]).toEqual([402, { ok: true, value: "A022" }]);
    expect(await bench.money("POOR")).toEqual({ user: 100, hold: 400, pool: undefined });
  });

  test("is refused with 403 to another session, with 409 where another was given or the load has ended", async () => {
    const bench = await BankBench.open();
    const offer = await bench.page();
    const { IDTRX } = offer.page;
    expect((await bench.amount(IDTRX, 2_500, "FEDCBA9876543210")).status).toBe(403);
    expect((await bench.amount(IDTRX, 2_500)).status).toBe(200);
    expect((await bench.amount(IDTRX, 2_501)).status).toBe(409);
    expect((await bench.amount(IDTRX, 0)).status).toBe(409);
    expect((await bench.confirm(offer)).status).toBe(200);
    expect((await bench.amount(IDTRX, 2_500)).status).toBe(409);
    expect(await bench.money()).toEqual({ user: 97_500, hold: 0, pool: 2_500 });
  });

  test("is held once when many ask at the same moment", async () => {
    const bench = await BankBench.open();
    const { page } = await bench.page();
    const answers = await Promise.all([1, 2, 3, 4, 5].map((amount) => bench.amount(page.IDTRX, amount)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
  });
});

test("a bank that could make no allowed page does not start", async () => {
  const { loads, clock } = await BankBench.open();
  const loadServer = { connect: async () => Promise.reject(new Error("never")) };
  const rest = { loads, clock, random: (length: number) => new Uint8Array(length), trace: () => undefined, loadServer };
  for (const over of [{ IDMER: "bank" }, { limit: 0 }, { source: "pre-funded" as const }, { origin: "bank" }]) {
    expect(() => serveBank({ holder: { ...BANK, ...over }, ...rest })).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  }
});

test("a session is 16 hex digits in the cookie, whatever their case", async () => {
  const bench = await BankBench.open();
  expect((await bench.post("/load", { account: "RICH" }, SESSION.toLowerCase())).status).toBe(200);
  expect((await bench.post("/load/card", balanceFields("RICH"), SESSION)).status).toBe(200);
});

const anyField = fc.oneof(
  fc.string(),
  fc.constantFrom("RICH", "100", "00", "0".repeat(32), "F".repeat(26), "F".repeat(42)),
);

const anyForm = fc.dictionary(
  fc.constantFrom("account", "atr", "balance", "card-information", "transaction-id", "amount", "confirmation"),
  anyField,
);

test("whatever is posted gets an answer, and moves nothing", async () => {
  const bench = await BankBench.open();
  const paths = fc.constantFrom("/load", "/load/card", "/load/amount", "/load/status", "/load/amount?x", "//");
  await fc.assert(
    fc.asyncProperty(paths, anyForm, async (path, form) => {
      const { status } = await bench.post(path, form);
      expect([200, 400, 403, 404]).toContain(status);
    }),
  );
  expect(await bench.money()).toEqual({ user: 100_000, hold: undefined, pool: undefined });
});
