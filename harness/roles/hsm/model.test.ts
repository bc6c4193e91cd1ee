import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { signHsmResult } from "../../crypto/hsm-result.ts";
import { encipherMasterLoadKey } from "../../crypto/key-cryptogram.ts";
import { deriveLoadKey, deriveLoadSessionKeys } from "../../crypto/load-keys.ts";
import { signLoadS2 } from "../../crypto/load-signatures.ts";
import {
  encodeHsmCommand,
  type HsmCommand,
  type HsmFreshRequest,
  type HsmRequest,
} from "../../protocol/hsm/commands.ts";
import { encodeHsmFrame } from "../../protocol/hsm/frame.ts";
import { hsm } from "./model.ts";
import { HSM_KEYS, KLS, LMK, LOAD, MKL, request, s1, s3 } from "./testing/card.ts";

const TODAY = "20310506";

/** What the HSM says to these bytes, or undefined when it closes. */
function say(bytes: Uint8Array, keys = HSM_KEYS, today = TODAY): string | undefined {
  const [output] = hsm.handle(keys, { kind: "frame", bytes, today }).outputs;
  return output?.kind === "send" ? new TextDecoder().decode(output.bytes) : undefined;
}

function frame(code: string, body: string, trailer?: string): Uint8Array {
  return encodeHsmFrame({ header: "0001", code, body, trailer });
}

function ask(command: HsmCommand, keys = HSM_KEYS, today = TODAY): string | undefined {
  return say(frame(command.code, encodeHsmCommand(command)), keys, today);
}

const ZERO_LOAD = { ...LOAD, MLDA: 0, R: "0BADCAFE", DTHR: "20310506070910", IDTRX: LOAD.IDTRX };

/** The zero value load request of a card after the load; S1 as it signs it. */
function fresh(ALGL: number, over: Partial<HsmFreshRequest> = {}): HsmFreshRequest {
  const { NTIEP, MLDA, BALIEP, R, DTHR, IDTRX } = { ...ZERO_LOAD, ...over };
  return { NTIEP, MLDA, BALIEP, R, DTHR, IDTRX, S1: s1(ALGL, { ...ZERO_LOAD, ...over }), ...over };
}

function hres(kind: "s3-right" | "no-load", CC: string): string {
  return toHex(signHsmResult(KLS, { ...LOAD, kind, CC }));
}

describe.each([0x04, 0x05])("ALGL %i", (ALGL) => {
  test("DM checks S1 and makes S2", () => {
    const keys = deriveLoadSessionKeys(ALGL, deriveLoadKey(ALGL, MKL, LOAD.PPIEP, LOAD.IDIEP), LOAD);
    const S2 = toHex(signLoadS2(ALGL, keys.KS2, LOAD, fromHex(s1(ALGL, LOAD))));
    expect(ask({ code: "DM", request: request(ALGL) })).toBe(`0001DN00${S2}`);
  });

  test.each(["0000", "940B"])("DO checks S3 over CC %s", (CC) => {
    const BALIEP = CC === "0000" ? 12_500 : 10_000;
    const completion = { CC, BALIEP, S3: s3(ALGL, LOAD, CC, BALIEP) };
    expect(ask({ code: "DO", request: request(ALGL), completion })).toBe(`0001DP00${hres("s3-right", CC)}01${CC}`);
    const others = [{ CC: "940A" }, { BALIEP: BALIEP + 1 }, { S3: "0000000000000000" }];
    for (const over of others) {
      expect(ask({ code: "DO", request: request(ALGL), completion: { ...completion, ...over } })).toBe("0001DP01");
    }
  });

  test("DU says that no load happened: equal counters, and higher ones that were lowered", () => {
    const good = `0001DV00${hres("no-load", "0000")}02`;
    expect(ask({ code: "DU", request: request(ALGL), lowered: 7, fresh: fresh(ALGL) })).toBe(good);
    expect(ask({ code: "DU", request: request(ALGL), lowered: 7, fresh: fresh(ALGL, { NTIEP: 9 }) })).toBe(good);
  });

  test("DU refuses when one of the two S1 does not fit", () => {
    const other = { code: "DU", request: request(ALGL), lowered: 7 } as const;
    const loaded = fresh(ALGL, { NTIEP: 8, BALIEP: 12_500 });
    expect(ask({ ...other, fresh: loaded }), "the balance has changed").toBe("0001DV01");
    expect(ask({ ...other, lowered: 8, fresh: fresh(ALGL, { NTIEP: 8 }) }), "not lowered").toBe("0001DV01");
    expect(ask({ ...other, fresh: { ...fresh(ALGL), S1: s1(ALGL, LOAD) } }), "the old S1").toBe("0001DV01");
    expect(ask({ ...other, fresh: { ...loaded, BALIEP: 10_000 } }), "another balance than signed").toBe("0001DV01");
    expect(ask({ ...other, request: request(ALGL, { S1: "00".repeat(8) }), fresh: fresh(ALGL) })).toBe("0001DV01");
  });
});

describe("errors, first that applies", () => {
  const otherKml = toHex(encipherMasterLoadKey(LMK, fromHex("20131516191A1C1F20232526292A2C2F")));
  const evenKml = toHex(encipherMasterLoadKey(LMK, fromHex("11131516191A1C1F20232526292A2C2F")));
  const table: readonly (readonly [string, string, Partial<HsmRequest>])[] = [
    ["15", "MLDA zero", { MLDA: 0, ALGL: 3 }],
    ["03", "ALGL is none", { ALGL: 0x10, KML: evenKml }],
    ["10", "parity of MKL", { KML: evenKml, PPIEP: "999999" }],
    ["21", "another master key", { KML: otherKml, DEXPIEP: "391331" }],
    ["21", "another issuer", { PPIEP: "123457" }],
    ["21", "another version", { VKIEP: 2 }],
    ["15", "DTHR is no date", { DTHR: "20310506250000" }],
    ["15", "DEXPIEP is no date", { DEXPIEP: "310230" }],
    ["16", "expired before the day of DTHR", { DEXPIEP: "310505", DTHR: "20310506000000" }],
    ["16", "expired before the HSM's own day", { DEXPIEP: "310505", DTHR: "20310501000000" }],
    ["01", "S1 over another amount", { MLDA: 2501 }],
    ["01", "S1 over another balance", { BALIEP: 1 }],
    ["01", "S1 for another load server", { IDACQ: "00057002" }],
    ["01", "S1 of another challenge", { R: "00000000" }],
    ["01", "S1 of another identifier", { IDTRX: "00".repeat(16) }],
  ];
  test.each(table)("%s %s", (error, _, over) => {
    expect(ask({ code: "DM", request: request(0x04, over) })).toBe(`0001DN${error}`);
  });

  test("12 without LMK or KLS", () => {
    expect(ask({ code: "DM", request: request(0x04) }, { ...HSM_KEYS, LMK: undefined })).toBe("0001DN12");
    expect(ask({ code: "DM", request: request(0x04) }, { ...HSM_KEYS, KLS: undefined })).toBe("0001DN12");
    expect(ask({ code: "NC" }, { ...HSM_KEYS, LMK: undefined })).toBe("0001ND12");
  });

  test("AES keys have no parity: an even one is a foreign one", () => {
    expect(ask({ code: "DM", request: request(0x05, { KML: evenKml }) })).toBe("0001DN21");
  });

  test("an expired card's S3 and negative result are still judged", () => {
    const over = { DEXPIEP: "310505" };
    const load = { ...LOAD, ...over };
    const late = request(0x04, { ...over, S1: s1(0x04, load) });
    const completion = { CC: "0000", BALIEP: 12_500, S3: s3(0x04, load, "0000", 12_500) };
    expect(ask({ code: "DO", request: late, completion })).toMatch(/^0001DP00/);
    const S1 = s1(0x04, { ...ZERO_LOAD, ...over });
    expect(ask({ code: "DU", request: late, lowered: 7, fresh: { ...fresh(0x04), S1 } })).toMatch(/^0001DV00/);
  });

  test("DU: an amount, or a date that is none", () => {
    const command = { code: "DU", request: request(0x04), lowered: 7 } as const;
    expect(ask({ ...command, fresh: fresh(0x04, { MLDA: 1 }) })).toBe("0001DV15");
    expect(ask({ ...command, fresh: fresh(0x04, { DTHR: "20310506076000" }) })).toBe("0001DV15");
  });
});

describe("frames", () => {
  const body = encodeHsmCommand({ code: "DM", request: request(0x04) });

  test("NC: check value of LMK and release", () => {
    expect(say(frame("NC", ""))).toBe("0001ND0008D7B4PB03-0001");
  });

  test("header and trailer come back", () => {
    expect(say(encodeHsmFrame({ header: "~a 9", code: "NC", body: "", trailer: "to whom it may" }))).toBe(
      "~a 9ND0008D7B4PB03-0001\u0019to whom it may",
    );
    expect(say(frame("NC", "", ""))).toBe("0001ND0008D7B4PB03-0001\u0019");
    expect(say(frame("NC", "", "x".repeat(33)))).toBe("0001ND15");
  });

  test("length and characters of the fields: 15", () => {
    const wrong = [
      body.slice(1),
      `${body}0`,
      body.toLowerCase(),
      ` ${body.slice(1)}`,
      body.replace("123456", "12345A"),
      "",
    ];
    for (const each of wrong) expect(say(frame("DM", each)), each).toBe("0001DN15");
    expect(say(frame("NC", "0"))).toBe("0001ND15");
    expect(say(frame("DO", body))).toBe("0001DP15");
    expect(say(frame("DU", body))).toBe("0001DV15");
  });

  test("a command that is not known: ZZ 15", () => {
    for (const code of ["DN", "dm", "  ", "A0"]) expect(say(frame(code, body))).toBe("0001ZZ15");
  });

  test("what is no frame closes the connection", () => {
    const nothing = [new Uint8Array(0), new Uint8Array(5).fill(0x41), new Uint8Array(1025).fill(0x41)];
    const strange = ["0001NC\n", "0001NÄ", "000\u0019NC", "0001NC\u0019a\u0019b"].map((text) =>
      Buffer.from(text, "latin1"),
    );
    for (const bytes of [...nothing, ...strange]) expect(say(bytes)).toBeUndefined();
  });

  test("whatever comes, it answers a frame or closes, and never tells a key", () => {
    const part = fc.oneof(fc.constantFrom("DM", "DO", "DU", "NC", "0001", body), fc.string({ maxLength: 8 }));
    const hostile = fc.array(part, { maxLength: 6 }).map((parts) => Buffer.from(parts.join(""), "latin1"));
    fc.assert(
      fc.property(fc.oneof(hostile, fc.uint8Array({ maxLength: 1100 })), (bytes) => {
        const answer = say(bytes) ?? "";
        for (const key of [LMK, KLS, MKL]) expect(answer).not.toContain(toHex(key));
        expect(answer === "" || answer.length >= 8).toBe(true);
      }),
    );
  });
});
