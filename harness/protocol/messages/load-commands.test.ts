import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { encodeCreditIepCommand, parseCreditIepResponse } from "./credit-iep.ts";
import { describe as describeBytes } from "./describe.ts";
import { encodeGetPreviousSignatureCommand } from "./get-previous-signature.ts";
import { encodeInitializeLoadCommand, parseInitializeLoadResponse } from "./initialize-load.ts";
import { encodeLoadData, parseLoadData } from "./load-data.ts";
import { encodeLoadInit, parseLoadInit, readLoadInit } from "./load-init.ts";
import { encodeLoadResponse } from "./load-response.ts";
import {
  encodePersoData,
  encodePersonaliseCommand,
  parsePersoData,
  parsePersonaliseResponse,
  partsOfPersoData,
} from "./personalise.ts";
import { stepOf } from "./steps.ts";

const SUCCESS = fromHex("9000");
const IDTRX = "000102030405060708090A0B0C0D0E0F";

const LOADINIT = fromHex(`00001388 0978 02 00000042 20260115123059 ${IDTRX}`);
const LOADINIT_FIELDS = {
  MLDA: 5000,
  CURRLDA: "0978",
  CEXPLDA: 2,
  IDACQ: "00000042",
  DTHR: "20260115123059",
  IDTRX,
};
const INITRSP = fromHex("000123 0000004711 04 291231 00989680 0978 02 01 0007 01 C0FFEE42");
const LOADRSP = concat(INITRSP, fromHex("1112131415161718"));
const LOADDATA = fromHex("00001388 0978 02 2122232425262728");
const CARDRSP = fromHex("0000 0007 0098AA08 3132333435363738");

/** PERSODATA without KEYS and MAC: the specimen's elements and the reserved bytes. */
const ISSUED = "000123 0000004711 04 291231 000003E8 01312D00 0978 02 01 01 0000000000000000";
const KEYS = "A5".repeat(32);
const PERSODATA = fromHex(`${ISSUED} ${KEYS} 4142434445464748`);

describe("commands of loading and personalisation as card-edge.md prints them", () => {
  it.each([
    ["INITIALIZE IEP for load", encodeInitializeLoadCommand(LOADINIT), `9050000022${toHex(LOADINIT)}23`],
    ["CREDIT IEP", encodeCreditIepCommand(LOADDATA), `905200000F${toHex(LOADDATA)}10`],
    ["PERSONALISE", encodePersonaliseCommand(PERSODATA), `905E000049${toHex(PERSODATA)}`],
    ["GET PREVIOUS IEP SIGNATURE of a load", encodeGetPreviousSignatureCommand(0x1234, "load"), "905A000002123410"],
    [
      "GET PREVIOUS IEP SIGNATURE of a purchase",
      encodeGetPreviousSignatureCommand(0x1234, "purchase"),
      "905A010002123410",
    ],
  ])("%s", (_name, bytes, expected) => {
    expect(toHex(bytes)).toBe(expected);
  });
});

describe("data of loading", () => {
  it("LOADINIT has its elements in their places, both ways", () => {
    expect(parseLoadInit(LOADINIT)).toEqual({ ok: true, value: LOADINIT_FIELDS });
    expect(encodeLoadInit(LOADINIT_FIELDS)).toEqual(LOADINIT);
    expect(parseLoadInit(LOADINIT.subarray(1)).ok).toBe(false);
  });

  it("LOADINIT is read as it stands by a card that judges nothing but the date", () => {
    const strange = LOADINIT.with(4, 0xff).with(6, 9);
    expect(parseLoadInit(strange).ok).toBe(false);
    expect(readLoadInit(strange)).toMatchObject({ ok: true, value: { CURRLDA: "FF78", CEXPLDA: 9 } });
  });

  it("LOADRSP is INITRSP and S1", () => {
    const read = parseInitializeLoadResponse(concat(LOADRSP, SUCCESS));
    expect(read).toMatchObject({
      kind: "answer",
      value: { fields: { NTIEP: 7, BALIEP: 10_000_000, S1: "1112131415161718" }, LOADRSP, INITRSP },
    });
    expect(read.kind === "answer" && toHex(read.value.S1)).toBe("1112131415161718");
    expect(read.kind === "answer" && encodeLoadResponse(read.value.fields)).toEqual(LOADRSP);
    expect(parseInitializeLoadResponse(concat(INITRSP, SUCCESS)).kind).toBe("malformed");
    expect(parseInitializeLoadResponse(fromHex("9402"))).toEqual({ kind: "refused", SW: 0x9402 });
  });

  it("LOADDATA and the answer to CREDIT IEP", () => {
    const fields = { MLDA: 5000, CURRLDA: "0978", CEXPLDA: 2, S2: "2122232425262728" };
    expect(parseLoadData(LOADDATA)).toEqual({ ok: true, value: fields });
    expect(encodeLoadData(fields)).toEqual(LOADDATA);
    expect(parseCreditIepResponse(concat(CARDRSP, SUCCESS))).toMatchObject({
      kind: "answer",
      value: { fields: { CC: "0000", NTIEP: 7, BALIEP: 10_005_000 }, CARDRSP },
    });
  });

  it("any bytes are read without an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const parse of [parseInitializeLoadResponse, parseCreditIepResponse, parsePersonaliseResponse])
          expect(["answer", "refused", "malformed"]).toContain(parse(bytes).kind);
        for (const parse of [parseLoadInit, readLoadInit, parseLoadData, parsePersoData])
          expect(typeof parse(bytes).ok).toBe("boolean");
      }),
    );
  });
});

describe("PERSODATA", () => {
  it("has its elements in their places, both ways", () => {
    const read = parsePersoData(PERSODATA);
    expect(read).toEqual({
      ok: true,
      value: {
        PPIEP: "000123",
        IDIEP: "0000004711",
        ALGIEP: 4,
        DEXPIEP: "291231",
        BALIEP: 1000,
        BALmaxIEP: 20_000_000,
        CURRIEP: "0978",
        CEXPIEP: 2,
        AMIEP: 1,
        VKIEP: 1,
      },
    });
    const { KEYS, MAC } = partsOfPersoData(PERSODATA);
    expect(toHex(MAC)).toBe("4142434445464748");
    expect(read.ok && concat(encodePersoData(read.value, KEYS), MAC)).toEqual(PERSODATA);
  });

  it.each([
    ["PPIEP that is no BCD", 0, 0xfa],
    ["ALGIEP of public key cards", 8, 0x10],
    ["another ALGIEP", 8, 0x03],
    ["a day that there is not", 10, 0x13],
    ["BALIEP above BALmaxIEP", 12, 0x02],
    ["CEXPIEP 4", 22, 0x04],
    ["AMIEP 02", 23, 0x02],
    ["VKIEP 00", 24, 0x00],
    ["VKIEP FF", 24, 0xff],
    ["a reserved byte", 25, 0x01],
    ["the last reserved byte", 32, 0x01],
  ])("with %s is none", (_what, at, value) => {
    expect(parsePersoData(PERSODATA.with(at, value)).ok).toBe(false);
  });
});

describe("evidence of loading on the card link", () => {
  it("names the commands and their elements", () => {
    const initialize = encodeInitializeLoadCommand(LOADINIT);
    expect(describeBytes("235", "set-top-box", initialize)).toMatchObject({
      command: "INITIALIZE IEP FOR LOAD",
      MLDA: "50.00 (0978)",
      IDACQ: "00000042",
    });
    expect(describeBytes("235", "card", concat(LOADRSP, SUCCESS), initialize)).toMatchObject({
      answers: "INITIALIZE IEP FOR LOAD",
      NTIEP: "7",
      S1: "1112131415161718",
    });
    const credit = encodeCreditIepCommand(LOADDATA);
    expect(describeBytes("235", "set-top-box", credit)).toMatchObject({
      command: "CREDIT IEP",
      S2: "2122232425262728",
    });
    expect(describeBytes("235", "card", concat(CARDRSP, SUCCESS), credit)).toMatchObject({ CC: "0000", NTIEP: "7" });
    expect(describeBytes("235", "bench", encodePersonaliseCommand(PERSODATA))).toMatchObject({
      command: "PERSONALISE",
      BALIEP: "10.00 (0978)",
      KEYS,
    });
  });

  it("has the steps of FIG 15", () => {
    expect(stepOf("235", "set-top-box", encodeInitializeLoadCommand(LOADINIT))).toBe("876");
    expect(stepOf("235", "set-top-box", encodeCreditIepCommand(LOADDATA))).toBe("881");
    expect(stepOf("235", "card", SUCCESS, encodeCreditIepCommand(LOADDATA))).toBe("882");
    expect(stepOf("235", "card", SUCCESS, encodeInitializeLoadCommand(LOADINIT))).toBeUndefined();
  });
});
