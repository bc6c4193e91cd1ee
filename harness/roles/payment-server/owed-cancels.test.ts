import { describe, expect, test } from "vitest";
import {
  debitResponse,
  drawRequest,
  IDTERM,
  IDTRX,
  openBench,
  type PaymentBench,
  type TerminalScript,
  talk,
} from "./test-bench.ts";

const OTHER = "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF";
const FIG5 = "SHOP0005";
const MUTE = debitResponse({ CARDRSP: new Uint8Array(0), SW: "0000" });

const honest: TerminalScript = (_message, answer) => answer();
const deafTo =
  (kind: string): TerminalScript =>
  (message, answer) =>
    message.kind === kind ? "silent" : answer();

const owedBy = async (bench: PaymentBench) => (await bench.database.transactionsOwing()).map((row) => row.owedMode);

/** The bench as it is after a crash and a new start. */
async function restarted(bench: PaymentBench): Promise<PaymentBench> {
  await bench[Symbol.asyncDispose]();
  const { clock, database, terminals } = bench;
  terminals.script = honest;
  terminals.forgetAskers();
  const after = await openBench({ clock, database, terminals });
  await after.server.recover();
  return after;
}

describe("a cancellation that a terminal was silent on", () => {
  test.each([
    ["FIG 4", "SHOP0001", 1],
    ["FIG 5", FIG5, 1],
  ])("of %s is made good by the next start of the server", async (_figure, IDMER, MODE) => {
    const before = await openBench();
    before.terminals.script = deafTo("t-cancel");
    await talk(before, drawRequest({ IDMER }), MUTE);
    expect(await owedBy(before)).toEqual([MODE]);
    await using after = await restarted(before);
    expect(after.terminals.asked.at(-1)?.message).toMatchObject({ kind: "t-cancel", IDTRX, MODE });
    expect(await owedBy(after)).toEqual([]);
    expect((await after.database.transaction(IDMER, IDTRX))?.status).toBe("unresolved");
    expect([...after.terminals.counted]).toEqual([]);
    const asked = after.terminals.asked.length;
    await using again = await restarted(after);
    expect(again.terminals.asked).toHaveLength(asked);
  });

  test.each(["SHOP0001", FIG5])("to withdraw, of %s, is made good by the next start as well", async (IDMER) => {
    const before = await openBench();
    before.terminals.script = () => "silent";
    await talk(before, drawRequest({ IDMER }));
    expect(await owedBy(before)).toEqual([0]);
    await using after = await restarted(before);
    expect(after.terminals.asked.at(-1)?.message).toMatchObject({ kind: "t-cancel", IDTRX, MODE: 0 });
    expect(await owedBy(after)).toEqual([]);
    expect((await after.database.transaction(IDMER, IDTRX))?.status).toBe("refused");
  });

  test("is heard before the next draw request, and is owed no more", async () => {
    await using bench = await openBench();
    bench.terminals.script = deafTo("t-cancel");
    await talk(bench, drawRequest({ IDMER: FIG5 }), MUTE);
    bench.terminals.script = honest;
    await talk(bench, drawRequest({ IDMER: FIG5, IDTRX: OTHER }), debitResponse({ IDTRX: OTHER }));
    expect(bench.kindsAsked()).toEqual(["t-draw", "t-cancel", "t-cancel", "t-draw"]);
    expect(bench.entries()).toContain("transaction-reversed");
    expect(await owedBy(bench)).toEqual([]);
    expect([...bench.terminals.counted]).toEqual([OTHER]);
  });

  test("may be overtaken by the card's late answer, which then counts", async () => {
    await using bench = await openBench();
    bench.terminals.script = deafTo("t-cancel");
    await talk(bench, drawRequest({ IDMER: FIG5 }), MUTE);
    bench.terminals.script = honest;
    expect(await talk(bench, debitResponse({ RECOVERED: 1 }))).toMatchObject([{ kind: "debit-result" }]);
    expect([...bench.terminals.counted]).toEqual([IDTRX]);
  });
});

describe("a reversal", () => {
  test("that the terminal could not make is repeated until it could", async () => {
    await using bench = await openBench();
    bench.terminals.script = (message, answer) =>
      message.kind === "t-cancel" ? { kind: "t-done", IDTERM, IDTRX: message.IDTRX, CC: "A010" } : answer();
    await talk(bench, drawRequest({ IDMER: FIG5 }), MUTE);
    expect(bench.entries()).not.toContain("transaction-reversed");
    expect(await owedBy(bench)).toEqual([1]);
    bench.terminals.script = honest;
    await talk(bench, drawRequest({ IDMER: FIG5, IDTRX: OTHER }), debitResponse({ IDTRX: OTHER }));
    expect(await owedBy(bench)).toEqual([]);
    expect([...bench.terminals.counted]).toEqual([OTHER]);
  });

  test("queues for its terminal while that serves another", async () => {
    await using bench = await openBench();
    const other = bench.connect();
    const reversed = bench.connect();
    await reversed.send(drawRequest({ IDMER: FIG5 }));
    await reversed.next();
    await other.send(drawRequest({ IDTRX: OTHER }));
    await other.next();
    await reversed.send(MUTE);
    expect(await reversed.next()).toMatchObject({ kind: "refusal", CC: "A01A" });
    await other.send(debitResponse({ IDTRX: OTHER }));
    expect(await other.next()).toMatchObject({ kind: "debit-result" });
    await reversed.served;
    expect(bench.kindsAsked()).toEqual(["t-draw", "t-draw", "t-response", "t-cancel"]);
    expect([...bench.terminals.counted]).toEqual([OTHER]);
  });

  test("whose terminal is not free in time is made as soon as it is", async () => {
    await using bench = await openBench();
    const reversed = bench.connect();
    await reversed.send(drawRequest({ IDMER: FIG5 }));
    await reversed.next();
    await bench.server.pool.acquire();
    await reversed.send(MUTE);
    await reversed.next();
    await reversed.served;
    expect(bench.clock.monotonicMs()).toBe(5_000);
    expect(bench.entries()).toContain("reversal-owed");
    expect(await owedBy(bench)).toEqual([1]);
    await bench.clock.timer(60_000).elapsed;
    expect(bench.terminals.counted.size).toBe(1);
    bench.server.pool.release(IDTERM);
    await bench.clock.timer(1).elapsed;
    expect(bench.terminals.counted.size).toBe(0);
    expect(await owedBy(bench)).toEqual([]);
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });

  test("that waits does not keep the server from stopping, and is made at the next start", async () => {
    const bench = await openBench();
    const reversed = bench.connect();
    await reversed.send(drawRequest({ IDMER: FIG5 }));
    await reversed.next();
    await bench.server.pool.acquire();
    await reversed.send(MUTE);
    await reversed.served;
    await using after = await restarted(bench);
    expect(after.terminals.counted.size).toBe(0);
    expect(await owedBy(after)).toEqual([]);
  });
});

describe("a restart", () => {
  test.each([FIG5, "SHOP0006", "SHOP0007"])("reverses what %s had issued and not decided", async (IDMER) => {
    const before = await openBench();
    const headEnd = before.connect();
    await headEnd.send(drawRequest({ IDMER }));
    await headEnd.next();
    await using after = await restarted(before);
    expect(await after.database.transaction(IDMER, IDTRX)).toMatchObject({ status: "unresolved", CC: "A019" });
    expect(after.terminals.asked.at(-1)?.message).toMatchObject({ kind: "t-cancel", IDTRX, MODE: 1 });
    expect(after.terminals.counted.size).toBe(0);
    expect(after.entries()).toEqual(["transaction-unresolved", "transaction-reversed"]);
    expect(await talk(after, debitResponse({ RECOVERED: 1 }))).toMatchObject([{ kind: "debit-result" }]);
    expect([...after.terminals.counted]).toEqual([IDTRX]);
  });

  test("takes back for good what a terminal may have counted without having been heard", async () => {
    const before = await openBench();
    before.terminals.script = (message, answer) => {
      answer();
      return message.kind === "t-draw" ? "silent" : answer();
    };
    const headEnd = before.connect();
    await headEnd.send(drawRequest({ IDMER: FIG5 }));
    await before.clock.timer(1_000).elapsed;
    expect(before.terminals.counted.size).toBe(1);
    await using after = await restarted(before);
    expect((await after.database.transaction(FIG5, IDTRX))?.status).toBe("refused");
    expect(after.terminals.counted.size).toBe(0);
  });

  test("asks a silent terminal once, and the rest of what it has to hear comes before its next message", async () => {
    const before = await openBench();
    const identifiers = ["1", "2", "3"].map((digit) => digit.repeat(32));
    for (const each of identifiers) {
      const headEnd = before.connect();
      await headEnd.send(drawRequest({ IDMER: FIG5, IDTRX: each }));
      await headEnd.next();
    }
    await before[Symbol.asyncDispose]();
    const { clock, database, terminals } = before;
    terminals.script = () => "silent";
    const startMs = clock.monotonicMs();
    await using after = await openBench({ clock, database, terminals });
    await after.server.recover();
    expect(clock.monotonicMs() - startMs).toBe(8_000);
    expect(await owedBy(after)).toEqual([1, 1, 1]);
    terminals.script = honest;
    await talk(after, drawRequest({ IDMER: FIG5, IDTRX: OTHER }), debitResponse({ IDTRX: OTHER }));
    expect(await owedBy(after)).toEqual([]);
    expect([...terminals.counted]).toEqual([OTHER]);
  });

  test("settles forty-eight undecided transactions of one terminal", async () => {
    const before = await openBench();
    for (let number = 1; number <= 48; number++) {
      const headEnd = before.connect();
      const own = number.toString(16).toUpperCase().padStart(32, "0");
      await headEnd.send(drawRequest({ IDMER: FIG5, IDTRX: own }));
      expect((await headEnd.next())?.kind).toBe("debit-command");
    }
    const [refusal] = await talk(before, drawRequest({ IDMER: FIG5 }));
    expect(refusal).toMatchObject({ kind: "refusal", CC: "A007" });
    await using after = await restarted(before);
    expect(after.terminals.counted.size).toBe(0);
    expect(await owedBy(after)).toEqual([]);
  });
});
