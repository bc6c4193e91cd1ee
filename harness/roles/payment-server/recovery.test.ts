import { describe, expect, test } from "vitest";
import { openConfirmation } from "../../crypto/confirmation.ts";
import { cardResponse, DTHR, debitResponse, drawRequest, IDTERM, IDTRX, KMER, openBench, talk } from "./test-bench.ts";
import { confOf, statusOf } from "./testing/seen.ts";
import { commanded, FIG5, NONE, notice, rowOf, tell, VARIANTS, WRONG } from "./testing/variants.ts";

describe("a recovered answer as first message", () => {
  const recovered = debitResponse({ RECOVERED: 1 });

  test("completes the unresolved transaction on the terminal that has it", async () => {
    await using bench = await openBench({ terminalIds: ["00000002", IDTERM] });
    await bench.server.pool.acquire({ among: ["00000002"] });
    await talk(bench, drawRequest());
    bench.server.pool.release("00000002");
    const [result] = await talk(bench, recovered);
    if (result?.kind !== "debit-result") throw new Error("no debit result");
    expect(openConfirmation(KMER, "SHOP0001", IDTRX, confOf(result))).toMatchObject({
      CC: "0000",
      IDTERM,
      NTPSAM: 1,
      DTHR,
    });
    expect(bench.terminals.asked.at(-1)).toMatchObject({ IDTERM, message: { kind: "t-response" } });
    expect(await statusOf(bench)).toBe("confirmed");
  });

  test("says that the card was never debited, and the transaction has failed", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest());
    const never = { ...recovered, CARDRSP: new Uint8Array(0), SW: "9406" };
    expect(await talk(bench, never)).toMatchObject([{ kind: "debit-result", CC: "9404" }]);
    expect(await statusOf(bench)).toBe("failed");
  });

  test("settles what the terminal had confirmed already, without a second total", async () => {
    await using bench = await openBench();
    bench.terminals.script = (message, honest) => {
      const answer = honest();
      return message.kind === "t-response" ? "silent" : answer;
    };
    await talk(bench, drawRequest(), debitResponse());
    expect(await statusOf(bench)).toBe("unresolved");
    bench.terminals.script = (_message, honest) => honest();
    expect(await talk(bench, recovered)).toMatchObject([{ kind: "debit-result" }]);
    expect(bench.terminals.confirmed).toEqual([IDTRX]);
  });

  test("of a confirmed transaction gets the confirmation again, and no terminal hears of it", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest(), debitResponse());
    const asked = bench.terminals.asked.length;
    const [again] = await talk(bench, recovered);
    if (again?.kind !== "debit-result") throw new Error("no debit result");
    expect(openConfirmation(KMER, "SHOP0001", IDTRX, confOf(again))?.CC).toBe("0000");
    expect(bench.terminals.asked).toHaveLength(asked);
  });

  test("of a confirmed transaction with another signature gets no confirmation", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest(), debitResponse());
    const stolen = { ...recovered, CARDRSP: cardResponse("BBBBBBBBBBBBBBBB") };
    expect(await talk(bench, stolen)).toMatchObject([{ kind: "refusal", CC: "9416" }]);
  });

  test("with a wrong signature leaves the transaction unresolved", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest());
    const wrong = { ...recovered, CARDRSP: cardResponse("BBBBBBBBBBBBBBBB") };
    expect(await talk(bench, wrong)).toMatchObject([{ kind: "refusal", CC: "A01A" }]);
    expect(await statusOf(bench)).toBe("unresolved");
  });

  test.each([
    ["that nobody knows", debitResponse({ RECOVERED: 1, IDTRX: "E".repeat(32) })],
    [
      "of another card",
      debitResponse({ RECOVERED: 1, CARDRSP: Uint8Array.from(cardResponse(), (b, i) => (i === 3 ? 8 : b)) }),
    ],
  ])("of a transaction %s is refused with A009", async (_which, response) => {
    await using bench = await openBench();
    await talk(bench, drawRequest());
    expect(await talk(bench, response)).toMatchObject([{ kind: "refusal", CC: "A009" }]);
  });

  test("is refused while the transaction's own thread is at work", async () => {
    await using bench = await openBench();
    const first = bench.connect();
    await first.send(drawRequest());
    await first.next();
    expect(await talk(bench, recovered)).toMatchObject([{ kind: "refusal", CC: "A01A" }]);
  });
});

describe.each(VARIANTS)("recovery of a transaction of %s", (IDMER) => {
  const recovered = debitResponse({ RECOVERED: 1 });

  test("is decided by the security card, and confirmed to the merchant", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest({ IDMER }));
    expect(bench.terminals.counted.size).toBe(0);
    const [result] = await talk(bench, recovered);
    if (result?.kind !== "debit-result") throw new Error("no debit result");
    expect(openConfirmation(KMER, IDMER, IDTRX, result.CONF ?? NONE)).toMatchObject({ CC: "0000", IDTERM, NTPSAM: 1 });
    expect(bench.kindsAsked()).toEqual(["t-draw", "t-cancel", "t-response"]);
    expect([...bench.terminals.counted]).toEqual([IDTRX]);
    expect((await rowOf(bench, IDMER))?.status).toBe("confirmed");
  });

  test("with a wrong answer leaves it unresolved", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest({ IDMER }));
    expect(await talk(bench, { ...recovered, CARDRSP: WRONG })).toMatchObject([{ kind: "refusal", CC: "A01A" }]);
    expect((await rowOf(bench, IDMER))?.status).toBe("unresolved");
    expect(bench.terminals.counted.size).toBe(0);
  });

  test("of a confirmed one repeats its debit result", async () => {
    await using bench = await openBench();
    await tell(bench, IDMER, IDMER === FIG5 ? debitResponse() : notice());
    const asked = bench.terminals.asked.length;
    expect(await talk(bench, recovered)).toMatchObject([{ kind: "debit-result", IDTRX }]);
    expect(await talk(bench, { ...recovered, CARDRSP: WRONG })).toMatchObject([{ kind: "refusal", CC: "9416" }]);
    expect(bench.terminals.asked).toHaveLength(asked);
  });

  test("is refused while its thread waits", async () => {
    await using bench = await openBench();
    await commanded(bench, IDMER);
    expect(await talk(bench, recovered)).toMatchObject([{ kind: "refusal", CC: "A01A" }]);
  });
});
