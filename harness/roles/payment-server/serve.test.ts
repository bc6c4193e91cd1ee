import { describe, expect, test } from "vitest";
import { openConfirmation } from "../../crypto/confirmation.ts";
import { paymentServer } from "./model.ts";
import { DTHR, debitResponse, drawRequest, IDTERM, IDTRX, KMER, openBench, talk } from "./test-bench.ts";
import { confOf, statusOf } from "./testing/seen.ts";

describe("a purchase at the payment server", () => {
  test("goes from draw request to a confirmation that the merchant can open", async () => {
    await using bench = await openBench();
    const [command, result] = await talk(bench, drawRequest(), debitResponse());
    expect(command).toMatchObject({ kind: "debit-command", IDTRX });
    expect(result).toMatchObject({ kind: "debit-result", IDTRX, IDMER: "SHOP0001" });
    expect(result).not.toHaveProperty("CC");
    if (result?.kind !== "debit-result") throw new Error("no debit result");
    expect(openConfirmation(KMER, "SHOP0001", IDTRX, confOf(result))).toEqual({
      IDTRX,
      IDMER: "SHOP0001",
      CC: "0000",
      MPDA: 1234,
      CURRPDA: "0978",
      CEXPPDA: 2,
      IDTERM,
      NTPSAM: 1,
      DTHR,
    });
    expect(bench.terminals.confirmed).toEqual([IDTRX]);
  });

  test("leaves a complete row and the log of the specification in its order", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest(), debitResponse());
    expect(await bench.database.transaction("SHOP0001", IDTRX)).toMatchObject({
      status: "confirmed",
      IDTERM,
      PPIEP: "123456",
      IDIEP: "0000000042",
      NTIEP: 7,
      NTPSAM: 1,
      CC: "0000",
      debitResponse: "000000070000223EAAAAAAAAAAAAAAAA",
      terminalResponse: expect.stringMatching(/^F4/),
      debitCommand: expect.stringMatching(/^65432111223344/),
    });
    const entries = [
      "draw-request-received",
      "terminal-selected",
      "debit-command-sent",
      "debit-response-received",
      "terminal-response",
      "confirmation-sent",
      "terminal-released",
    ];
    expect(bench.entries()).toEqual(entries);
    expect((await bench.database.log(IDTRX)).map(({ entry }) => entry)).toEqual(entries);
  });

  test("frees the terminal before the thread ends", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest(), debitResponse());
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });

  test("writes each status before the message that it speaks of is sent", async () => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    await headEnd.send(drawRequest());
    expect((await headEnd.next())?.kind).toBe("debit-command");
    expect(await statusOf(bench)).toBe("debit-sent");
    bench.terminals.script = (_message, honest) => {
      statusAtTerminal = statusOf(bench);
      return honest();
    };
    let statusAtTerminal: Promise<string | undefined> | undefined;
    await headEnd.send(debitResponse());
    expect((await headEnd.next())?.kind).toBe("debit-result");
    expect(await statusOf(bench)).toBe("confirmed");
    expect(await statusAtTerminal).toBe("response-received");
  });

  test("ends with a negative result for both when the card did not debit", async () => {
    await using bench = await openBench();
    const refusal = debitResponse({ CARDRSP: new Uint8Array(0), SW: "9302" });
    const [, result] = await talk(bench, drawRequest(), refusal);
    expect(result).toMatchObject({ kind: "debit-result", CC: "9404" });
    if (result?.kind !== "debit-result") throw new Error("no debit result");
    expect(openConfirmation(KMER, "SHOP0001", IDTRX, confOf(result))?.CC).toBe("9404");
    expect(await statusOf(bench)).toBe("failed");
  });
});

describe("a payment server that is stopped and started again on its database", () => {
  test("finds a transaction whose debit command had left unresolved, and suspends it", async () => {
    const before = await openBench();
    const headEnd = before.connect();
    await headEnd.send(drawRequest());
    await headEnd.next();
    await before[Symbol.asyncDispose]();
    expect(await headEnd.next()).toBeNull();
    expect(await statusOf(before)).toBe("debit-sent");

    const { clock, database, terminals } = before;
    await using after = await openBench({ clock, database, terminals });
    await after.server.recover();
    expect(await statusOf(after)).toBe("unresolved");
    expect(terminals.asked.at(-1)?.message).toMatchObject({ kind: "t-cancel", IDTRX, MODE: 1 });
    expect(after.server.pool.free).toEqual([IDTERM]);
    expect(await talk(after, debitResponse({ RECOVERED: 1 }))).toMatchObject([{ kind: "debit-result" }]);
  });

  test("refuses and withdraws what had no debit command yet", async () => {
    const before = await openBench();
    before.terminals.script = () => "silent";
    const headEnd = before.connect();
    await headEnd.send(drawRequest());
    await before.clock.timer(1_000).elapsed;
    await before[Symbol.asyncDispose]();
    await headEnd.served;
    expect(await statusOf(before)).toBe("accepted");

    await using after = await openBench({ clock: before.clock, database: before.database });
    await after.server.recover();
    expect(await statusOf(after)).toBe("refused");
    expect(after.terminals.asked.at(-1)?.message).toMatchObject({ kind: "t-cancel", IDTRX, MODE: 0 });
  });

  test("starts although the terminal is silent, and leaves finished transactions alone", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest(), debitResponse());
    const { clock, database } = bench;
    const other = "D".repeat(32);
    const headEnd = bench.connect();
    await headEnd.send(drawRequest({ IDTRX: other }));
    await headEnd.next();
    await bench[Symbol.asyncDispose]();
    await using after = await openBench({ clock, database });
    after.terminals.script = () => "silent";
    await after.server.recover();
    expect(await statusOf(after)).toBe("confirmed");
    expect((await database.transaction("SHOP0001", other))?.status).toBe("unresolved");
    expect(after.server.pool.free).toEqual([IDTERM]);
  });

  test("serves no channel after it was stopped", async () => {
    const bench = await openBench();
    await bench[Symbol.asyncDispose]();
    await bench[Symbol.asyncDispose]();
    expect(await bench.connect().next()).toBeNull();
  });
});

test("a contract with terminals of its own is served by those and no others", async () => {
  await using bench = await openBench({ terminalIds: ["00000001", "0000000F"] });
  await talk(bench, drawRequest({ IDMER: "NAMED001" }));
  expect(new Set(bench.terminals.asked.map(({ IDTERM: used }) => used))).toEqual(new Set(["0000000F"]));
  await using without = await openBench();
  expect(await talk(without, drawRequest({ IDMER: "NAMED001" }))).toMatchObject([{ kind: "refusal", CC: "A007" }]);
});

test("the cable provider's payment server appears under its own name", async () => {
  await using bench = await openBench({ name: "head-end-payment-server" });
  await talk(bench, drawRequest(), debitResponse());
  const roles = bench.trace.map((event) => (event.kind === "log" ? event.role : event.kind));
  expect(new Set(roles)).toEqual(new Set(["head-end-payment-server"]));
});

test("another role than the reference one can be served", async () => {
  await using bench = await openBench({
    role: {
      handle(state, input) {
        const step = paymentServer.handle(state, input);
        return { ...step, outputs: step.outputs.filter((output) => output.kind !== "update") };
      },
    },
  });
  await talk(bench, drawRequest(), debitResponse());
  expect(await statusOf(bench)).toBe("received"); // the seeded defect: no status is ever written
});
