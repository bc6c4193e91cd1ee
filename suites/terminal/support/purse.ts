/** The purse card that the suite plays: what it says of itself, and its S3 (`card-edge.md` 5, `keys-and-signatures.md` 2 to 4). */
import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { deriveCardKey, deriveSessionKeys, type SessionKeys } from "../../../harness/crypto/purse-keys.ts";
import { signS2, signS3 } from "../../../harness/crypto/purse-signatures.ts";
import { encodeInitResponse, type InitResponse } from "../../../harness/protocol/messages/init-response.ts";
import type { DeviceContext } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";

/** A well-formed answer to reset, hex: T=1, IFSC 254, BWI 4, historical bytes "IEP-1". */
export const ATR = "3B858131FE454945502D31CE";

const STANDARD: InitResponse = {
  PPIEP: "000123",
  IDIEP: "0000004711",
  ALGIEP: 4,
  DEXPIEP: "991231",
  BALIEP: 50_000,
  CURRIEP: "0978",
  CEXPIEP: 2,
  AMIEP: 1,
  NTIEP: 7,
  VKIEP: 1,
  R: "A5C30F96",
};

/** INITRSP, 27 bytes, of a card of the bench's first provider, triple DES, euro, 500.00. */
export function purse(change: Partial<InitResponse> = {}): Uint8Array {
  return encodeInitResponse({ ...STANDARD, ...change });
}

function keysOf(t: DeviceContext, INITRSP: Uint8Array): SessionKeys {
  const [ALGIEP = 0, VKIEP = 0] = [INITRSP[8], INITRSP[22]];
  const PPIEP = toHex(INITRSP.subarray(0, 3));
  const MKP = t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP) ?? inconclusive(`no test key for PPIEP ${PPIEP}`, "bench");
  const KDP = deriveCardKey(ALGIEP, MKP, PPIEP, toHex(INITRSP.subarray(3, 8)));
  return deriveSessionKeys(ALGIEP, KDP, bytesToUint(INITRSP.subarray(20, 22)), INITRSP.subarray(23, 27));
}

/** S2 that the security card owes for these 53 bytes, hex. */
export function dueS2(t: DeviceContext, INITRSP: Uint8Array, DEBITDATA: Uint8Array): string {
  return toHex(signS2(INITRSP[8] ?? 0, keysOf(t, INITRSP).KS2, INITRSP, DEBITDATA));
}

/** CARDRSP, 16 bytes: CC, NTIEP, balance and S3 of the card of that debit. */
export function cardrsp(t: DeviceContext, INITRSP: Uint8Array, DEBITDATA: Uint8Array, CC = "0000"): Uint8Array {
  const before = bytesToUint(INITRSP.subarray(12, 16));
  const BALIEP = CC === "0000" ? before - bytesToUint(DEBITDATA.subarray(11, 15)) : before;
  const S3 = signS3(INITRSP[8] ?? 0, keysOf(t, INITRSP).KS3, INITRSP, DEBITDATA, { CC, BALIEP });
  return concat(fromHex(CC), INITRSP.subarray(20, 22), uintToBytes(BALIEP, 4), S3);
}
