import { describe, expect, test } from "vitest";
import { openConfirmation } from "../../crypto/confirmation.ts";
import { debitResponse, drawRequest, IDTERM, IDTRX, KMER, openBench, type TerminalScript, talk } from "./test-bench.ts";
import { confOf, statusOf } from "./testing/seen.ts";

describe("terminals of the payment server", () => {
  const answers: readonly [string, string, TerminalScript][] = [
    ["9412", "refuses the card", () => ({ kind: "t-refusal", IDTERM, IDTRX, CC: "9412" })],
    ["A008", "is silent", (message, honest) => (message.kind === "t-draw" ? "silent" : honest())],
    ["A008", "is silent for ever", () => "silent"],
    [
      "A008",
      "answers with something else",
      (message, honest) => (message.kind === "t-draw" ? { kind: "t-done", IDTERM, IDTRX, CC: "0000" } : honest()),
    ],
    [
      "A008",
      "answers with a debit command for another amount",
      (message, honest) => {
        const answer = honest();
        if (message.kind !== "t-draw" || answer === "silent" || answer.kind !== "t-debit") return answer;
        return {
          ...answer,
          DEBITDATA: Uint8Array.from(answer.DEBITDATA, (byte, index) => (index === 14 ? byte ^ 1 : byte)),
        };
      },
    ],
  ];

  test.each(answers)("refuse with %s when the terminal %s; no debit command leaves", async (CC, _what, script) => {
    await using bench = await openBench();
    bench.terminals.script = script;
    expect(await talk(bench, drawRequest())).toMatchObject([{ kind: "refusal", IDTRX, CC }]);
    expect(await bench.database.transaction("SHOP0001", IDTRX)).toMatchObject({
      status: "refused",
      CC,
      debitCommand: null,
    });
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });

  test("forget a transaction whose debit command did not come: withdrawn, not suspended", async () => {
    await using bench = await openBench();
    bench.terminals.script = (message, honest) => (message.kind === "t-draw" ? "silent" : honest());
    await talk(bench, drawRequest());
    expect(bench.terminals.asked.at(-1)?.message).toMatchObject({ kind: "t-cancel", IDTRX, MODE: 0 });
  });

  test("suspend a transaction that they opened in place of the one asked for", async () => {
    await using bench = await openBench();
    const other = "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF";
    bench.terminals.script = (_message, honest) => {
      const said = honest();
      return said !== "silent" && said.kind === "t-debit" ? { ...said, IDTRX: other } : said;
    };
    expect(await talk(bench, drawRequest())).toMatchObject([{ kind: "refusal", IDTRX, CC: "A008" }]);
    expect(bench.terminals.asked.map(({ message }) => message)).toMatchObject([
      { kind: "t-draw", IDTRX },
      { kind: "t-cancel", IDTRX, MODE: 0 },
      { kind: "t-cancel", IDTRX: other, MODE: 1 },
    ]);
  });

  test("withdraw where they say that a transaction is open already: it may be this one", async () => {
    await using bench = await openBench();
    bench.terminals.script = (message, honest) =>
      message.kind === "t-draw" ? { kind: "t-refusal", IDTERM, IDTRX, CC: "6985" } : honest();
    expect(await talk(bench, drawRequest())).toMatchObject([{ kind: "refusal", IDTRX, CC: "6985" }]);
    expect(bench.terminals.asked.at(-1)?.message).toMatchObject({ kind: "t-cancel", IDTRX, MODE: 0 });
  });

  test("hear a cancellation again that they were silent on, before anything else", async () => {
    await using bench = await openBench();
    bench.terminals.script = () => "silent";
    await talk(bench, drawRequest());
    bench.terminals.script = (_message, honest) => honest();
    const other = "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF";
    const [command] = await talk(bench, drawRequest({ IDTRX: other }));
    expect(command?.kind).toBe("debit-command");
    expect(bench.terminals.asked.slice(2, 4).map(({ message }) => message)).toMatchObject([
      { kind: "t-cancel", IDTRX, MODE: 0 },
      { kind: "t-draw", IDTRX: other },
    ]);
  });

  test("are queued for, and who waits too long is refused with A007", async () => {
    await using bench = await openBench();
    const first = bench.connect();
    await first.send(drawRequest());
    await first.next();
    const other = "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF";
    expect(await talk(bench, drawRequest({ IDTRX: other }))).toMatchObject([{ kind: "refusal", CC: "A007" }]);
    expect(bench.clock.monotonicMs()).toBe(5_000);
    expect(await bench.database.transaction("SHOP0001", other)).toMatchObject({ status: "refused", IDTERM: null });
  });

  test("are handed on: a waiting transaction gets the terminal of the one that ends", async () => {
    await using bench = await openBench();
    const first = bench.connect();
    await first.send(drawRequest());
    await first.next();
    const second = talk(bench, drawRequest({ IDTRX: "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF" }));
    await first.send(debitResponse());
    expect((await first.next())?.kind).toBe("debit-result");
    expect(await second).toMatchObject([{ kind: "debit-command" }]);
  });

  test("serve many head ends at once without mixing their transactions", async () => {
    const terminalIds = ["00000001", "00000002", "00000003"];
    await using bench = await openBench({ terminalIds });
    const numbers = Array.from({ length: 12 }, (_, number) => number + 1);
    const outcomes = await Promise.all(
      numbers.map(async (number) => {
        const own = number.toString(16).toUpperCase().padStart(32, "C");
        const [command, result] = await talk(
          bench,
          drawRequest({ IDTRX: own, MPDA: number }),
          debitResponse({ IDTRX: own }),
        );
        if (result?.kind !== "debit-result" || command?.kind !== "debit-command") throw new Error("not completed");
        const confirmation = openConfirmation(KMER, "SHOP0001", own, confOf(result));
        return [command.IDTRX === own, command.DEBITDATA[14], confirmation?.MPDA, confirmation?.CC];
      }),
    );
    expect(outcomes).toEqual(numbers.map((number) => [true, number, number, "0000"]));
    expect(new Set(bench.terminals.asked.map(({ IDTERM }) => IDTERM))).toEqual(new Set(terminalIds));
    for (const { IDTERM: used, message } of bench.terminals.asked) expect(message).toMatchObject({ IDTERM: used });
  });
});

describe("a message result that is not about this transaction", () => {
  test.each([
    ["IDTRX", 0],
    ["CC", 17],
    ["NTPSAM", 21],
    ["PPIEP", 22],
    ["IDIEP", 29],
    ["NTIEP", 31],
    ["MPDA", 35],
    ["CURRPDA", 37],
    ["CEXPPDA", 38],
  ])("in %s confirms nothing", async (_element, offset) => {
    await using bench = await openBench();
    bench.terminals.script = (_message, honest) => {
      const answer = honest();
      if (answer === "silent" || answer.kind !== "t-result" || answer.MSGRESULT === undefined) return answer;
      return { ...answer, MSGRESULT: answer.MSGRESULT.map((byte, index) => (index === offset ? byte ^ 1 : byte)) };
    };
    expect((await talk(bench, drawRequest(), debitResponse())).at(-1)).toMatchObject({ kind: "refusal", CC: "A01A" });
    expect(await statusOf(bench)).toBe("unresolved");
  });
});
