import { describe, expect, test } from "vitest";
import { ledgerIn, world } from "../../accounts/ledger.ts";
import { acquirerAccount, merchantAccount, poolAccount } from "../../accounts/names.ts";
import { LEDGER_TABLES, type LedgerSchema } from "../../accounts/tables.ts";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { decipherUpdateKey, deriveCollectionKey, signS5, signS6 } from "../../crypto/collection.ts";
import { getFor, messageIn, postOf } from "../../link/batch-http.ts";
import type { HttpRequest } from "../../link/exchange.ts";
import { type Delivered, encodeDelivery, parseDelivery } from "../../protocol/messages/delivery.ts";
import type { Batch } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import { parseUpdate } from "../../protocol/messages/psam-update.ts";
import { parseRefused } from "../../protocol/messages/refused-members.ts";
import type { DataStoreRecord } from "../../protocol/messages/store-record.ts";
import { openStore } from "../../sql/open-store.ts";
import { BATCHNO, batchOf, digestOf, MKC, PSAM, record } from "../testing/batches.ts";
import type { ClearingParties } from "./parties.ts";
import { type ClearingOptions, serveClearing } from "./serve.ts";
import { openClearingStore } from "./store/sql-clearing.ts";

const OTHER_PSAM = { PPPSAM: "000789", IDPSAM: "00A10002" };
const OTHER_BATCHNO = "0007890000A10002";
const PARTIES: ClearingParties = {
  senders: ["PS1", "PS2"],
  psams: [
    { ...PSAM, IDACQUIRER: "00000021", sender: "PS1" },
    { ...OTHER_PSAM, IDACQUIRER: "00000022", sender: "PS2" },
  ],
  merchants: [
    { IDMER: "SHOP0001", IDACQUIRER: "00000021" },
    { IDMER: "SHOP0002", IDACQUIRER: "00000021" },
    { IDMER: "CABLE001", IDACQUIRER: "00000022" },
  ],
  issuers: [
    { PPIEP: "000123", CURR: "0978", CEXP: 2 },
    { PPIEP: "000123", CURR: "0392", CEXP: 0 },
    { PPIEP: "000456", CURR: "0978", CEXP: 2 },
  ],
};
const EUR = { CURR: "0978", CEXP: 2 };
const YEN = { CURR: "0392", CEXP: 0 };
const KDC = deriveCollectionKey(MKC, PSAM);

async function bench(over: Partial<ClearingOptions> = {}) {
  const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  const ledger = ledgerIn(
    await openStore<LedgerSchema>("sqlite::memory:", clock, { what: "x", tables: [LEDGER_TABLES] }),
  );
  await ledger.openAccounts([world(EUR), world(YEN)]);
  for (const { PPIEP, CURR, CEXP } of PARTIES.issuers) {
    const account = poolAccount(PPIEP);
    await ledger.openAccounts([{ account, CURR, CEXP }]);
    await ledger.transfer({ reference: `${PPIEP}/${CURR}`, from: "world", to: account, amount: 10_000, CURR, CEXP });
  }
  const trace: TraceEvent[] = [];
  const store = over.store ?? (await openClearingStore("sqlite::memory:", clock));
  const options = { parties: PARTIES, MKC, store, ledger, clock, trace: (event: TraceEvent) => trace.push(event) };
  const clearing = serveClearing({ ...options, ...over });
  const ask = async (request: HttpRequest): Promise<readonly Delivered[]> => {
    const response = await clearing.handler(request);
    const parsed = parseDelivery(messageIn(response.body) ?? new Uint8Array(0));
    if (!parsed.ok) throw new Error(`${response.status} ${parsed.reason}`);
    return parsed.messages;
  };
  const post = (batch: Batch) => ask(postOf("/batches", encodeMessage(batch)));
  const entries = () => trace.flatMap((event) => (event.kind === "log" ? [event.entry] : []));
  return { clearing, clock, ledger, store, ask, post, entries };
}

const bytesOf = encodeMessage(batchOf(1, [record(1)]));
const get = (path: string): HttpRequest => ({ method: "GET", path, headers: {}, body: "" });

test.each([
  ["a body that is too long", { ...postOf("/batches", bytesOf), body: "B8".repeat(65_537) }, 413],
  ["another page", get("/"), 404],
  ["another method", get("/batches"), 405],
  ["another method for updates", postOf("/updates?sender=PS1", bytesOf), 405],
  ["no hex", { ...postOf("/batches", bytesOf), body: "b8" }, 400],
  ["another message", postOf("/batches", encodeDelivery([])), 400],
  ["updates for nobody", get("/updates"), 400],
  ["updates for an unknown sender", getFor("/updates", "PS3"), 403],
  ["receipts that are none", postOf("/receipts", bytesOf), 400],
])("%s is answered as the table says", async (_what, request, status) => {
  expect((await (await bench()).clearing.handler(request)).status).toBe(status);
});

describe("a batch", () => {
  const good = batchOf(1, [record(1), record(2, { IDMER: "SHOP0002" })]);

  test("is acknowledged with S5 over its DIGEST", async () => {
    const { post, clearing } = await bench();
    const DIGEST = digestOf(good);
    const S5 = signS5(KDC, { ...PSAM, NTCOL: 1, DIGEST: fromHex(DIGEST) });
    expect(await post(good)).toEqual([{ kind: "batch-acknowledgement", IDCP: "PS1", BATCHNO, NTCOL: 1, DIGEST, S5 }]);
    const [stored] = await clearing.batches();
    expect(stored).toMatchObject({ BATCHNO, NTCOL: 1, sender: "PS1", status: "accepted" });
    expect(stored?.members.map(({ status }) => status)).toEqual(["accepted", "accepted"]);
  });

  const twice = [record(1), record(2, { IDTRX: record(1).IDTRX })];
  test.each<[string, Batch, string]>([
    ["A001: members are malformed", { ...good, MEMBERS: new Uint8Array(60) }, "A001"],
    ["A001: an IDTRX twice", batchOf(1, twice), "A001"],
    ["A001: LINES are not the sums", { ...good, LINES: batchOf(1, [record(1)]).LINES }, "A001"],
    ["A030: PSAM unknown", batchOf(1, [record(1)], { BATCHNO: "00078900FFFFFFFF" }), "A030"],
    ["A030: no number of a PSAM", batchOf(1, [record(1)], { BATCHNO: "0007890100A10001" }), "A030"],
    ["A030: sender unknown", { ...good, IDCP: "PS3" }, "A030"],
    ["A030: acquirer not that of the PSAM", { ...good, IDACQUIRER: "00000022" }, "A030"],
    ["A006: S4 wrong", { ...good, S4: new Uint8Array(8) }, "A006"],
    [
      "A006: a member changed",
      { ...batchOf(1, [record(1)]), MEMBERS: batchOf(1, [record(1, { DTHR: "20310506070810" })]).MEMBERS },
      "A006",
    ],
    ["A031: an earlier one is missing", batchOf(2, [record(1)]), "A031"],
    ["A031: number zero", batchOf(0, [record(1)]), "A031"],
  ])("is refused with %s", async (_what, batch, CC) => {
    const { post, clearing, entries } = await bench();
    const { IDCP, BATCHNO: number, NTCOL } = batch;
    expect(await post(batch)).toEqual([{ kind: "batch-refusal", IDCP, BATCHNO: number, NTCOL, CC }]);
    expect(await clearing.batches()).toEqual([]);
    expect(entries()).toEqual(["batch-refused"]);
  });

  test("that is repeated gets the same answer, and one of its number with other members is refused", async () => {
    const { post, clearing, entries } = await bench();
    const [first] = await post(good);
    expect(await post(good)).toEqual([first]);
    expect(await post(batchOf(1, [record(3)]))).toMatchObject([{ kind: "batch-refusal", CC: "A031" }]);
    expect(await clearing.batches()).toHaveLength(1);
    expect(entries()).toEqual(["batch-accepted", "batch-repeated", "batch-refused"]);
  });

  test("may come by another sender that is known: it is the same batch", async () => {
    const { post } = await bench();
    const [first] = await post(good);
    expect(await post({ ...good, IDCP: "PS2" })).toEqual([{ ...first, IDCP: "PS2" }]);
  });

  const earlier = record(1);
  test.each<[string, DataStoreRecord, string]>([
    ["A032: number of the PSAM used", record(5, { NTPSAM: earlier.NTPSAM }), "A032"],
    ["A032: number of the card used", record(5, { NTIEP: earlier.NTIEP }), "A032"],
    ["A002: merchant unknown", record(5, { IDMER: "SHOP9999" }), "A002"],
    ["A002: merchant of another acquirer", record(5, { IDMER: "CABLE001" }), "A002"],
    ["A005: issuer unknown", record(5, { PPIEP: "000999" }), "A005"],
    ["A005: currency of no pool", record(5, { CURRPDA: "0414", CEXPPDA: 3 }), "A005"],
    ["A005: exponent of no pool", record(5, { CEXPPDA: 0 }), "A005"],
    ["A032 before A002", record(5, { NTPSAM: earlier.NTPSAM, IDMER: "SHOP9999" }), "A032"],
  ])("is accepted without a member that is refused with %s", async (_what, member, CC) => {
    const { post, clearing } = await bench();
    await post(batchOf(1, [earlier]));
    const [answer] = await post(batchOf(2, [record(4), member]));
    if (answer?.kind !== "batch-acknowledgement") throw new Error("no acknowledgement");
    expect(parseRefused(answer.REFUSED)).toEqual([{ index: 1, CC }]);
    expect(await clearing.disputed()).toMatchObject([{ BATCHNO, NTCOL: 2, IDTRX: member.IDTRX, MPDA: 250, CC }]);
    const outcome = await clearing.settle();
    expect(outcome).toMatchObject({ kind: "settled", report: { sums: [{ sum: 500, count: 2 }] } });
  });

  test("settles the same card payment once, though two members or two PSAMs claim it", async () => {
    const { post, clearing } = await bench();
    const [answer] = await post(batchOf(1, [record(1), record(2, { NTIEP: 1 })]));
    expect(answer).toMatchObject({ REFUSED: fromHex("00000001 A032") });
    const stolen = record(9, { NTIEP: 1, IDMER: "CABLE001" });
    const over = { BATCHNO: OTHER_BATCHNO, IDCP: "PS2", IDACQUIRER: "00000022" };
    expect(await post(batchOf(1, [stolen], over))).toMatchObject([{ REFUSED: fromHex("00000000 A032") }]);
    expect(await clearing.settle()).toMatchObject({ report: { sums: [{ sum: 250, count: 1 }] } });
  });
});

describe("a settlement", () => {
  const members = [
    record(1),
    record(2, { IDMER: "SHOP0002", MPDA: 1000 }),
    record(3, { PPIEP: "000456", MPDA: 7 }),
    record(4, { CURRPDA: "0392", CEXPPDA: 0, MPDA: 700 }),
  ];

  test("moves one sum from pool to acquirer and each merchant's own sales on, once", async () => {
    const { post, clearing, ledger, entries } = await bench();
    await post(batchOf(1, members));
    const outcome = await clearing.settle();
    if (outcome.kind !== "settled") throw new Error(outcome.kind);
    expect(outcome.text).toEqual([
      "Settlement 1",
      "issuer 000123 to acquirer 00000021: 700 JPY (1 transaction)",
      "issuer 000123 to acquirer 00000021: 12.50 EUR (2 transactions)",
      "issuer 000456 to acquirer 00000021: 0.07 EUR (1 transaction)",
      "acquirer 00000021: 700 JPY (1 transaction)",
      "acquirer 00000021: 12.57 EUR (3 transactions)",
      "acquirer 00000021 to merchant SHOP0001: 700 JPY (1 transaction)",
      "acquirer 00000021 to merchant SHOP0001: 2.57 EUR (2 transactions)",
      "acquirer 00000021 to merchant SHOP0002: 10.00 EUR (1 transaction)",
      "total: 700 JPY (1 transaction)",
      "total: 12.57 EUR (3 transactions)",
    ]);
    const balance = (account: string, unit = EUR) => ledger.balance({ account, ...unit });
    expect(await balance(poolAccount("000123"))).toBe(10_000 - 1_250);
    expect(await balance(poolAccount("000456"))).toBe(10_000 - 7);
    expect(await balance(poolAccount("000123"), YEN)).toBe(10_000 - 700);
    expect(await balance(acquirerAccount("00000021"))).toBe(0);
    expect(await balance(merchantAccount("SHOP0001"))).toBe(257);
    expect(await balance(merchantAccount("SHOP0002"))).toBe(1_000);
    expect((await ledger.entries(poolAccount("000456"))).map(({ reference }) => reference)).toEqual([
      "000456/0978",
      "settlement/1/000456/00000021/0978",
    ]);
    expect(await ledger.sum()).toBe(0);
    expect(await clearing.settle()).toEqual({ kind: "nothing" });
    expect(await clearing.settlements()).toEqual([outcome.report]);
    expect((await clearing.batches())[0]?.members.map(({ status }) => status)).toEqual(Array(4).fill("settled"));
    expect(entries()).toEqual(["batch-accepted", "settled", "settled"]);
    await post(batchOf(2, [record(8)]));
    expect(await clearing.settle()).toMatchObject({ kind: "settled", report: { N: 2 } });
  });

  test("that a pool cannot bear moves nothing, and is made when it can", async () => {
    const { post, clearing, ledger } = await bench();
    await post(batchOf(1, [record(1), record(2, { MPDA: 10_000 })]));
    const reason = "settlement/1/000123/00000021/0978: no-cover";
    expect(await clearing.settle()).toEqual({ kind: "refused", reason });
    expect(await ledger.balance({ account: poolAccount("000123"), ...EUR })).toBe(10_000);
    const more = { reference: "more", from: "world", to: poolAccount("000123"), amount: 250, ...EUR };
    await ledger.transfer(more);
    expect(await clearing.settle()).toMatchObject({ kind: "settled", report: { N: 1, sums: [{ sum: 10_250 }] } });
  });

  test.each(["before", "after"])(
    "that was interrupted %s the ledger had moved the sums is finished once",
    async (when) => {
      const { post, store, ledger } = await bench();
      const failing = {
        openAccounts: ledger.openAccounts,
        transferAll: async (transfers: Parameters<typeof ledger.transferAll>[0]) => {
          if (when === "after") await ledger.transferAll(transfers);
          throw new Error("power cut");
        },
      };
      await post(batchOf(1, members));
      const torn = await bench({ store, ledger: failing });
      await expect(torn.clearing.settle()).rejects.toThrow("power cut");
      const after = await bench({ store, ledger });
      await after.post(batchOf(2, [record(8, { MPDA: 5 })]));
      expect(await after.clearing.settle()).toMatchObject({ report: { N: 1, sums: [{ sum: 700 }, { sum: 1257 }] } });
      expect(await after.clearing.settle()).toMatchObject({ report: { N: 2, sums: [{ sum: 5 }] } });
      expect(await ledger.balance({ account: merchantAccount("SHOP0001"), ...EUR })).toBe(262);
    },
  );
});

describe("updates", () => {
  const block = { kind: "block-card", PPIEP: "000123", IDIEP: "0000000042" } as const;
  const numbers = (messages: readonly Delivered[]) =>
    messages.flatMap((each) => {
      const parsed = each.kind === "system-update" ? parseUpdate(each.UPDATE) : undefined;
      return parsed?.ok ? [parsed.value.update.NTUPD] : [];
    });
  const receipt = (NTUPD: number, CC = "0000") =>
    postOf("/receipts", encodeDelivery([{ kind: "update-receipt", BATCHNO, NTUPD, CC }]));

  test("are numbered for each PSAM, signed for it, and due until there is a positive receipt", async () => {
    const { clearing, ask, post, entries } = await bench();
    await clearing.issueUpdate(block);
    await clearing.issueUpdate({ ...block, kind: "unblock-card" }, PSAM.IDPSAM);
    const due = await ask(getFor("/updates", "PS1"));
    expect(numbers(due)).toEqual([1, 2]);
    expect(numbers(await ask(getFor("/updates", "PS2")))).toEqual([1]);
    const [first] = due;
    const update = first?.kind === "system-update" ? parseUpdate(first.UPDATE) : undefined;
    if (!update?.ok) throw new Error("no update");
    expect(toHex(update.value.unsigned)).toBe("0000000120310506010001230000000042");
    expect(update.value.S6).toEqual(signS6(KDC, PSAM, update.value.unsigned));
    expect(numbers(await post(batchOf(1, [record(1)])))).toEqual([1, 2]);
    expect((await clearing.handler(receipt(1, "9302"))).status).toBe(204);
    expect(numbers(await ask(getFor("/updates", "PS1")))).toEqual([1, 2]);
    await clearing.handler(receipt(1));
    expect(numbers(await post(batchOf(3, [record(1)])))).toEqual([2]);
    expect(entries().filter((entry) => entry === "update-issued")).toHaveLength(3);
  });

  test("carry a key that only its PSAM can decipher", async () => {
    const { clearing, ask } = await bench();
    const MKP = fromHex("54455354204D4B50206E657720303031");
    await clearing.issueUpdate({ kind: "set-key", PPIEP: "000123", ALGIEP: 5, VKIEP: 7, MKP }, PSAM.IDPSAM);
    const [message] = await ask(getFor("/updates", "PS1"));
    const update = message?.kind === "system-update" ? parseUpdate(message.UPDATE) : undefined;
    if (!update?.ok || update.value.update.content.kind !== "set-key") throw new Error("no key");
    const { enciphered } = update.value.update.content;
    expect(toHex(enciphered)).not.toBe(toHex(MKP));
    expect(toHex(decipherUpdateKey(KDC, 1, enciphered))).toBe(toHex(MKP));
  });

  test("for a PSAM that is not cleared here are refused", async () => {
    await expect((await bench()).clearing.issueUpdate(block, "00000000")).rejects.toMatchObject({ code: "USAGE" });
  });
});

test("parties of which something is there twice are refused", async () => {
  const twice = { ...PARTIES, merchants: [...PARTIES.merchants, { IDMER: "SHOP0001", IDACQUIRER: "00000022" }] };
  await expect(bench({ parties: twice })).rejects.toMatchObject({ code: "USAGE" });
});
