import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { encodeTemplate, encodeTlv } from "../tlv/write-tlv.ts";
import { LAYOUTS, type Message, messageKinds } from "./layouts.ts";
import { encodeMessage, parseMessage } from "./message.ts";
import { anyMessage } from "./testing/message-arbitrary.ts";

const IDTERM = "DF220400000001";
const IDTRX = `DF2110${"AB".repeat(16)}`;

function reasonOf(hex: string): string {
  const message = parseMessage(fromHex(hex));
  return message.kind === "unrecognised" ? message.reason : `recognised as ${message.kind}`;
}

/** A message written by hand: template tag, then elements in hex. */
function template(tag: number, ...elements: string[]): string {
  return toHex(encodeTemplate(tag, fromHex(elements.join(""))));
}

describe("bytes of messages, written out by hand from messages.md", () => {
  it.each<[Message, string]>([
    [{ kind: "t-read-totals", IDTERM: "00000001" }, `FA07 ${IDTERM}`],
    [{ kind: "t-read-store", IDTERM: "00000001", INDEX: 258 }, `F80C ${IDTERM} DF3A020102`],
    [{ kind: "t-cancel", IDTERM: "00000001", IDTRX: "AB".repeat(16), MODE: 1 }, `F61E ${IDTERM} ${IDTRX} DF390101`],
    [{ kind: "refusal", CC: "A001" }, "EE05 DF1B02A001"],
    [
      {
        kind: "draw-request",
        TOKEN: 0xd1,
        STATE: 1,
        IDMER: "MERCHT01",
        IDTRX: "AB".repeat(16),
        SECINFO: fromHex("0102030405060708"),
        ATR: fromHex("3B00"),
        INITRSP: new Uint8Array(27),
        MPDA: 1250,
        CURRPDA: "0978",
        CEXPPDA: 2,
      },
      `EA64 DF3001D1 DF310101 DF2008 4D45524348543031 ${IDTRX} DF2F080102030405060708 DF23023B00
       DF241B ${"00".repeat(27)} DF1304000004E2 DF14020978 DF150102`,
    ],
    [
      { kind: "debit-response", IDTRX: "AB".repeat(16), CARDRSP: new Uint8Array(0), SW: "0000", RECOVERED: 0 },
      `EC1F ${IDTRX} DF2600 DF27020000 DF280100`,
    ],
  ])("$kind", (message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(toHex(fromHex(hex)));
    expect(parseMessage(fromHex(hex))).toEqual(message);
  });
});

describe.each(messageKinds())("%s", (kind) => {
  it("comes back as it was written, whatever the values", () => {
    fc.assert(
      fc.property(anyMessage(kind), (message) => {
        const bytes = encodeMessage(message);
        expect(bytes[0]).toBe(LAYOUTS[kind].tag);
        expect(parseMessage(bytes)).toEqual(message);
      }),
      { numRuns: 60 },
    );
  });

  it("is unrecognised when cut off anywhere, and no flipped bit makes the parser throw", () => {
    fc.assert(
      fc.property(anyMessage(kind), (message) => {
        const bytes = encodeMessage(message);
        for (let length = 0; length < bytes.length; length++) {
          if (parseMessage(bytes.subarray(0, length)).kind !== "unrecognised") expect.fail(`read ${length} bytes`);
        }
        for (let bit = 0; bit < 8 * bytes.length; bit++) {
          const read = parseMessage(flipBit(bytes, bit));
          if (read.kind === "unrecognised" && read.reason === "") expect.fail(`no reason for bit ${bit}`);
        }
      }),
      { numRuns: 3 },
    );
  });
});

describe("parseMessage", () => {
  it("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.constantFrom(...messageKinds()), fc.uint8Array({ maxLength: 200 }), (kind, bytes) => {
        parseMessage(bytes);
        parseMessage(encodeTemplate(LAYOUTS[kind].tag, bytes));
        expect(parseMessage(concat(Uint8Array.of(LAYOUTS[kind].tag), bytes)).kind).toBeTypeOf("string");
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["", "no bytes"],
    ["F000", "unknown template F0"],
    [template(0xfa, "DF220300 0001"), "t-read-totals: IDTERM has 3 bytes, not 4"],
    [template(0xfa), "t-read-totals: IDTERM is missing"],
    [template(0xfa, IDTERM, IDTERM), "t-read-totals: IDTERM is there twice"],
    [template(0xf6, IDTERM, "DF390101", IDTRX), "t-cancel: MODE is out of order, IDTRX is due before it"],
    [template(0xf6, IDTERM, IDTRX), "t-cancel: MODE is missing"],
    [template(0xee, "DF1B02A001", IDTRX), "refusal: IDTRX is out of order"],
    [`${template(0xfa, IDTERM)}00`, /tag/],
    [template(0xfa, IDTERM) + template(0xfa, IDTERM), "something follows the t-read-totals"],
    [`FA8107${IDTERM}`, /shortest form/],
    [template(0xfa, "DF22810400000001"), /IDTERM.*shortest form/],
    [template(0xfa, "DF2205 00000001"), /IDTERM.*length says 5/],
    [template(0xf6, IDTERM, IDTRX, "DF390102"), "t-cancel: MODE is 2, outside of 0 to 1"],
    [template(0xf4, IDTERM, IDTRX, "DF1B020000"), "t-result: MSGRESULT is missing, CC is 0000"],
    [
      template(0xf4, IDTERM, IDTRX, "DF1B029302", `DF2927${"00".repeat(39)}`),
      "t-result: MSGRESULT is there, CC is 9302",
    ],
    [
      template(0xf3, IDTERM, IDTRX, "DF260101", "DF27020000"),
      "t-response: CARDRSP has 1 bytes, not 0 to 16 in steps of 16",
    ],
    [template(0xe7, "DF1B02A017", "DF3302C328"), "user-message: TEXT is not UTF-8"],
  ])("says exactly what is wrong with %s", (hex, reason) => {
    if (typeof reason === "string") expect(reasonOf(hex)).toBe(reason);
    else expect(reasonOf(hex)).toMatch(reason);
  });

  it.each([
    ["MPDA", "DF130400000000", "MPDA is 0, outside of 1 to 4294967295"],
    ["CURRPDA", "DF14020A78", "CURRPDA has a digit above 9: 0A78"],
    ["CEXPPDA", "DF150104", "CEXPPDA is 4, outside of 0 to 3"],
    ["IDMER", "DF20086d65726368743031", "IDMER has other characters than A-Z and 0-9"],
  ])("refuses a T-draw whose %s is no value", (name, element, reason) => {
    const good: Record<string, string> = {
      IDTERM,
      IDTRX,
      IDMER: "DF20084D45524348543031",
      ATR: "DF23023B00",
      INITRSP: `DF241B${"00".repeat(27)}`,
      MPDA: "DF1304000004E2",
      CURRPDA: "DF14020978",
      CEXPPDA: "DF150102",
    };
    expect(reasonOf(template(0xf1, ...Object.values(good)))).toBe("recognised as t-draw");
    good[name] = element;
    expect(reasonOf(template(0xf1, ...Object.values(good)))).toBe(`t-draw: ${reason}`);
  });

  it("passes over elements that are not of the message, wherever they stand", () => {
    const stranger = toHex(encodeTlv(0xdf70, fromHex("0102")));
    const foreign = "DF150102";
    const expected = { kind: "t-cancel", IDTERM: "00000001", IDTRX: "AB".repeat(16), MODE: 0 };
    const bytes = fromHex(template(0xf6, stranger, IDTERM, foreign, IDTRX, stranger, "DF390100", stranger));
    expect(parseMessage(bytes)).toEqual(expected);
  });

  it("keeps a copy of what it read", () => {
    const bytes = fromHex(template(0xf2, IDTERM, IDTRX, `DF2535${"11".repeat(53)}`));
    const message = parseMessage(bytes);
    bytes.fill(0);
    expect(message).toMatchObject({ DEBITDATA: new Uint8Array(53).fill(0x11) });
  });

  it("refuses 65,537 bytes and more", () => {
    expect(parseMessage(new Uint8Array(65_537))).toMatchObject({ kind: "unrecognised" });
  });
});

describe("encodeMessage", () => {
  it.each<[string, Message]>([
    ["IDTERM", { kind: "t-read-totals", IDTERM: "0001" }],
    ["IDTERM", { kind: "t-read-totals", IDTERM: "0000000G" }],
    ["INDEX", { kind: "t-read-store", IDTERM: "00000001", INDEX: 65_536 }],
    ["INDEX", { kind: "t-read-store", IDTERM: "00000001", INDEX: 0.5 }],
    ["MODE", { kind: "t-cancel", IDTERM: "00000001", IDTRX: "AB".repeat(16), MODE: 2 }],
    ["MSGRESULT", { kind: "t-result", IDTERM: "00000001", IDTRX: "AB".repeat(16), CC: "0000" }],
  ])("refuses a %s that the table does not allow", (name, message) => {
    expect(() => encodeMessage(message)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
    expect(() => encodeMessage(message)).toThrow(name);
  });

  it("works off the messages of a purchase well within 0.1 ms each", () => {
    const [message] = fc.sample(anyMessage("draw-request"), { numRuns: 1, seed: 1 });
    if (message === undefined) throw new Error("no sample");
    for (let round = 0; round < 2000; round++) parseMessage(encodeMessage(message));
    const start = performance.now();
    for (let round = 0; round < 1000; round++) parseMessage(encodeMessage(message));
    expect((performance.now() - start) / 2000).toBeLessThan(0.1);
  });
});
