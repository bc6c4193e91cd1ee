import { describe, expect, test } from "vitest";
import { debitResponse, drawRequest, IDTERM, IDTRX, openBench, talk } from "./test-bench.ts";
import { statusOf } from "./testing/seen.ts";

describe("the payment server's checks of a draw request", () => {
  const forged = (fields: Partial<ReturnType<typeof drawRequest>>) => ({ ...drawRequest(), ...fields });

  test.each([
    ["A002", "an unknown merchant", drawRequest({ IDMER: "NOBODY00" })],
    ["A003", "a merchant without active contract", drawRequest({ IDMER: "CLOSED01" })],
    ["A006", "an amount that the merchant did not state", forged({ MPDA: 1 })],
    ["A006", "another merchant's security information", forged({ IDMER: "SHOP0002" })],
    ["A005", "a currency that is not served", drawRequest({ CURRPDA: "0840" })],
    ["A005", "an exponent that is not served", drawRequest({ CEXPPDA: 0 })],
    [
      "A001",
      "an INITRSP with a digit above 9",
      forged({ INITRSP: Uint8Array.from(drawRequest().INITRSP, (b, i) => (i === 0 ? 0xfa : b)) }),
    ],
    ["A00A", "a message that opens nothing", debitResponse()],
    ["A00A", "a message of another link", { kind: "t-read-totals", IDTERM } as const],
  ])("refuse with %s %s, before any terminal is asked or a row written", async (CC, _what, message) => {
    await using bench = await openBench();
    expect(await talk(bench, message)).toMatchObject([{ kind: "refusal", CC }]);
    expect(bench.terminals.asked).toEqual([]);
    expect(await bench.database.transactions()).toEqual([]);
    expect(bench.entries()).toEqual(["draw-request-received", "draw-request-refused"]);
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });

  test("are made in the order of the specification: of several faults the first one is named", async () => {
    const request = { ...drawRequest({ CURRPDA: "0840" }), MPDA: 1 }; // A005 and A006
    await using bench = await openBench();
    await talk(bench, drawRequest(), debitResponse());
    const answers = [
      await talk(bench, { ...request, IDMER: "NOBODY00" }), // A002 too
      await talk(bench, { ...request, IDMER: "CLOSED01" }), // A003 too
      await talk(bench, request),
      await talk(bench, drawRequest({ CURRPDA: "0840" })), // A004 too
      await talk(bench, drawRequest()),
    ];
    expect(answers.flat().map((answer) => (answer?.kind === "refusal" ? answer.CC : answer))).toEqual([
      "A002",
      "A003",
      "A006",
      "A005",
      "A004",
    ]);
  });

  test("give a replayed draw request no second debit command, on its own channel or another", async () => {
    await using bench = await openBench();
    const answers = await talk(bench, drawRequest(), drawRequest(), debitResponse());
    expect(answers).toMatchObject([
      { kind: "debit-command" },
      { kind: "refusal", CC: "A004" },
      { kind: "debit-result" },
    ]);
    expect(await talk(bench, drawRequest())).toMatchObject([{ kind: "refusal", CC: "A004" }]);
    expect(bench.kindsAsked()).toEqual(["t-draw", "t-response"]);
    expect(await statusOf(bench)).toBe("confirmed");
  });

  test("keep two merchants with the same identifier apart", async () => {
    const KMER2 = Uint8Array.from({ length: 16 }, (_, index) => index);
    await using bench = await openBench({ merchants: () => ({ KMER: KMER2, active: true }) });
    await talk(bench, drawRequest(), debitResponse());
    bench.terminals.confirmed.length = 0;
    const [answer] = await talk(bench, drawRequest({ IDMER: "SHOP0002", MPDA: 99 }));
    expect(answer?.kind).toBe("debit-command");
    expect(await bench.database.transaction("SHOP0001", IDTRX)).toMatchObject({ status: "confirmed", MPDA: 1234 });
  });
});
