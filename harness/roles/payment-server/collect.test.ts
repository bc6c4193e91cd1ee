import { describe, expect, test } from "vitest";
import { deadlineIn } from "../../core/deadline.ts";
import { sumsOf } from "../../protocol/messages/batch-members.ts";
import { encodeLines } from "../../protocol/messages/collection-lines.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import { record } from "../testing/batches.ts";
import { ClearingChain } from "../testing/clearing-chain.ts";
import { chooseMembers } from "./collect-members.ts";
import type { TransactionRecord } from "./database/contracts.ts";
import { TerminalTurns } from "./terminal-turns.ts";
import { openBench } from "./test-bench.ts";

const IDTRX = record(1).IDTRX;

function row(over: Partial<TransactionRecord> = {}): TransactionRecord {
  const { IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP } = record(1);
  const sale = { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, COMPARE: null };
  const answers = { debitCommand: null, debitResponse: null, expectedResponse: null, terminalResponse: null };
  const rest = { IDTERM: "00000001", NTPSAM: 1, CC: null, owedMode: null, created: "", updated: "" };
  return { ...sale, ...answers, ...rest, status: "confirmed", ...over };
}

describe("members of a batch", () => {
  const again = record(2, { IDTRX, CC: "9416" });

  test.each([
    ["a confirmed transaction", [record(1)], [1]],
    ["one that the PSAM had confirmed before: the record of success", [record(1), again], [1]],
    ["not one that was reversed", [record(1), record(2, { IDTRX, CC: "A01D" })], []],
    [
      "one that was reversed and then completed",
      [record(1), record(2, { IDTRX, CC: "A01D" }), record(3, { IDTRX, NTIEP: 1 })],
      [3],
    ],
    ["not one whose newest record is another refusal", [record(1), record(2, { IDTRX, CC: "9302" })], []],
    ["not one that never succeeded", [again], []],
  ])("are %s", (_what, records, counts) => {
    const { members } = chooseMembers(records, { rows: [row()], collected: [] });
    expect(members.map(({ COUNT }) => COUNT)).toEqual(counts);
  });

  test.each(["unresolved", "failed", "debit-sent", "response-received", "refused"] as const)(
    "are none that the database calls %s",
    (status) => {
      expect(chooseMembers([record(1)], { rows: [row({ status })], collected: [] })).toEqual({
        members: [],
        mismatches: [],
      });
    },
  );

  test("are none of an earlier batch", () => {
    const collected = [{ IDMER: "SHOP0001", IDTRX }];
    expect(chooseMembers([record(1)], { rows: [row()], collected }).members).toEqual([]);
  });

  test.each([
    ["MPDA", { MPDA: 251 }],
    ["CURRPDA", { CURRPDA: "0392" }],
    ["CEXPPDA", { CEXPPDA: 0 }],
    ["PPIEP", { PPIEP: "000456" }],
    ["IDIEP", { IDIEP: "0000000043" }],
    ["NTIEP", { NTIEP: 9 }],
    ["IDMER", { IDMER: "SHOP0002" }],
  ])("are none that contradict their row in %s", (what, over) => {
    const { members, mismatches } = chooseMembers([record(1, over)], { rows: [row()], collected: [] });
    expect(members).toEqual([]);
    expect(mismatches).toMatchObject([{ what }]);
  });

  test("are none without a row", () => {
    expect(chooseMembers([record(1)], { rows: [], collected: [] }).mismatches).toMatchObject([
      { what: "no transaction" },
    ]);
  });

  test("are at most 500, oldest first, of at most 13 groups", () => {
    const records = Array.from({ length: 501 }, (_, index) => record(index + 1));
    const rows = records.map((each) => row({ IDTRX: each.IDTRX, NTIEP: each.NTIEP }));
    const { members } = chooseMembers(records, { rows, collected: [] });
    expect(members.map(({ COUNT }) => COUNT)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    const issuers = records.slice(0, 20).map((each, index) => ({ ...each, PPIEP: `0001${index + 10}` }));
    const theirs = issuers.map(({ IDTRX: name, NTIEP, PPIEP }) => row({ IDTRX: name, NTIEP, PPIEP }));
    expect(chooseMembers(issuers, { rows: theirs, collected: [] }).members).toHaveLength(13);
  });
});

describe("a collection", () => {
  test("tells the PSAM of what is confirmed without it, once", async () => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1), 2);
    await chain.sell(0, record(2));
    await chain.server.collect();
    const told = chain.terminals.asked.filter(({ kind }) => kind === "t-response");
    expect(told).toMatchObject([{ IDTRX: record(1).IDTRX, SW: "9000" }]);
    await chain.server.collect();
    expect(chain.terminals.asked.filter(({ kind }) => kind === "t-response")).toHaveLength(1);
    expect((await chain.database.transaction("SHOP0001", record(1).IDTRX))?.status).toBe("confirmed");
  });

  test("that a PSAM refuses for its totals makes no batch, and leaves the members for another one", async () => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    const [terminal] = chain.terminals.terminals;
    if (terminal) terminal.counted = [];
    await chain.server.collect();
    expect(chain.entries()).toEqual(["totals-mismatch"]);
    expect(await chain.database.batches.batches()).toEqual([]);
    if (terminal) terminal.counted = [record(1)];
    await chain.server.collect();
    expect(await chain.database.batches.batches()).toHaveLength(1);
  });

  test("whose answer was lost is asked for again with the same bytes, though there are new sales", async () => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    chain.terminals.lapses = ["none", "none", "mute"];
    await chain.server.collect();
    await chain.sell(0, record(2));
    chain.restart("payment-server");
    await chain.server.collect();
    const asked = chain.terminals.asked.filter((message) => message.kind === "t-collect");
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
    expect(await chain.database.batches.batches()).toMatchObject([{ NTCOL: 1, status: "sent" }]);
  });

  test("is made at each interval, to the millisecond, and no more once the server is gone", async () => {
    const chain = await ClearingChain.open();
    const { clock, server } = chain;
    await chain.sell(0, record(1));
    await server.collectAtIntervals(3_600_000, 2);
    expect(clock.monotonicMs()).toBe(7_200_000);
    expect(await chain.database.batches.batches()).toMatchObject([{ NTCOL: 1, status: "sent" }]);
    const requests = chain.terminals.asked.filter(({ kind }) => kind === "t-read-store");
    expect(requests).toHaveLength(3); // the second one of another terminal only: here a batch is under way
    const forever = server.collectAtIntervals(3_600_000);
    await server[Symbol.asyncDispose]();
    await forever;
    expect(clock.monotonicMs()).toBe(7_200_000);
  });

  test("reads a data store of several pages, and leaves out a record that contradicts its row", async () => {
    const chain = await ClearingChain.open();
    for (let number = 1; number <= 70; number++) await chain.sell(0, record(number));
    const [terminal] = chain.terminals.terminals;
    const [first] = terminal?.records ?? [];
    if (terminal && first) terminal.records[0] = { ...first, MPDA: 1 };
    await chain.server.collect();
    const [batch] = await chain.database.batches.batches();
    expect(batch?.members).toHaveLength(69);
    expect(chain.entries()).toEqual(["record-mismatch", "batch-collected", "batch-stored", "batch-sent"]);
  });

  test("of another terminal is made though one is silent", async () => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    await chain.sell(1, record(2));
    chain.terminals.lapses = ["deaf"];
    await chain.server.collect();
    expect(await chain.database.batches.batches()).toMatchObject([{ BATCHNO: "0007890000A10002" }]);
  });

  test("that clearing refuses is kept, logged and sent again", async () => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    chain.troubles = ["request altered"];
    await chain.server.collect();
    await chain.point.forward();
    await chain.server.fetchDeliveries();
    expect(chain.entries()).toContain("batch-refused");
    expect(await chain.database.batches.batches()).toMatchObject([{ status: "refused" }]);
    await chain.server.collect();
    await chain.point.forward();
    await chain.server.fetchDeliveries();
    expect(await chain.database.batches.batches()).toMatchObject([{ status: "acknowledged" }]);
  });

  test("whose acknowledgement was altered on its way is answered anew", async () => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    await chain.server.collect();
    chain.troubles = ["answer altered"];
    await chain.point.forward();
    await chain.server.fetchDeliveries();
    expect(chain.entries().at(-1)).toBe("batch-acknowledged");
    expect(chain.terminals.terminals[0]?.kept).toBeDefined();
    await chain.server.collect();
    await chain.point.forward();
    await chain.server.fetchDeliveries();
    expect(chain.terminals.terminals[0]?.kept).toBeUndefined();
    expect(await chain.database.batches.batches()).toMatchObject([{ status: "acknowledged" }]);
  });

  test.each(["deaf", "mute"] as const)("is acknowledged once, though the terminal was %s to it", async (lapse) => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    await chain.server.collect();
    await chain.point.forward();
    chain.terminals.lapses = [lapse];
    await chain.server.fetchDeliveries();
    expect(await chain.database.batches.batches()).toMatchObject([{ status: "sent" }]);
    await chain.server.fetchDeliveries();
    expect(await chain.database.batches.batches()).toMatchObject([{ status: "acknowledged" }]);
    expect(chain.terminals.terminals[0]?.kept).toBeUndefined();
  });

  /** The terminal is told of another collection than the one that clearing has accepted. */
  async function acknowledgedWrongly(): Promise<ClearingChain> {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    await chain.server.collect();
    await chain.point.forward();
    chain.terminals.lapses = ["misled"];
    await chain.server.fetchDeliveries();
    expect(await chain.database.batches.batches()).toMatchObject([{ NTCOL: 1, status: "acknowledged" }]);
    expect(chain.terminals.terminals[0]?.kept).toMatchObject({ NTCOL: 1 });
    return chain;
  }

  async function day(chain: ClearingChain): Promise<void> {
    await chain.server.collect();
    await chain.point.forward();
    await chain.server.fetchDeliveries();
  }

  async function expectBothAcknowledged(chain: ClearingChain): Promise<void> {
    expect(await chain.database.batches.batches()).toMatchObject([
      { NTCOL: 1, status: "acknowledged", members: [{ IDTRX: record(1).IDTRX }] },
      { NTCOL: 2, status: "acknowledged", members: [{ IDTRX: record(2).IDTRX }] },
    ]);
    expect(chain.terminals.terminals[0]?.kept).toBeUndefined();
    const cleared = (await chain.clearing.batches()).flatMap(({ members }) => members);
    expect(cleared.map(({ IDTRX: name, status }) => [name, status])).toEqual([
      [record(1).IDTRX, "accepted"],
      [record(2).IDTRX, "accepted"],
    ]);
  }

  test("that the PSAM holds beyond its acknowledgement is acknowledged anew, and the next one made", async () => {
    const chain = await acknowledgedWrongly();
    await chain.sell(0, record(2, { MPDA: 990 }));
    await day(chain);
    expect(chain.entries()).toContain("batch-reopened");
    expect(chain.terminals.terminals[0]?.kept).toBeUndefined();
    await day(chain);
    await expectBothAcknowledged(chain);
  });

  test("that the PSAM takes for the one it still holds, as its lines are the same, is made once that one is gone", async () => {
    const chain = await acknowledgedWrongly();
    await chain.sell(0, record(2));
    await day(chain);
    expect((await chain.database.batches.batches()).map(({ status }) => status)).toEqual(["acknowledged", "refused"]);
    await day(chain);
    expect(chain.entries()).toContain("batch-reopened");
    await day(chain);
    await expectBothAcknowledged(chain);
  });

  test("that was reopened is asked for again after the server has started anew", async () => {
    const chain = await acknowledgedWrongly();
    await chain.sell(0, record(2, { MPDA: 990 }));
    chain.terminals.lapses = ["none", "none", "mute"];
    await chain.server.collect();
    expect((await chain.database.batches.batches()).map(({ status }) => status)).toEqual(["reopened"]);
    chain.restart("payment-server");
    await day(chain);
    await day(chain);
    await expectBothAcknowledged(chain);
  });

  test.each([
    ["other lines", 777],
    ["the same lines", 250],
  ])("that the PSAM does not hold either, but one that nobody knows with %s, is left alone", async (_what, MPDA) => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    await day(chain);
    const [terminal] = chain.terminals.terminals;
    if (!terminal) throw new Error("no terminal");
    const stranger = record(9, { MPDA });
    const LINES = encodeLines(sumsOf([stranger]));
    terminal.kept = { NTCOL: 5, DIGEST: "AB".repeat(32), LINES, S4: new Uint8Array(8) };
    await chain.sell(0, record(2, { MPDA: 990 }));
    await chain.server.collect();
    expect(chain.entries().slice(-3)).toEqual(["collection-refused", "batch-reopened", "collection-interrupted"]);
    expect(await chain.database.batches.batches()).toMatchObject([{ NTCOL: 1, status: "acknowledged" }]);
    expect(terminal.kept).toMatchObject({ NTCOL: 5, LINES });
  });

  test("shows which members clearing has refused", async () => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    await chain.sell(0, record(2, { IDMER: "SHOP9999" }));
    await chain.server.collect();
    await chain.point.forward();
    await chain.server.fetchDeliveries();
    const [batch] = await chain.database.batches.batches();
    expect(batch?.members.map(({ status, CC }) => [status, CC])).toEqual([
      ["acknowledged", null],
      ["refused", "A002"],
    ]);
  });

  test("needs somewhere to send batches to", async () => {
    await using bench = await openBench();
    await expect(bench.server.collect()).rejects.toMatchObject({ code: "USAGE" });
  });

  test("stops with its server, in the middle of a silence", async () => {
    const chain = await ClearingChain.open();
    await chain.sell(0, record(1));
    chain.terminals.lapses = ["deaf"];
    const collecting = chain.server.collect();
    await chain.server[Symbol.asyncDispose]();
    await collecting;
    expect(chain.clock.monotonicMs()).toBe(0);
  });
});

test("a transaction's message waits for the answer that a collection is waiting for, and has its own time then", async () => {
  const chain = await ClearingChain.open();
  const { clock, terminals } = chain;
  const turns = new TerminalTurns(terminals, clock);
  terminals.lapses = ["deaf"];
  const message = encodeMessage({ kind: "t-read-totals", IDTERM: "00000001" });
  const first = turns.exchange("00000001", message, deadlineIn(clock, 8_000));
  const second = turns.exchange("00000001", message, deadlineIn(clock, 1_000));
  const other = turns.exchange("00000002", message, deadlineIn(clock, 1_000));
  await other;
  expect(terminals.asked).toHaveLength(2);
  await expect(first).rejects.toMatchObject({ code: "DEVICE_SILENT" });
  expect((await second).length).toBeGreaterThan(0);
  expect(clock.monotonicMs()).toBe(8_000);
});
