import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import {
  apduCase,
  type CommandFields,
  commandApdu,
  describeCommandApdu,
  encodeCommandApdu,
  parseCommandApdu,
} from "./command-apdu.ts";

const header = { cla: 0x90, ins: 0x50, p1: 0x01, p2: 0x00 };

/** Bytes after ISO/IEC 7816-3, 12.1.2: header, [Lc, data], [Le]. */
const CASES: readonly [name: string, fields: CommandFields, hex: string, kind: number][] = [
  ["case 1", header, "90500100", 1],
  ["case 2 with one byte wanted", { ...header, le: 1 }, "9050010001", 2],
  ["case 2 with everything wanted", { ...header, le: 256 }, "9050010000", 2],
  ["case 3", { ...header, data: fromHex("AABB") }, "9050010002AABB", 3],
  ["case 3 at its longest", { ...header, data: new Uint8Array(255).fill(7) }, `90500100FF${"07".repeat(255)}`, 3],
  ["case 4", { ...header, data: fromHex("AA"), le: 8 }, "9050010001AA08", 4],
  ["case 4 with everything wanted", { ...header, data: fromHex("AA"), le: 256 }, "9050010001AA00", 4],
];

const fieldsArbitrary = fc.record(
  {
    cla: fc.integer({ min: 0, max: 255 }),
    ins: fc.integer({ min: 0, max: 255 }),
    p1: fc.integer({ min: 0, max: 255 }),
    p2: fc.integer({ min: 0, max: 255 }),
    data: fc.uint8Array({ maxLength: 255 }),
    le: fc.integer({ min: 1, max: 256 }),
  },
  { requiredKeys: ["cla", "ins", "p1", "p2", "data"] },
);

describe("command APDU", () => {
  it.each(CASES)("writes and reads %s", (_name, fields, hex, kind) => {
    expect(toHex(encodeCommandApdu(fields))).toBe(hex);
    expect(parseCommandApdu(fromHex(hex))).toEqual({ ok: true, apdu: { data: new Uint8Array(0), ...fields } });
    expect(apduCase(fields)).toBe(kind);
  });

  it("comes back from its bytes unchanged, whatever the fields", () => {
    fc.assert(
      fc.property(fieldsArbitrary, (fields) => {
        expect(parseCommandApdu(encodeCommandApdu(fields))).toEqual({ ok: true, apdu: fields });
      }),
    );
  });

  it("reads any bytes without throwing, and what it accepts is what was sent", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const parsed = parseCommandApdu(bytes);
        if (parsed.ok) expect(toHex(encodeCommandApdu(parsed.apdu))).toBe(toHex(bytes));
        else expect(parsed.reason).not.toBe("");
      }),
    );
  });

  it.each([
    ["nothing", "", "0 bytes"],
    ["half a header", "9050", "2 bytes"],
    ["an extended Le", "90500100000100", "extended"],
    ["an extended Lc", "905001000000 02 AABB", "extended"],
    ["data shorter than Lc", "9050010003AABB", "Lc says 3 bytes of data and 2 follow"],
    ["bytes after Le", "9050010001AA0800", "Lc says 1"],
  ])("refuses %s with the reason", (_name, hex, reason) => {
    expect(parseCommandApdu(fromHex(hex))).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  it.each<[string, CommandFields]>([
    ["a class of more than a byte", { ...header, cla: 256 }],
    ["a parameter that is no whole number", { ...header, p2: 0.5 }],
    ["256 bytes of data", { ...header, data: new Uint8Array(256) }],
    ["Le 0", { ...header, le: 0 }],
    ["Le 257", { ...header, le: 257 }],
  ])("refuses to exist with %s", (_name, fields) => {
    for (const make of [commandApdu, encodeCommandApdu]) {
      expect(() => make(fields)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
      expect(() => make(fields)).toThrow(PursebenchError);
    }
  });

  it("cannot be changed once it exists", () => {
    expect(Object.isFrozen(commandApdu(header))).toBe(true);
    expect(parseCommandApdu(fromHex("90500100"))).toSatisfy((parsed) => parsed.ok && Object.isFrozen(parsed.apdu));
  });

  it("describes itself with header, data and Le", () => {
    expect(describeCommandApdu(commandApdu({ ...header, data: fromHex("AA"), le: 8 }))).toBe("90500100 Lc 1 AA Le 8");
  });
});
