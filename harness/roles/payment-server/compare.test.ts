import { describe, expect, test } from "vitest";
import { openConfirmation } from "../../crypto/confirmation.ts";
import { openExpected } from "../../crypto/expected-signature.ts";
import type { Message, Notice } from "../../protocol/messages/layouts.ts";
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
  talk,
} from "./test-bench.ts";
import { contractOf } from "./testing/merchants.ts";

const FIG5 = "SHOP0005";
const FIG6 = "SHOP0006";
const FIG7 = "SHOP0007";
const VARIANTS = [FIG5, FIG6, FIG7] as const;
const NONE = new Uint8Array(0);
const WRONG = cardResponse("BBBBBBBBBBBBBBBB");
const SIGNED_REFUSAL = cardResponse("AAAAAAAAAAAAAAAA", "9401");

const rowOf = (bench: PaymentBench, IDMER: string) => bench.database.transaction(IDMER, IDTRX);

function notice(over: Partial<Notice> = {}): Notice {
  return { kind: "notice", IDTRX, CC: "0000", CARDRSP: cardResponse(), SW: "9000", ...over };
}

/** A head end that has got its debit command. */
async function commanded(bench: PaymentBench, IDMER: string) {
  const headEnd = bench.connect();
  await headEnd.send(drawRequest({ IDMER }));
  const command = await headEnd.next();
  if (command?.kind !== "debit-command") throw new Error(`no debit command but ${command?.kind}`);
  return { ...headEnd, command };
}

/** Says the last word of a transaction, one that is not answered, and hangs up. */
async function tell(bench: PaymentBench, IDMER: string, message: Message): Promise<void> {
  const headEnd = await commanded(bench, IDMER);
  await headEnd.send(message);
  await headEnd.served;
}

function cancels(bench: PaymentBench): readonly number[] {
  return bench.terminals.asked.flatMap(({ message }) => (message.kind === "t-cancel" ? [message.MODE] : []));
}

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
