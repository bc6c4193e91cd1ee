import { describe, expect, test } from "vitest";
import { openConfirmation } from "../../crypto/confirmation.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { cardResponse, debitResponse, drawRequest, IDTERM, IDTRX, KMER, openBench, talk } from "./test-bench.ts";
import { cancels, commanded, FIG5, NONE, notice, rowOf, SIGNED_REFUSAL, WRONG } from "./testing/variants.ts";

describe("FIG 5: the payment server compares", () => {
  test("and confirms by itself, without asking the terminal again", async () => {
    await using bench = await openBench();
    const [, result] = await talk(bench, drawRequest({ IDMER: FIG5 }), debitResponse());
    if (result?.kind !== "debit-result") throw new Error("no debit result");
    expect(result.CC).toBeUndefined();
    expect(openConfirmation(KMER, FIG5, IDTRX, result.CONF ?? NONE)).toMatchObject({ CC: "0000", IDTERM, NTPSAM: 1 });
    expect(bench.kindsAsked()).toEqual(["t-draw"]);
    expect(bench.entries().slice(4)).toEqual([
      "debit-response-received",
      "signatures-compared",
      "terminal-response",
      "confirmation-sent",
    ]);
    expect(bench.trace).toContainEqual({
      ...{ kind: "log", role: "payment-server", entry: "signatures-compared", step: "710", IDTRX },
      fields: { equal: true },
    });
    expect(await rowOf(bench, FIG5)).toMatchObject({ status: "confirmed", CC: "0000", owedMode: null });
    expect([...bench.terminals.counted]).toEqual([IDTRX]);
  });

  test("asks once more about a wrong answer, and takes the right one then", async () => {
    await using bench = await openBench();
    const answers = await talk(
      bench,
      drawRequest({ IDMER: FIG5 }),
      debitResponse({ CARDRSP: WRONG }),
      debitResponse({ RECOVERED: 1 }),
    );
    expect(answers.slice(1)).toMatchObject([{ kind: "refusal", CC: "9302" }, { kind: "debit-result" }]);
    expect((await rowOf(bench, FIG5))?.status).toBe("confirmed");
    expect(bench.kindsAsked()).toEqual(["t-draw"]);
  });

  test("takes every single byte of the answer for wrong", async () => {
    for (let index = 2; index < 16; index++) {
      await using bench = await openBench();
      const CARDRSP = cardResponse().map((byte, at) => (at === index ? byte ^ 1 : byte));
      const answers = await talk(bench, drawRequest({ IDMER: FIG5 }), debitResponse({ CARDRSP }));
      expect(answers[1]).toMatchObject({ kind: "refusal", CC: "9302" });
    }
  });

  interface Ending {
    readonly what: string;
    readonly says: readonly Message[];
    readonly last: object;
    readonly status: string;
    readonly CC: string;
    readonly modes: readonly number[];
    readonly asked: readonly string[];
  }

  const endings: readonly Ending[] = [
    {
      what: "a second wrong answer",
      says: [debitResponse({ CARDRSP: WRONG }), debitResponse({ CARDRSP: WRONG, RECOVERED: 1 })],
      last: { kind: "refusal", CC: "A01A" },
      ...{ status: "unresolved", CC: "9302", modes: [1], asked: ["t-draw", "t-cancel"] },
    },
    {
      what: "a refusal without data",
      says: [debitResponse({ CARDRSP: NONE, SW: "9302" })],
      last: { kind: "debit-result", CC: "9404" },
      ...{ status: "failed", CC: "9404", modes: [0], asked: ["t-draw", "t-cancel"] },
    },
    {
      what: "the news that the card was never debited",
      says: [debitResponse({ CARDRSP: NONE, SW: "9406", RECOVERED: 1 })],
      last: { kind: "debit-result", CC: "9404" },
      ...{ status: "failed", CC: "9404", modes: [0], asked: ["t-draw", "t-cancel"] },
    },
    {
      what: "no answer of the card",
      says: [debitResponse({ CARDRSP: NONE, SW: "0000" })],
      last: { kind: "refusal", CC: "A01A" },
      ...{ status: "unresolved", CC: "A010", modes: [1], asked: ["t-draw", "t-cancel"] },
    },
    {
      what: "success without an answer",
      says: [debitResponse({ CARDRSP: NONE, SW: "9000" })],
      last: { kind: "refusal", CC: "A01A" },
      ...{ status: "unresolved", CC: "A010", modes: [1], asked: ["t-draw", "t-cancel"] },
    },
    {
      what: "a signed refusal that the security card takes for genuine",
      says: [debitResponse({ CARDRSP: SIGNED_REFUSAL })],
      last: { kind: "debit-result", CC: "9404" },
      ...{ status: "failed", CC: "9404", modes: [], asked: ["t-draw", "t-response"] },
    },
    {
      what: "a forged refusal, twice",
      says: [
        debitResponse({ CARDRSP: cardResponse("BBBBBBBBBBBBBBBB", "9401") }),
        debitResponse({ CARDRSP: cardResponse("BBBBBBBBBBBBBBBB", "9401") }),
      ],
      last: { kind: "refusal", CC: "A01A" },
      ...{ status: "unresolved", CC: "9302", modes: [1], asked: ["t-draw", "t-response", "t-response", "t-cancel"] },
    },
  ];

  test.each(endings)("and has the terminal take back the transaction after $what", async (ending) => {
    await using bench = await openBench();
    const answers = await talk(bench, drawRequest({ IDMER: FIG5 }), ...ending.says);
    expect(answers.at(-1)).toMatchObject(ending.last);
    const { status, CC } = ending;
    expect(await rowOf(bench, FIG5)).toMatchObject({ status, CC, owedMode: null });
    expect(bench.kindsAsked()).toEqual(ending.asked);
    expect(cancels(bench)).toEqual(ending.modes);
    expect(bench.entries()).toContain("transaction-reversed");
    expect([...bench.terminals.counted]).toEqual([]);
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });

  test.each([
    ["silence of the head end", "A010", 35_000],
    ["loss of its channel", "A019", 0],
  ])("and takes back, for a late answer, what %s leaves open", async (_what, CC, afterMs) => {
    await using bench = await openBench();
    const headEnd = await commanded(bench, FIG5);
    if (afterMs === 0) await headEnd.channel[Symbol.asyncDispose]();
    else expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A01A" });
    await headEnd.served;
    expect(bench.clock.monotonicMs()).toBe(afterMs);
    expect(await rowOf(bench, FIG5)).toMatchObject({ status: "unresolved", CC });
    expect(cancels(bench)).toEqual([1]);
    expect(bench.terminals.counted.size).toBe(0);
  });

  test("and refuses a notice", async () => {
    await using bench = await openBench();
    expect((await talk(bench, drawRequest({ IDMER: FIG5 }), notice())).at(-1)).toMatchObject({ CC: "A00A" });
    expect(bench.terminals.counted.size).toBe(0);
  });

  test("and tells the head end before it goes to a terminal that is busy with others", async () => {
    await using bench = await openBench();
    const headEnd = await commanded(bench, FIG5);
    await bench.server.pool.acquire();
    await headEnd.send(debitResponse({ CARDRSP: NONE, SW: "0000" }));
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A01A" });
    expect(bench.clock.monotonicMs()).toBe(0);
  });
});
