import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { NEVER_RECEIVED, sealLoadConfirmation } from "../../crypto/load-confirmation.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { openMessage } from "../../crypto/sealed-message.ts";
import { deriveTransactionKey, openTsk } from "../../crypto/transaction-keys.ts";
import type { SealedOpening } from "../../protocol/messages/layouts.ts";
import { parseLoadRefusal } from "../../protocol/messages/load-page-objects.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { BANK, BankBench, START } from "./test-bench.ts";

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

const anyField = fc.oneof(
  fc.string(),
  fc.constantFrom("RICH", "100", "00", "0".repeat(32), "F".repeat(26), "F".repeat(42)),
);

const _anyForm = fc.dictionary(
  fc.constantFrom("account", "atr", "balance", "card-information", "transaction-id", "amount", "confirmation"),
  anyField,
);
