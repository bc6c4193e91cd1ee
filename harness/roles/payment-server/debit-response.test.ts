import { describe, expect, test } from "vitest";
import {
  cardResponse,
  debitResponse,
  drawRequest,
  IDTERM,
  IDTRX,
  openBench,
  type PaymentBench,
  talk,
} from "./test-bench.ts";
import { statusOf } from "./testing/seen.ts";

describe("a wrong signature of the card", () => {
  const wrong = debitResponse({ CARDRSP: cardResponse("BBBBBBBBBBBBBBBB") });

  test("is asked about once, and the right one then completes the purchase", async () => {
    await using bench = await openBench();
    const answers = await talk(bench, drawRequest(), wrong, debitResponse({ RECOVERED: 1 }));
    expect(answers).toMatchObject([
      { kind: "debit-command" },
      { kind: "refusal", IDTRX, CC: "9302" },
      { kind: "debit-result" },
    ]);
    expect(await bench.database.transaction("SHOP0001", IDTRX)).toMatchObject({ status: "confirmed", CC: "0000" });
  });

  test("leaves the transaction unresolved the second time: no confirmation, terminal suspended and free", async () => {
    await using bench = await openBench();
    expect(await talk(bench, drawRequest(), wrong, wrong)).toMatchObject([
      { kind: "debit-command" },
      { kind: "refusal", CC: "9302" },
      { kind: "refusal", CC: "A01A" },
    ]);
    expect(await statusOf(bench)).toBe("unresolved");
    expect(bench.terminals.asked.at(-1)?.message).toMatchObject({ kind: "t-cancel", MODE: 1 });
    expect(bench.entries()).toContain("transaction-unresolved");
    expect(bench.entries()).not.toContain("confirmation-sent");
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });
});

describe("silence and loss after the debit command", () => {
  const suspended = (bench: PaymentBench) =>
    bench.terminals.asked.some(({ message }) => message.kind === "t-cancel" && message.MODE === 1);

  test("of the head end leaves the transaction unresolved after 35 s", async () => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    await headEnd.send(drawRequest());
    await headEnd.next();
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A01A" });
    await headEnd.served;
    expect(bench.clock.monotonicMs()).toBe(35_000);
    expect(await bench.database.transaction("SHOP0001", IDTRX)).toMatchObject({ status: "unresolved", CC: "A010" });
    expect(suspended(bench)).toBe(true);
  });

  test("is not put off by messages that do not belong here", async () => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    await headEnd.send(drawRequest());
    await headEnd.next();
    await bench.clock.timer(30_000).elapsed;
    await headEnd.send(Uint8Array.of(0xee, 0x00));
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A001" });
    await headEnd.send(debitResponse({ IDTRX: "B".repeat(32) }));
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A009" });
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A01A" });
    expect(bench.clock.monotonicMs()).toBe(35_000);
  });

  test("of the channel leaves it unresolved at once", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest());
    expect(await statusOf(bench)).toBe("unresolved");
    expect(suspended(bench)).toBe(true);
    expect(bench.clock.monotonicMs()).toBe(0);
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });

  test.each([
    ["to the card's answer", "t-response"],
    ["to the suspension as well", "t-"],
  ])("of the terminal %s leaves it unresolved, and the terminal is free again", async (_when, prefix) => {
    await using bench = await openBench();
    bench.terminals.script = (message, honest) =>
      message.kind !== "t-draw" && message.kind.startsWith(prefix) ? "silent" : honest();
    expect(await talk(bench, drawRequest(), debitResponse())).toMatchObject([
      { kind: "debit-command" },
      { kind: "refusal", CC: "A01A" },
    ]);
    expect(await bench.database.transaction("SHOP0001", IDTRX)).toMatchObject({ status: "unresolved", CC: "A008" });
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });

  test("of the card (no answer at all) leaves it unresolved", async () => {
    await using bench = await openBench();
    const mute = debitResponse({ CARDRSP: new Uint8Array(0), SW: "0000" });
    expect((await talk(bench, drawRequest(), mute)).at(-1)).toMatchObject({ kind: "refusal", CC: "A01A" });
    expect(await bench.database.transaction("SHOP0001", IDTRX)).toMatchObject({ status: "unresolved", CC: "A010" });
  });

  test("before anything was said ends the thread without a trace in the database", async () => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    expect(await headEnd.next()).toBeNull();
    expect(bench.clock.monotonicMs()).toBe(20_000);
    expect(await bench.database.log()).toEqual([]);
  });
});
