import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describe as inWords } from "../messages/describe.ts";
import { stepOf } from "../messages/steps.ts";
import { encodeGoodAnswer, isGood, parseHsmAnswer } from "./answers.ts";
import {
  encodeHsmCommand,
  type HsmCommand,
  type HsmFreshRequest,
  type HsmRequest,
  isHsmCommandCode,
  parseHsmCommand,
} from "./commands.ts";
import { encodeHsmFrame, parseHsmFrame } from "./frame.ts";

const REQUEST: HsmRequest = {
  KML: "00112233445566778899AABBCCDDEEFF",
  PPIEP: "123456",
  IDIEP: "0000000042",
  DEXPIEP: "391231",
  NTIEP: 7,
  MLDA: 2500,
  CURRLDA: "0978",
  CEXPLDA: 2,
  BALIEP: 10_000,
  IDACQ: "00057001",
  R: "CAFEBABE",
  S1: "0102030405060708",
  VKIEP: 1,
  ALGL: 5,
  DTHR: "20310506070809",
  IDTRX: "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF",
};

/** The 162 characters by hand, in the order of hsm-edge.md 2. */
const REQ = [
  ...["00112233445566778899AABBCCDDEEFF", "123456", "0000000042", "391231", "0007", "000009C4", "0978", "02"],
  ...["00002710", "00057001", "CAFEBABE", "0102030405060708", "01", "05", "20310506070809"],
  "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF",
].join("");

const FRESH: HsmFreshRequest = {
  ...{ NTIEP: 9, MLDA: 0, BALIEP: 10_000, R: "0BADCAFE", DTHR: "20310506070910" },
  ...{ IDTRX: "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF", S1: "1112131415161718" },
};

const COMMANDS: readonly (readonly [HsmCommand, string])[] = [
  [{ code: "DM", request: REQUEST }, REQ],
  [
    { code: "DO", request: REQUEST, completion: { CC: "940B", BALIEP: 12_500, S3: "2122232425262728" } },
    `${REQ}940B000030D42122232425262728`,
  ],
  [
    { code: "DU", request: REQUEST, lowered: 7, fresh: FRESH },
    `${REQ}0007000900000000000027100BADCAFE20310506070910B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF1112131415161718`,
  ],
  [{ code: "NC" }, ""],
];

describe("commands", () => {
  test("REQ has 162 characters", () => expect(REQ).toHaveLength(162));

  test.each(COMMANDS)("%o: its characters, and back", (command, body) => {
    expect(encodeHsmCommand(command)).toBe(body);
    expect(parseHsmCommand(command.code, body)).toEqual(command);
    expect(parseHsmCommand(command.code, `${body}0`)).toBeUndefined();
    if (body !== "") expect(parseHsmCommand(command.code, body.slice(1))).toBeUndefined();
  });

  test("an element that a field cannot hold is refused at the maker's", () => {
    const wrong = [{ MLDA: 0x1_0000_0000 }, { NTIEP: -1 }, { PPIEP: "12345A" }, { KML: "00" }, { R: "CAFEBABG" }];
    for (const over of wrong) {
      const command = { code: "DM", request: { ...REQUEST, ...over } } as const;
      expect(() => encodeHsmCommand(command)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
    }
  });

  test("whatever comes is a command or none", () => {
    const body = fc.oneof(fc.constantFrom(...COMMANDS.map(([, text]) => text)), fc.string());
    fc.assert(
      fc.property(fc.constantFrom("DM", "DO", "DU", "NC"), body, fc.nat(400), fc.string(), (code, text, at, more) => {
        const altered = text.slice(0, at) + more + text.slice(at + more.length);
        const command = isHsmCommandCode(code) ? parseHsmCommand(code, altered) : undefined;
        if (command !== undefined) expect(encodeHsmCommand(command)).toBe(altered);
      }),
    );
  });
});

describe("answers", () => {
  const HRES = "D1D2D3D4D5D6D7D8";

  test("good ones", () => {
    expect(encodeGoodAnswer("DM", { S2: HRES })).toBe(`00${HRES}`);
    expect(encodeGoodAnswer("DO", { HRES, KIND: 1, CC: "940B" })).toBe(`00${HRES}01940B`);
    expect(encodeGoodAnswer("DU", { HRES, KIND: 2 })).toBe(`00${HRES}02`);
    expect(parseHsmAnswer("DU", `00${HRES}02`)).toEqual({ error: "00", HRES, KIND: 2 });
    expect(parseHsmAnswer("NC", "0008D7B4PB03-0001")).toEqual({ error: "00", LMK: "08D7B4", release: "PB03-0001" });
  });

  test("errors say nothing more", () => {
    const said = parseHsmAnswer("DM", "01");
    expect(said).toEqual({ error: "01" });
    expect(said && isGood(said)).toBe(false);
    for (const body of ["", "0", "0A", "00", "01 ", `01${HRES}`, `00${HRES}0`]) {
      expect(parseHsmAnswer("DM", body), body).toBeUndefined();
    }
  });
});

describe("frames", () => {
  test("header, code, body and trailer", () => {
    const frame = { header: "00A1", code: "NC", body: "", trailer: "end" };
    expect(new TextDecoder().decode(encodeHsmFrame(frame))).toBe("00A1NC\u0019end");
    expect(parseHsmFrame(encodeHsmFrame(frame))).toEqual(frame);
    expect(parseHsmFrame(new Uint8Array(1_024).fill(0x41))).toMatchObject({ header: "AAAA", code: "AA" });
    expect(parseHsmFrame(new Uint8Array(1_025).fill(0x41))).toBeUndefined();
  });

  test("any bytes are a frame that encodes to them, or none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64, max: 0x7f }), (bytes) => {
        const frame = parseHsmFrame(bytes);
        if (frame !== undefined) expect(encodeHsmFrame(frame)).toEqual(new Uint8Array(bytes));
      }),
    );
  });
});

describe("evidence", () => {
  const bytes = (code: string, body: string) => encodeHsmFrame({ header: "0001", code, body });

  test("says what a frame is", () => {
    expect(
      inWords("HSM", "load-server", bytes("DO", encodeHsmCommand(COMMANDS[1]?.[0] ?? { code: "NC" }))),
    ).toMatchObject({
      hsm: "DO",
      header: "0001",
      MLDA: "2500",
      NTIEP: "7",
      "completion.CC": "940B",
      "completion.BALIEP": "12500",
    });
    expect(inWords("HSM", "load-server", bytes("DU", COMMANDS[2]?.[1] ?? ""))).toMatchObject({
      ...{ lowered: "7", "new.NTIEP": "9", "new.MLDA": "0" },
    });
    expect(inWords("HSM", "hsm", bytes("DP", "00D1D2D3D4D5D6D7D801940B"))).toEqual({
      ...{ hsm: "DP", header: "0001", error: "00", HRES: "D1D2D3D4D5D6D7D8", KIND: "1", CC: "940B" },
    });
    expect(inWords("HSM", "hsm", bytes("DN", "24"))).toEqual({ hsm: "DN", header: "0001", error: "24" });
    expect(inWords("HSM", "load-server", bytes("DM", "x"))).toEqual({ hsm: "DM", header: "0001", fields: "x" });
    expect(inWords("HSM", "hsm", Uint8Array.of(1))).toEqual({ hsm: "no frame" });
  });

  test.each([
    ["DM", "897"],
    ["DN", "899"],
    ["DO", "884"],
    ["DP", "886"],
    ["DU", undefined],
    ["NC", undefined],
  ])("step of %s", (code, step) => {
    expect(stepOf("HSM", "load-server", bytes(code, ""))).toBe(step);
  });
});
