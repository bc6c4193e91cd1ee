import { describe, expect, test } from "vitest";
import { openConfirmation } from "../../crypto/confirmation.ts";
import { paymentServer } from "./model.ts";
import {
  cardResponse,
  DTHR,
  debitResponse,
  drawRequest,
  IDTERM,
  IDTRX,
  KMER,
  openBench,
  type PaymentBench,
  type TerminalScript,
  talk,
} from "./test-bench.ts";

function statusOf(bench: PaymentBench): Promise<string | undefined> {
  return bench.database.transaction("SHOP0001", IDTRX).then((row) => row?.status);
}

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

function confOf({ CONF }: { readonly CONF?: Uint8Array | undefined }): Uint8Array {
  if (CONF === undefined) throw new Error("a debit result without CONF");
  return CONF;
}
