import { describe, expect, test } from "vitest";
import { openExpected } from "../../crypto/expected-signature.ts";
import { cardResponse, DTHR, debitResponse, drawRequest, IDTERM, IDTRX, KMER, openBench, talk } from "./test-bench.ts";
import { contractOf } from "./testing/merchants.ts";
import { cancels, commanded, FIG5, FIG6, FIG7, NONE, notice, rowOf, tell, VARIANTS } from "./testing/variants.ts";

describe.each(VARIANTS)("a draw request of %s", (IDMER) => {
  test("makes the terminal issue, and frees it before the debit command has left", async () => {
    await using bench = await openBench();
    const headEnd = await commanded(bench, IDMER);
    expect(bench.server.pool.free).toEqual([IDTERM]);
    const COMPARE = Number(IDMER.slice(-1)) - 4;
    expect(bench.terminals.asked[0]?.message).toMatchObject({ kind: "t-draw", COMPARE });
    expect(bench.entries()).toEqual([
      "draw-request-received",
      "terminal-selected",
      "debit-command-sent",
      "terminal-released",
    ]);
    expect(await rowOf(bench, IDMER)).toMatchObject({
      status: "debit-sent",
      COMPARE,
      expectedResponse: "000000070000223EAAAAAAAAAAAAAAAA",
    });
    expect(headEnd.command.IDTRX).toBe(IDTRX);
  });

  test("withdraws where the security card knows the name: it may have counted this very transaction", async () => {
    await using bench = await openBench();
    bench.terminals.script = (message, honest) => {
      const said = honest();
      return message.kind === "t-draw" ? { kind: "t-refusal", IDTERM, IDTRX, CC: "9416" } : said;
    };
    const headEnd = bench.connect();
    await headEnd.send(drawRequest({ IDMER }));
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "9416" });
    expect(cancels(bench)).toEqual([0]);
    expect(bench.terminals.counted.size).toBe(0);
  });

  test("leaves a transaction of another merchant alone that has the same name", async () => {
    await using bench = await openBench();
    await commanded(bench, IDMER === FIG5 ? FIG6 : FIG5);
    bench.terminals.script = (message, honest) =>
      message.kind === "t-draw" ? { kind: "t-refusal", IDTERM, IDTRX, CC: "9416" } : honest();
    const headEnd = bench.connect();
    await headEnd.send(drawRequest({ IDMER }));
    expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "9416" });
    expect(cancels(bench)).toEqual([]);
  });

  test("leaves a transaction alone that it has drawn itself, when a debit command names that one", async () => {
    await using bench = await openBench();
    const other = "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF";
    const first = bench.connect();
    await first.send(drawRequest({ IDMER, IDTRX: other }));
    expect(await first.next()).toMatchObject({ kind: "debit-command" });
    bench.terminals.script = (_message, honest) => {
      const said = honest();
      return said !== "silent" && said.kind === "t-debit" ? { ...said, IDTRX: other } : said;
    };
    const second = bench.connect();
    await second.send(drawRequest({ IDMER }));
    expect(await second.next()).toMatchObject({ kind: "refusal", IDTRX, CC: "A008" });
    expect(cancels(bench)).toEqual([0]);
    expect([...bench.terminals.counted]).toEqual([other]);
  });

  test("lets another transaction have the same terminal while this one waits for its card", async () => {
    await using bench = await openBench();
    await commanded(bench, IDMER);
    const [command] = await talk(bench, drawRequest({ IDMER, IDTRX: "B".repeat(32) }));
    expect(command?.kind).toBe("debit-command");
  });

  test("never shows the expected answer in a log", async () => {
    await using bench = await openBench();
    await tell(bench, IDMER, IDMER === FIG5 ? debitResponse() : notice());
    expect(JSON.stringify(bench.trace)).not.toContain("AAAAAAAAAAAAAAAA");
    expect(JSON.stringify(await bench.database.log())).not.toContain("AAAAAAAAAAAAAAAA");
  });

  test("is not served with a debit command that lacks the expected answer", async () => {
    await using bench = await openBench();
    bench.terminals.script = (_message, honest) => {
      const answer = honest();
      return answer !== "silent" && answer.kind === "t-debit" ? { ...answer, EXPECTED: undefined } : answer;
    };
    expect(await talk(bench, drawRequest({ IDMER }))).toMatchObject([{ kind: "refusal", CC: "A008" }]);
    expect(cancels(bench)).toEqual([0]);
    expect(bench.terminals.counted.size).toBe(0);
  });
});

describe("the debit command carries what its comparing role needs, and no other secret", () => {
  test("FIG 5: nothing", async () => {
    await using bench = await openBench();
    const { command } = await commanded(bench, FIG5);
    expect([command.EXPECTED, command.SEXP]).toEqual([undefined, undefined]);
  });

  test("FIG 6: the expected answer", async () => {
    await using bench = await openBench();
    const { command } = await commanded(bench, FIG6);
    expect([command.EXPECTED, command.SEXP]).toEqual([cardResponse(), undefined]);
  });

  test("FIG 7: the expected answer sealed for the merchant", async () => {
    await using bench = await openBench();
    const { command } = await commanded(bench, FIG7);
    expect(command.EXPECTED).toBeUndefined();
    expect(openExpected({ KMER }, FIG7, IDTRX, command.SEXP ?? NONE)).toEqual({
      ...{ IDMER: FIG7, IDTRX, MPDA: 1234, CURRPDA: "0978", CEXPPDA: 2 },
      ...{ EXPECTED: cardResponse(), IDTERM, NTPSAM: 1, DTHR },
    });
  });

  test("FIG 4: nothing, and a terminal that gives it unasked is not believed", async () => {
    await using bench = await openBench();
    bench.terminals.script = (_message, honest) => {
      const answer = honest();
      return answer !== "silent" && answer.kind === "t-debit" ? { ...answer, EXPECTED: cardResponse() } : answer;
    };
    expect(await talk(bench, drawRequest())).toMatchObject([{ kind: "refusal", CC: "A008" }]);
  });
});

describe("what was agreed with the merchant", () => {
  test.each([
    ["no comparison where FIG 5 was agreed", drawRequest({ IDMER: FIG5 }), "SHOP0001", "A00B"],
    ["another comparison than agreed", drawRequest({ IDMER: FIG6 }), "SHOP0007", "A00B"],
    ["a comparison where none was agreed", drawRequest({ IDMER: "SHOP0001" }), "SHOP0005", "A00B"],
  ])("refuses %s", async (_what, request, IDMER, CC) => {
    // The page is the merchant's own (SECINFO fits), but the contract is another.
    await using bench = await openBench({ merchants: () => contractOf(IDMER) });
    expect(await talk(bench, request)).toMatchObject([{ kind: "refusal", CC }]);
    expect(bench.terminals.asked).toEqual([]);
    expect(await bench.database.transactions()).toEqual([]);
  });

  test("refuses a COMPARE that was changed on the way as it refuses a changed amount, and that before A005", async () => {
    await using bench = await openBench();
    const stripped = { ...drawRequest({ IDMER: FIG5, CURRPDA: "0840" }), COMPARE: undefined };
    expect(await talk(bench, stripped)).toMatchObject([{ kind: "refusal", CC: "A006" }]);
  });

  test("is looked at before the currency", async () => {
    await using bench = await openBench({ merchants: () => contractOf(FIG6) });
    const request = drawRequest({ IDMER: FIG5, CURRPDA: "0840" });
    expect(await talk(bench, request)).toMatchObject([{ kind: "refusal", CC: "A00B" }]);
  });
});
