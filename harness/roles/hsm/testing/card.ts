/** A card and its load server's elements, for tests of HSM and load server: signs as a genuine card does. */
import { fromHex, toHex } from "../../../core/bytes.ts";
import { encipherMasterLoadKey } from "../../../crypto/key-cryptogram.ts";
import { deriveLoadKey, deriveLoadSessionKeys, type LoadAlgorithm } from "../../../crypto/load-keys.ts";
import { type LoadRequest, signLoadS1, signLoadS3 } from "../../../crypto/load-signatures.ts";
import type { HsmRequest } from "../../../protocol/hsm/commands.ts";
import { type HsmKeys, servedKey } from "../keys.ts";

export const LMK = fromHex("0123456789ABCDEFFEDCBA9876543210");
export const KLS = fromHex("00112233445566778899AABBCCDDEEFF");
/** Every byte has odd parity: good for both algorithms. */
export const MKL = fromHex("10131516191A1C1F20232526292A2C2F");
export const KML = toHex(encipherMasterLoadKey(LMK, MKL));

const NAMES = [0x04, 0x05].map((ALGL) => ({ PPIEP: "123456", ALGL: ALGL as LoadAlgorithm, VKIEP: 1 }));

/** An HSM that serves for PPIEP 123456, version 1, in both algorithms. */
export const HSM_KEYS: HsmKeys = { LMK, KLS, served: NAMES.map((name) => servedKey(name, MKL)) };

/** 25.00 EUR onto a card that holds 100.00 EUR. */
export const LOAD: LoadRequest = {
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
  DTHR: "20310506070809",
  IDTRX: "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF",
};

function keysFor(ALGL: number, { PPIEP, IDIEP, NTIEP, R }: LoadRequest) {
  return deriveLoadSessionKeys(ALGL, deriveLoadKey(ALGL, MKL, PPIEP, IDIEP), { NTIEP, R });
}

/** S1 of a genuine card, 16 hex digits. */
export function s1(ALGL: number, load: LoadRequest): string {
  return toHex(signLoadS1(ALGL, keysFor(ALGL, load).KS1, load));
}

/** S3 of a genuine card, 16 hex digits. `BALIEP`: after the command. */
export function s3(ALGL: number, load: LoadRequest, CC: string, BALIEP: number): string {
  return toHex(signLoadS3(ALGL, keysFor(ALGL, load).KS3, load, { CC, BALIEP }));
}

/** REQ of a load, as the card signed it unless `over` says otherwise. */
export function request(ALGL: number, over: Partial<HsmRequest> = {}): HsmRequest {
  return { ...LOAD, KML, S1: s1(ALGL, LOAD), VKIEP: 1, ALGL, ...over };
}
