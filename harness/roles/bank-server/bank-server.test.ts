import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { NEVER_RECEIVED, sealLoadConfirmation } from "../../crypto/load-confirmation.ts";
import { debitSecurity, loadSecurityInformation } from "../../crypto/load-security.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { openMessage } from "../../crypto/sealed-message.ts";
import { deriveTransactionKey, openTsk } from "../../crypto/transaction-keys.ts";
import type { SealedOpening } from "../../protocol/messages/layouts.ts";
import {
  parseCardInformationObject,
  parseLoadAuthorisation,
  parseLoadRefusal,
} from "../../protocol/messages/load-page-objects.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
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

describe("the confirmation", () => {
  test.each(["AES-128-GCM", "3DES-CBC-MAC"] as const)(
    "of success moves the hold to the pool, once (%s)",
    async (suite) => {
      const bench = await BankBench.open({ suite });
      const offer = await bench.held();
      const CONF = bench.word(offer);
      const again = await Promise.all([
        bench.confirm(offer, CONF),
        bench.confirm(offer, CONF),
        bench.confirm(offer, CONF),
      ]);
      expect(again.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(again[0]?.body).toContain("25.00 EUR went from your account to your card.");
      expect(await bench.money()).toEqual({ user: 97_500, hold: 0, pool: 2_500 });
      expect(await bench.loads.load(offer.page.IDTRX)).toMatchObject({ status: "loaded", MLDA: 2_500 });
      const registered = ["confirmation-registered", { accepted: true, CC: "0000", MLDA: 2_500 }];
      expect(bench.logged().slice(2)).toEqual([registered, registered, registered]);
      expect(await bench.ledger.sum()).toBe(0);
    },
  );

  test("of failure gives the hold back, once, with 402 and A023", async () => {
    const bench = await BankBench.open();
    const offer = await bench.held();
    const CONF = bench.word(offer, { CC: "940B" });
    for (const { status, body } of [await bench.confirm(offer, CONF), await bench.confirm(offer, CONF)]) {
      expect([status, parseLoadRefusal(body)]).toEqual([402, { ok: true, value: "A023" }]);
    }
    expect(await bench.money()).toEqual({ user: 100_000, hold: 0, pool: undefined });
    expect(bench.logged().filter(([entry]) => entry === "hold-released")).toEqual([["hold-released", { MLDA: 2_500 }]]);
  });

  test("of a request that was never received gives the hold back, or closes a page that nobody used", async () => {
    const bench = await BankBench.open();
    const [held, unused] = [await bench.held(), await bench.page()];
    const never = { ...NEVER_RECEIVED, CC: "A009" };
    for (const offer of [held, unused]) expect((await bench.confirm(offer, bench.word(offer, never))).status).toBe(402);
    expect(await bench.money()).toEqual({ user: 100_000, hold: 0, pool: undefined });
    expect((await bench.amount(unused.page.IDTRX, 100)).status).toBe(409);
    const claimed = await bench.held();
    expect((await bench.confirm(claimed, bench.word(claimed, { ...NEVER_RECEIVED, CC: "0000" }))).status).toBe(403);
  });

  test("that says otherwise than an earlier one gets 409, and moves nothing", async () => {
    const bench = await BankBench.open();
    const [loaded, released] = [await bench.held(), await bench.held()];
    expect((await bench.confirm(loaded)).status).toBe(200);
    expect((await bench.confirm(released, bench.word(released, { CC: "940B" }))).status).toBe(402);
    expect((await bench.confirm(loaded, bench.word(loaded, { CC: "940B" }))).status).toBe(409);
    expect((await bench.confirm(released)).status).toBe(409);
    expect(await bench.money()).toEqual({ user: 97_500, hold: 0, pool: 2_500 });
  });

  test.each([
    ["another amount", { MLDA: 40_000 }],
    ["another currency", { CURRLDA: "0392" }],
    ["other decimals", { CEXPLDA: 3 }],
    ["another issuer", { PPIEP: "000456" }],
    ["another card", { IDIEP: "0000000043" }],
    ["another amount that failed", { MLDA: 2_501, CC: "940B" }],
  ])("about %s gets 403, and moves nothing", async (_, over) => {
    const bench = await BankBench.open();
    const offer = await bench.held();
    expect((await bench.confirm(offer, bench.word(offer, over))).status).toBe(403);
    expect(await bench.money()).toEqual({ user: 97_500, hold: 2_500, pool: undefined });
    expect(bench.logged().at(-1)).toEqual(["confirmation-registered", { accepted: false, CC: null, MLDA: null }]);
  });

  test("that does not open, was made for another load, or says that a load happened which nobody authorised gets 403", async () => {
    const bench = await BankBench.open();
    const [one, other, unused] = [await bench.held(), await bench.held(), await bench.page()];
    const broken = bench.word(one);
    broken[20] = (broken[20] ?? 0) ^ 1;
    expect((await bench.confirm(one, broken)).status).toBe(403);
    expect((await bench.confirm(one, bench.word(other))).status).toBe(403);
    expect((await bench.confirm(one, new Uint8Array(79))).status).toBe(403);
    expect((await bench.confirm(unused)).status).toBe(403);
    expect(await bench.money()).toEqual({ user: 95_000, hold: 5_000, pool: undefined });
  });

  test("goes to a pool of the bank's own where it keeps the amounts", async () => {
    const bench = await BankBench.open({ funds: "bank" });
    await bench.confirm(await bench.held());
    expect(await bench.ledger.balances("pool:000123@BNK00001")).toMatchObject([{ balance: 2_500 }]);
    expect(await bench.ledger.balances("pool:000123")).toEqual([]);
  });
});

describe("holds that no confirmation has ended", () => {
  /** EF as the load server seals it for the keys of an inquiry. */
  function word({ IDMER, IDTRX, RND }: SealedOpening, over: object): Uint8Array {
    const { suite, KSH } = BANK;
    const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, fromHex(RND));
    const card = { PPIEP: "000123", IDIEP: "0000000042", NTIEP: 7, DTHR: START };
    const text = { IDTRX, IDMER, CC: "0000", MLDA: 2_500, CURRLDA: "0978", CEXPLDA: 2, ...card, ...over };
    const CONF = sealLoadConfirmation(suite, KDER, text, new Uint8Array(nonceLength(suite)));
    return encodeMessage({ kind: "sealed-results", IDTRX, SEALED: new Uint8Array(40), CONF });
  }

  test("are asked about at the load server, under keys of their own", async () => {
    const bench = await BankBench.open();
    const { page } = await bench.held();
    let asked: SealedOpening | undefined;
    bench.inquiry = (opening) => {
      asked = opening;
      return word(opening, {});
    };
    expect(await bench.bank.settleHolds(0)).toBe(1);
    if (asked === undefined) throw new Error("nobody was asked");
    const { IDMER, IDTRX, RND, ETSK, SEALED } = asked;
    expect([IDMER, IDTRX]).toEqual(["BNK00001", page.IDTRX]);
    expect(RND).not.toBe(page.RND);
    const KDER = deriveTransactionKey(BANK.suite, BANK.KSH, IDMER, IDTRX, fromHex(RND));
    const TSK = openTsk(BANK.suite, KDER, { IDMER, IDTRX, RND: fromHex(RND) }, ETSK);
    const inner = TSK && openMessage(BANK.suite, TSK, IDTRX, SEALED, [0xad]);
    expect(inner && parseMessage(inner)).toEqual({ kind: "load-inquiry", IDMER, IDTRX });
    expect(await bench.money()).toEqual({ user: 97_500, hold: 0, pool: 2_500 });
    expect(await bench.bank.settleHolds(0)).toBe(0);
  });

  test.each([
    ["not loaded", (opening: SealedOpening) => word(opening, { CC: "A023" }), 1, 100_000],
    ["void", (opening: SealedOpening) => word(opening, { ...NEVER_RECEIVED, CC: "A009" }), 1, 100_000],
    ["unresolved", () => encodeMessage({ kind: "refusal", CC: "A01A" }), 0, 97_500],
    ["of another amount", (opening: SealedOpening) => word(opening, { MLDA: 1 }), 0, 97_500],
    ["of another load", (o: SealedOpening) => word({ ...o, IDTRX: "A".repeat(32) }, {}), 0, 97_500],
    ["no message", () => new Uint8Array(3), 0, 97_500],
    ["nothing", () => null, 0, 97_500],
  ])("whose load is %s", async (_, inquiry, ended, user) => {
    const bench = await BankBench.open();
    await bench.held();
    bench.inquiry = inquiry;
    expect(await bench.bank.settleHolds(0)).toBe(ended);
    expect(await bench.money()).toEqual({ user, hold: 100_000 - user, pool: undefined });
  });

  test("stay where the load server is not there, and are not asked about within an hour", async () => {
    const bench = await BankBench.open();
    await bench.held();
    expect(await bench.bank.settleHolds(0)).toBe(0);
    bench.inquiry = (opening) => word(opening, {});
    expect(await bench.bank.settleHolds()).toBe(0);
    bench.clock.advance(60 * 60_000);
    expect(await bench.bank.settleHolds()).toBe(1);
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
