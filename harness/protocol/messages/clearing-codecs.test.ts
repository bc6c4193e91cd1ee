/** Lines of a collection, updates and batch numbers, and how evidence shows them (`clearing.md` 1, `psam-edge.md` 4.8 to 4.10). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { batchNumber, psamOfBatch } from "./batch-number.ts";
import { encodeLines, parseLines } from "./collection-lines.ts";
import { describe as describeBytes, describeMessage } from "./describe.ts";
import { encodeMessage } from "./message.ts";
import { encodeCollectCommand } from "./psam-collect.ts";
import { encodeUnsignedUpdate, encodeUpdateCommand, parseUpdate, type UpdateContent } from "./psam-update.ts";

const EURO = "0001230978020000000003E300000001";
const YEN = "00012303920000000000006400000002";
const S6 = fromHex("1112131415161718");

const KEY_CONTENT: UpdateContent = {
  kind: "set-key",
  PPIEP: "000123",
  ALGIEP: 5,
  VKIEP: 2,
  enciphered: new Uint8Array(16).fill(0xee),
};

describe("lines", () => {
  const euro = { PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 995, NTOT: 1 };
  const yen = { PPIEP: "000123", CURR: "0392", CEXP: 0, MTOT: 100, NTOT: 2 };

  it("are brought in order", () => {
    expect(toHex(encodeLines([euro, yen]))).toBe(YEN + EURO);
    expect(parseLines(fromHex(YEN + EURO))).toEqual({ ok: true, value: [yen, euro] });
  });

  it.each([
    ["none", ""],
    ["out of order", EURO + YEN],
    ["twice the same", EURO + EURO],
    ["cut off", EURO.slice(2)],
    ["sum zero", "00012309780200000000000000000001"],
    ["number zero", "0001230978020000000003E300000000"],
    ["no BCD", `00012A${EURO.slice(6)}`],
    ["no exponent", EURO.replace("097802", "097804")],
    ["fourteen", Array.from({ length: 14 }, (_, n) => `0000${n + 10}${EURO.slice(6)}`).join("")],
  ])("are none: %s", (_what, hex) => {
    expect(parseLines(fromHex(hex)).ok).toBe(false);
  });

  it("are refused when they cannot be of one collection", () => {
    expect(() => encodeLines([])).toThrow(/0 lines/);
    expect(() => encodeLines([euro, { ...euro, MTOT: 5 }])).toThrow(/not above/);
    expect(() => encodeLines([{ ...euro, NTOT: 0 }])).toThrow(/zero/);
  });
});

describe("updates", () => {
  it.each<[string, UpdateContent, string]>([
    ["01", { kind: "block-card", PPIEP: "000123", IDIEP: "0000004716" }, "010001230000004716"],
    ["02", { kind: "unblock-card", PPIEP: "000123", IDIEP: "0000004716" }, "020001230000004716"],
    ["03", KEY_CONTENT, `030001230502${"EE".repeat(16)}`],
    ["04", { kind: "remove-key", PPIEP: "000123", ALGIEP: 4, VKIEP: 1 }, "040001230401"],
  ])("of KIND %s", (_KIND, content, hex) => {
    const update = { NTUPD: 258, date: "20260115", content };
    const unsigned = encodeUnsignedUpdate(update);
    expect(toHex(unsigned)).toBe(`0000010220260115${hex}`);
    expect(parseUpdate(concat(unsigned, S6))).toEqual({ ok: true, value: { update, unsigned, S6 } });
  });

  it("are read without an exception whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(typeof parseUpdate(bytes).ok).toBe("boolean");
        expect(typeof parseLines(bytes).ok).toBe("boolean");
        expect(describeMessage(bytes)).toHaveProperty("message");
      }),
    );
  });
});

describe("batch numbers", () => {
  it("name the PSAM, and nothing else is one", () => {
    const psam = { PPPSAM: "000789", IDPSAM: "00A10001" };
    expect(batchNumber(psam)).toBe("0007890000A10001");
    expect(psamOfBatch("0007890000A10001")).toEqual(psam);
    expect(psamOfBatch("0007890100A10001")).toBeUndefined();
    expect(psamOfBatch("0007890000A1000")).toBeUndefined();
  });
});

describe("in evidence", () => {
  it("COLLECT shows digest and lines, its answer number and S4", () => {
    const command = encodeCollectCommand({ DIGEST: "AB".repeat(32), LINES: fromHex(YEN + EURO) });
    expect(describeBytes("SAM", "terminal", command)).toEqual({
      command: "COLLECT",
      header: "90760000",
      DIGEST: "AB".repeat(32),
      lines: "2",
      "line 1": "000123 100 (0392) in 2",
      "line 2": "000123 9.95 (0978) in 1",
    });
    const answer = fromHex("00000007 1112131415161718 9000");
    expect(describeBytes("SAM", "psam", answer, command)).toMatchObject({ answers: "COLLECT", NTCOL: "7" });
    expect(describeBytes("SAM", "psam", fromHex("9418"), command)).toMatchObject({
      SW: "9418 more than the totals hold confirmed",
    });
  });

  it("UPDATE PSAM shows what is to be done, the key only enciphered", () => {
    const UPDATE = concat(encodeUnsignedUpdate({ NTUPD: 3, date: "20260115", content: KEY_CONTENT }), S6);
    const shown = { NTUPD: "3", KIND: "03 key", PPIEP: "000123", ALGIEP: "5", VKIEP: "2", S6: toHex(S6) };
    expect(describeBytes("SAM", "terminal", encodeUpdateCommand(UPDATE))).toMatchObject({
      command: "UPDATE PSAM",
      ...shown,
      enciphered: "EE".repeat(16),
    });
    const message = describeMessage(encodeMessage({ kind: "t-update", IDTERM: "00000001", UPDATE }));
    expect(message).toMatchObject({ message: "t-update", "UPDATE.KIND": "03 key" });
  });

  it("T-collect shows its lines", () => {
    const LINES = fromHex(EURO);
    const bytes = encodeMessage({ kind: "t-collect", IDTERM: "00000001", DIGEST: "AB".repeat(32), LINES });
    expect(describeMessage(bytes)).toMatchObject({ "LINES.line 1": "000123 9.95 (0978) in 1" });
  });
});
