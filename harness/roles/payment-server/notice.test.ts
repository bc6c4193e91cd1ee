import { describe, expect, test } from "vitest";
import type { Notice } from "../../protocol/messages/layouts.ts";
import { cardResponse, debitResponse, drawRequest, IDTRX, openBench, talk } from "./test-bench.ts";
import { cancels, commanded, FIG6, FIG7, NONE, notice, rowOf, SIGNED_REFUSAL, WRONG } from "./testing/variants.ts";

describe.each([FIG6, FIG7])("%s: the payment server learns by a notice", (IDMER) => {
  const refused = { CARDRSP: NONE, SW: "9302" };

  const outcomes: readonly [string, Partial<Notice>, string, string, readonly number[]][] = [
    ["success with the expected answer", {}, "confirmed", "0000", []],
    ["failure, with the expected answer all the same", { CC: "A018" }, "confirmed", "0000", []],
    ["success without an answer", { CARDRSP: NONE, SW: "0000" }, "unresolved", "A010", [1]],
    ["an answer that was unequal twice", { CC: "9302", CARDRSP: WRONG }, "unresolved", "9302", [1]],
    ["a refusal of the card", { CC: "9302", ...refused }, "failed", "9404", [0]],
    ["that nobody knows", { CC: "A010", CARDRSP: NONE, SW: "0000" }, "unresolved", "A010", [1]],
    ["a signed refusal", { CC: "9401", CARDRSP: SIGNED_REFUSAL }, "failed", "9404", []],
    ["a forged refusal", { CC: "9401", CARDRSP: cardResponse("BB".repeat(8), "9401") }, "unresolved", "9302", [1]],
  ];

  test.each(outcomes)("of %s, and answers nothing", async (_what, over, status, CC, modes) => {
    await using bench = await openBench();
    const headEnd = await commanded(bench, IDMER);
    await headEnd.send(notice(over));
    expect(await headEnd.next()).toBeNull();
    await headEnd.served;
    expect(await rowOf(bench, IDMER)).toMatchObject({ status, CC, owedMode: null });
    expect(cancels(bench)).toEqual(modes);
    expect(bench.terminals.counted.size).toBe(status === "confirmed" ? 1 : 0);
    expect(bench.entries()).toContain("notice-received");
    expect(bench.entries()).not.toContain("signatures-compared");
    expect(bench.entries()).not.toContain("confirmation-sent");
  });

  test.each([
    ["another answer", WRONG],
    ["a refusal that the card has not signed", cardResponse("BB".repeat(8), "9401")],
  ])("of success with %s: changed on its way, and asked for once more", async (_what, CARDRSP) => {
    await using bench = await openBench();
    const headEnd = await commanded(bench, IDMER);
    await headEnd.send(notice({ CARDRSP }));
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", IDTRX, CC: "A01A" });
    await headEnd.served;
    expect(await rowOf(bench, IDMER)).toMatchObject({ status: "unresolved", CC: "9302" });
    expect(cancels(bench)).toEqual([1]);
    expect(bench.terminals.counted.size).toBe(0);
  });

  test("and reverses when none comes", async () => {
    await using bench = await openBench();
    const headEnd = await commanded(bench, IDMER);
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A01A" });
    await headEnd.served;
    expect(bench.clock.monotonicMs()).toBe(35_000);
    expect(await rowOf(bench, IDMER)).toMatchObject({ status: "unresolved", CC: "A010" });
    expect(cancels(bench)).toEqual([1]);
  });

  test.each([
    ["a debit response", debitResponse(), "A00A"],
    ["a notice of another transaction", notice({ IDTRX: "C".repeat(32) }), "A009"],
    ["its draw request again", drawRequest({ IDMER }), "A004"],
  ])("refuses %s, and its end does not move", async (_what, message, CC) => {
    await using bench = await openBench();
    const headEnd = await commanded(bench, IDMER);
    await bench.clock.timer(30_000).elapsed;
    await headEnd.send(message);
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC });
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A01A" });
    expect(bench.clock.monotonicMs()).toBe(35_000);
  });
});

test.each([
  ["before any debit command", [notice()], "A00A"],
  ["in FIG 4", [drawRequest(), notice()], "A00A"],
])("a notice %s is refused", async (_when, messages, CC) => {
  await using bench = await openBench();
  expect((await talk(bench, ...messages)).at(-1)).toMatchObject({ kind: "refusal", CC });
});
