import { describe, expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import type { CipherSuite } from "../../core/sale-profile.ts";
import { openResultM } from "../../crypto/confirmation.ts";
import { openExpected } from "../../crypto/expected-signature.ts";
import type { Message, Notice } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
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
import { isSealedResults, LayeredHeadEnd, TSK } from "./testing/layered-head-end.ts";
import { contractOf, KMER, KSH } from "./testing/merchants.ts";

const NONE = new Uint8Array(0);
const DEBIT_COMMAND = 0xeb;
const SUITES: readonly [CipherSuite, string][] = [
  ["AES-128-GCM", "SHOP001"],
  ["3DES-CBC-MAC", "SHOP002"],
];
const notice: Notice = { kind: "notice", IDTRX, CC: "0000", CARDRSP: cardResponse(), SW: "9000" };

const statusOf = async (bench: PaymentBench, IDMER: string) => (await bench.database.transaction(IDMER, IDTRX))?.status;

describe.each(SUITES)("under %s", (suite, site) => {
  const merchantOf = (figure: number) => `${site}${figure}`;
  const partyOf = (figure: number) => new LayeredHeadEnd(suite, merchantOf(figure), IDTRX);
  const drawn = (figure: number) => partyOf(figure).opening(drawRequest({ IDMER: merchantOf(figure) }));

  test.each([4, 5])("a purchase of FIG %i goes from sealed draw request to results C and M", async (figure) => {
    await using bench = await openBench();
    const party = partyOf(figure);
    const [command, result] = await talk(bench, drawn(figure), party.sealed(debitResponse()));
    expect(command?.kind).toBe("sealed");
    expect(party.opened(command, DEBIT_COMMAND)).toMatchObject({ kind: "debit-command", IDTRX });
    expect(party.resultC(result)).toEqual({ kind: "debit-result", IDTRX, IDMER: party.IDMER });
    const CONF = isSealedResults(result) ? result.CONF : NONE;
    expect(CONF).toHaveLength(suite === "AES-128-GCM" ? 77 : 72);
    expect(openResultM(suite, party.KDER, party.IDMER, IDTRX, CONF)).toMatchObject({ CC: "0000", MPDA: 1234, IDTERM });
    expect(await statusOf(bench, party.IDMER)).toBe("confirmed");
    expect([...bench.terminals.counted]).toEqual([IDTRX]);
  });

  test("results C and M state the same failure", async () => {
    await using bench = await openBench();
    const party = partyOf(5);
    const [, result] = await talk(bench, drawn(5), party.sealed(debitResponse({ CARDRSP: NONE, SW: "9302" })));
    expect(party.resultC(result)).toMatchObject({ kind: "debit-result", CC: "9404" });
    const CONF = isSealedResults(result) ? result.CONF : NONE;
    expect(openResultM(suite, party.KDER, party.IDMER, IDTRX, CONF)?.CC).toBe("9404");
  });

  test("the expected answer of FIG 6 goes to the head end inside of the seal", async () => {
    await using bench = await openBench();
    const party = partyOf(6);
    const [command] = await talk(bench, drawn(6));
    expect(party.opened(command, DEBIT_COMMAND)).toMatchObject({ EXPECTED: cardResponse() });
  });

  test("the expected answer of FIG 7 is for the merchant alone", async () => {
    await using bench = await openBench();
    const party = partyOf(7);
    const [sealed] = await talk(bench, drawn(7));
    const command = party.opened(sealed, DEBIT_COMMAND);
    if (command.kind !== "debit-command") throw new Error("no debit command");
    expect(command.EXPECTED).toBeUndefined();
    expect(command.SEXP).toHaveLength(suite === "AES-128-GCM" ? 67 : 56);
    const opened = openExpected({ suite, KDER: party.KDER }, party.IDMER, IDTRX, command.SEXP ?? NONE);
    expect(opened?.EXPECTED).toEqual(cardResponse());
  });

  test.each([6, 7])("a sealed notice of FIG %i confirms", async (figure) => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    await headEnd.send(drawn(figure));
    await headEnd.next();
    await headEnd.send(partyOf(figure).sealed(notice));
    await headEnd.served;
    expect(await statusOf(bench, merchantOf(figure))).toBe("confirmed");
  });

  test.each([4, 5, 6, 7])("a recovery of FIG %i in a sealed opening gets results C and M", async (figure) => {
    await using bench = await openBench();
    const party = partyOf(figure);
    await talk(bench, drawn(figure));
    expect(await statusOf(bench, party.IDMER)).toBe("unresolved");
    const [result] = await talk(bench, party.opening(debitResponse({ RECOVERED: 1 })));
    expect(party.resultC(result)).toEqual({ kind: "debit-result", IDTRX, IDMER: party.IDMER });
    expect(await statusOf(bench, party.IDMER)).toBe("confirmed");
    const [again] = await talk(bench, party.opening(debitResponse({ RECOVERED: 1 })));
    const CONF = isSealedResults(again) ? again.CONF : NONE;
    expect(openResultM(suite, party.KDER, party.IDMER, IDTRX, CONF)?.CC).toBe("0000");
  });

  test("a wrong answer is refused in clear and asked about once more", async () => {
    await using bench = await openBench();
    const party = partyOf(5);
    const wrong = party.sealed(debitResponse({ CARDRSP: cardResponse("BB".repeat(8)) }));
    const answers = await talk(bench, drawn(5), wrong, party.sealed(debitResponse({ RECOVERED: 1 })));
    expect(answers[1]).toEqual({ kind: "refusal", IDTRX, CC: "9302" });
    expect(party.resultC(answers[2]).kind).toBe("debit-result");
  });

  test("every sealed thing has a nonce of its own", async () => {
    await using bench = await openBench();
    const nonces: string[] = [];
    const keep = (sealed: Uint8Array | undefined) => nonces.push(toHex((sealed ?? NONE).subarray(0, 8)));
    for (let number = 0; number < 4; number++) {
      const own = number.toString().repeat(32);
      const party = new LayeredHeadEnd(suite, merchantOf(7), own);
      const request = drawRequest({ IDMER: party.IDMER, IDTRX: own });
      const [sealed] = await talk(bench, party.opening(request));
      const command = party.opened(sealed, DEBIT_COMMAND);
      keep(command.kind === "debit-command" ? command.SEXP : undefined);
      keep(sealed?.kind === "sealed" ? sealed.SEALED : undefined);
    }
    expect(new Set(nonces).size).toBe(8);
  });

  describe("a first message", () => {
    const flip = (bytes: Uint8Array) => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
    const party = partyOf(4);
    const inner = drawRequest({ IDMER: merchantOf(4) });
    const sound = party.opening(inner);
    const other = "B".repeat(32);
    const refused: readonly [string, Message, string][] = [
      ["with an altered ETSK", party.opening(inner, { ETSK: flip(sound.ETSK) }), "A00C"],
      ["with an altered message", party.opening(inner, { SEALED: flip(sound.SEALED) }), "A00C"],
      ["with another random number", party.opening(inner, { RND: "0102030405060709" }), "A00C"],
      ["of another merchant with the same key", party.opening(inner, { IDMER: merchantOf(5) }), "A00C"],
      ["with another identifier outside", party.opening(inner, { IDTRX: other }), "A00C"],
      ["with another identifier inside", party.opening({ ...inner, IDTRX: other }), "A00C"],
      ["with another merchant inside", party.opening({ ...inner, IDMER: merchantOf(5) }), "A00C"],
      ["that seals what opens nothing", party.opening(notice), "A00C"],
      ["with a debit response that is not recovered", party.opening(debitResponse()), "A00A"],
      ["of a merchant that nobody knows", party.opening(inner, { IDMER: "NOBODY00" }), "A002"],
      ["for a merchant without encryption layer", party.opening(inner, { IDMER: "SHOP0001" }), "A00B"],
      ["in clear", inner, "A00B"],
      ["that is sealed and opens nothing", party.sealed(inner), "A00A"],
    ];

    test.each(refused)("%s is refused, and no terminal hears of it", async (_what, message, CC) => {
      await using bench = await openBench();
      expect(await talk(bench, message)).toMatchObject([{ kind: "refusal", CC }]);
      expect(bench.terminals.asked).toEqual([]);
      expect(await bench.database.transactions()).toEqual([]);
      expect(bench.entries().includes("undecipherable")).toBe(CC === "A00C");
    });

    test("that recovers in clear is refused", async () => {
      await using bench = await openBench();
      await talk(bench, drawn(4));
      expect(await talk(bench, debitResponse({ RECOVERED: 1 }))).toMatchObject([{ kind: "refusal", CC: "A00B" }]);
    });

    test("whose page was made without the layer is told so, and not that the page is forged", async () => {
      await using bench = await openBench({ merchants: () => contractOf(merchantOf(4)) });
      const page = drawRequest({ IDMER: "SHOP0001" });
      expect(await talk(bench, page)).toMatchObject([{ kind: "refusal", CC: "A00B" }]);
    });

    test("is checked like one in clear", async () => {
      await using bench = await openBench();
      const forged = { ...inner, MPDA: 1 };
      expect(await talk(bench, party.opening(forged))).toMatchObject([{ kind: "refusal", CC: "A006" }]);
      const contract = contractOf(merchantOf(4));
      await using closed = await openBench({ merchants: () => contract && { ...contract, active: false } });
      expect(await talk(closed, sound)).toMatchObject([{ kind: "refusal", CC: "A003" }]);
    });
  });

  describe("while a debit response is awaited", () => {
    const party = partyOf(4);
    const strays: readonly [string, Message | Uint8Array, string][] = [
      ["a clear debit response", debitResponse(), "A00C"],
      ["a clear notice", notice, "A00C"],
      ["a sealed draw request", party.sealed(drawRequest({ IDMER: merchantOf(4) })), "A00C"],
      ["the opening once more", party.opening(drawRequest({ IDMER: merchantOf(4) })), "A004"],
      [
        "a response that names another transaction inside",
        party.sealed(debitResponse({ IDTRX: "B".repeat(32) })),
        "A00C",
      ],
      ["a sealed notice", party.sealed(notice), "A00A"],
      ["no message at all", Uint8Array.of(0xe5, 0x00), "A001"],
    ];

    test.each(strays)("%s is refused, and the wait goes on where it was", async (_what, message, CC) => {
      await using bench = await openBench();
      const headEnd = bench.connect();
      await headEnd.send(drawn(4));
      await headEnd.next();
      await bench.clock.timer(30_000).elapsed;
      await headEnd.send(message);
      expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC });
      expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A01A" });
      expect(bench.clock.monotonicMs()).toBe(35_000);
    });

    test("the sealed response of another transaction is not taken", async () => {
      await using bench = await openBench({ terminalIds: ["00000001", "00000002"] });
      const other = new LayeredHeadEnd(suite, merchantOf(4), "B".repeat(32));
      const headEnd = bench.connect();
      await headEnd.send(drawn(4));
      await headEnd.next();
      await headEnd.send(other.sealed(debitResponse({ IDTRX: other.IDTRX })));
      expect(await headEnd.next()).toMatchObject({ kind: "refusal", CC: "A00C" });
      const disguised = { ...other.sealed(debitResponse({ IDTRX: other.IDTRX })), IDTRX };
      await headEnd.send(disguised);
      expect(await headEnd.next()).toMatchObject({ kind: "refusal", IDTRX, CC: "A00C" });
    });

    test("a flood of what cannot be deciphered ends it", async () => {
      await using bench = await openBench();
      const floods = Array.from({ length: 17 }, () => debitResponse());
      const answers = await talk(bench, drawn(4), ...floods);
      expect(answers.at(-1)).toMatchObject({ CC: "A01A" });
      expect(await statusOf(bench, merchantOf(4))).toBe("unresolved");
    });
  });

  test("no key of it is ever in a log, the database or a message", async () => {
    await using bench = await openBench();
    const party = partyOf(5);
    const answers = await talk(bench, drawn(5), party.sealed(debitResponse()));
    const sent = answers.map((answer) => (answer ? toHex(encodeMessage(answer)) : "")).join(" ");
    const kept = JSON.stringify([bench.trace, await bench.database.transactions(), await bench.database.log()]);
    for (const key of [TSK, KSH, KMER, party.KDER]) expect(sent + kept).not.toContain(toHex(key));
  });
});
