import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { encodeAtr, type InterfaceGroup } from "./atr.ts";
import { describeAtr } from "./describe-atr.ts";
import { type Atr, parseAtr } from "./parse-atr.ts";

function atrOf(hex: string): Atr {
  const parsed = parseAtr(fromHex(hex));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.atr;
}

const byte = fc.integer({ min: 0, max: 255 });
const bytesOfGroup = fc.record({ ta: byte, tb: byte, tc: byte }, { requiredKeys: [] });
const fieldsArbitrary = fc
  .record({
    convention: fc.constantFrom("direct", "inverse"),
    first: bytesOfGroup,
    others: fc.array(fc.tuple(fc.integer({ min: 0, max: 14 }), bytesOfGroup), { maxLength: 3 }),
    historical: fc.uint8Array({ maxLength: 15 }),
  })
  .map(({ convention, first, others, historical }) => {
    const bare = [first, ...others.map(([, group]) => group)];
    const groups: InterfaceGroup[] = bare.map((group, index) => {
      const next = others[index];
      return next === undefined ? group : { ...group, protocol: next[0] };
    });
    return { convention, groups, historical };
  });

describe("answer to reset", () => {
  it("fills in the defaults when only T0 is there", () => {
    expect(atrOf("3B00")).toMatchObject({
      convention: "direct",
      fi: 372,
      di: 1,
      maxClockKhz: 5000,
      n: 0,
      wi: 10,
      protocols: [0],
      firstProtocol: 0,
      t1: undefined,
      specificMode: undefined,
      anomalies: [],
    });
    expect(atrOf("3B00")).not.toHaveProperty("tck");
  });

  it("reads the parameters of a T=1 card", () => {
    // TA1 95: Fi 512, Di 16; TC1 FF; TD1 81; TD2 31: TA3 FE, TB3 45 for T=1; TCK by an independent sum.
    const atr = atrOf("3BD395FF8131FE45414243F2");
    expect(atr).toMatchObject({ fi: 512, di: 16, maxClockKhz: 5000, n: "shortest", protocols: [1], firstProtocol: 1 });
    expect(atr.t1).toEqual({ ifsc: 254, bwi: 4, cwi: 5, edc: "LRC" });
    expect(toHex(atr.historical)).toBe("414243");
    expect(atr.tck).toBe(0xf2);
  });

  it("tells T=0 with its waiting integer from T=1 in one answer", () => {
    // T0 80; TD1 C0 (T=0): TC2 20, TD2 71 (T=1): TA3 40, TB3 26, TC3 01.
    const check = 0x80 ^ 0xc0 ^ 0x20 ^ 0x71 ^ 0x40 ^ 0x26 ^ 0x01;
    const atr = atrOf(`3B80C02071402601${toHex(Uint8Array.of(check))}`);
    expect(atr).toMatchObject({ protocols: [0, 1], firstProtocol: 0, wi: 0x20 });
    expect(atr.t1).toEqual({ ifsc: 64, bwi: 2, cwi: 6, edc: "CRC" });
  });

  it("takes the bytes behind T=15 as global ones and not as a protocol", () => {
    // TD1 81 (T=1), TD2 3F (T=15): TA3 C7, TB3 80.
    const check = 0x80 ^ 0x81 ^ 0x3f ^ 0xc7 ^ 0x80;
    const atr = atrOf(`3B80813FC780${toHex(Uint8Array.of(check))}`);
    expect(atr.global).toEqual({ clockStopAndClass: 0xc7, standardOrProprietaryUse: 0x80 });
    expect(atr.protocols).toEqual([1]);
    expect(atr.t1).toEqual({ ifsc: 32, bwi: 4, cwi: 13, edc: "LRC" });
  });

  it("reads answers of cards in the field", () => {
    // A YubiKey NEO and a sysmocom SIM, as both are printed in public lists of answers to reset.
    const token = atrOf("3BFD1300008131FE158073C021C057597562694B657940");
    expect(token).toMatchObject({ fi: 372, di: 4, n: 0, protocols: [1], tck: 0x40 });
    expect(token.t1).toEqual({ ifsc: 254, bwi: 1, cwi: 5, edc: "LRC" });
    const sim = atrOf("3B9F96801FC78031A073BE21136743200718000001A5");
    expect(sim).toMatchObject({ fi: 512, di: 32, protocols: [0], global: { clockStopAndClass: 0xc7 }, tck: 0xa5 });
    expect(sim.historical.length).toBe(15);
  });

  it("reads specific mode", () => {
    // T0 80, TD1 10 (T=0): TA2 91: T=1, cannot change, implicit rate.
    expect(atrOf("3B801091")).toMatchObject({
      specificMode: { protocol: 1, canChange: false, implicitRate: true },
      protocols: [0],
      firstProtocol: 1,
    });
    expect(atrOf("3B801000").specificMode).toEqual({ protocol: 0, canChange: true, implicitRate: false });
  });

  // Pairs of table 7 and table 8 of ISO/IEC 7816-3.
  it.each([
    ["3B1000", 372, undefined, 4000],
    ["3B1011", 372, 1, 5000],
    ["3B1022", 558, 2, 6000],
    ["3B1033", 744, 4, 8000],
    ["3B1044", 1116, 8, 12000],
    ["3B1055", 1488, 16, 16000],
    ["3B1066", 1860, 32, 20000],
    ["3B1097", 512, 64, 5000],
    ["3B10A8", 768, 12, 7500],
    ["3B10B9", 1024, 20, 10000],
    ["3B10C1", 1536, 1, 15000],
    ["3B10D1", 2048, 1, 20000],
    ["3B107A", undefined, undefined, undefined],
    ["3B10E1", undefined, 1, undefined],
  ])("%s has Fi %s, Di %s and a clock of up to %s kHz", (hex, fi, di, maxClockKhz) => {
    expect(atrOf(hex)).toMatchObject({ fi, di, maxClockKhz });
  });

  it.each([
    ["nothing", "", "nothing was sent", 0],
    ["a wrong TS", "3C00", "TS is neither", 0],
    ["no T0", "3B", "T0 is missing", 1],
    ["a missing TA1", "3B10", "TA1 is missing", 2],
    ["a missing TD1", "3B8F", "TD1 is missing", 2],
    ["a missing TB3", "3B808121", "TB3 is missing", 4],
    ["too few historical bytes", "3B034142", "3 historical bytes and 2 are there", 4],
    ["a missing TCK", "3B8001", "TCK is missing", 3],
    ["a wrong TCK", "3B800180", "TCK is 80, expected 81", 3],
    ["a TCK where only T=0 is named", "3B014142", "1 bytes beyond the end (only T=0", 3],
    ["bytes behind TCK", "3B80018100", "1 bytes beyond the end", 4],
    ["T=15 in TD1", "3B800F8F", "T=15", 2],
    ["34 bytes", `3B0F${"00".repeat(32)}`, "34 bytes, at most 33", 33],
  ])("refuses %s and says where", (_name, hex, reason, offset) => {
    expect(parseAtr(fromHex(hex))).toEqual({ ok: false, reason: expect.stringContaining(reason), offset });
  });

  it.each([
    ["3B1071", "reserved Fi"],
    ["3B101A", "reserved Di"],
    ["3B804000", "WI 0"],
    [`3B808111FF${toHex(Uint8Array.of(0x80 ^ 0x81 ^ 0x11 ^ 0xff))}`, "IFSC"],
    [`3B808121A5${toHex(Uint8Array.of(0x80 ^ 0x81 ^ 0x21 ^ 0xa5))}`, "BWI"],
    [`3B80814102${toHex(Uint8Array.of(0x80 ^ 0x81 ^ 0x41 ^ 0x02))}`, "reserved bits"],
    [`3B808100${toHex(Uint8Array.of(0x80 ^ 0x81 ^ 0x00))}`, "ascending"],
  ])("%s is well formed and has an anomaly", (hex, text) => {
    expect(atrOf(hex).anomalies).toEqual([expect.stringContaining(text)]);
  });

  it("comes back from its bytes unchanged", () => {
    fc.assert(
      fc.property(fieldsArbitrary, (fields) => {
        fc.pre(fields.groups.length * 4 + fields.historical.length <= 30);
        expect(parseAtr(encodeAtr(fields))).toMatchObject({ ok: true, atr: fields });
      }),
    );
  });

  it("reads any bytes without throwing, and what it accepts has only that encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (rest, inverse) => {
        const bytes = Uint8Array.of(inverse ? 0x3f : 0x3b, ...rest);
        const parsed = parseAtr(bytes);
        if (parsed.ok) expect(toHex(encodeAtr(parsed.atr))).toBe(toHex(bytes));
        else expect(parsed.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });

  it("notices every single flipped bit behind T0 when there is a TCK", () => {
    const good = fromHex("3BD395FF8131FE45414243F2");
    for (let bit = 8; bit < good.length * 8; bit++) expect(parseAtr(flipBit(good, bit)).ok, `bit ${bit}`).toBe(false);
  });

  it.each([
    ["16 historical bytes", { groups: [{}], historical: new Uint8Array(16) }],
    ["no group", { groups: [], historical: new Uint8Array(0) }],
    ["a last group that announces another", { groups: [{ protocol: 1 }], historical: new Uint8Array(0) }],
    ["a TA1 of more than a byte", { groups: [{ ta: 256 }], historical: new Uint8Array(0) }],
    ["a T above 15", { groups: [{ protocol: 16 }, {}], historical: new Uint8Array(0) }],
  ])("cannot be written with %s", (_name, fields) => {
    expect(() => encodeAtr({ convention: "direct", ...fields })).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });

  it("describes itself in words", () => {
    const lines = describeAtr(atrOf("3BD395FF8131FE45414243F2"));
    expect(lines).toContain("protocols T=1; starts with T=1");
    expect(lines).toContain("T=1: IFSC 254, BWI 4, CWI 5, EDC LRC");
    expect(lines).toContain("historical bytes 414243");
  });
});
