/** The purse card that the suite plays to the security card: what it says of itself, its keys, its signature. */
import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { deriveCardKey, deriveSessionKeys, type SessionKeys } from "../../../harness/crypto/purse-keys.ts";
import { s3Input, signS3 } from "../../../harness/crypto/purse-signatures.ts";
import { encodeInitResponse, type InitResponse } from "../../../harness/protocol/messages/init-response.ts";
import { inconclusive } from "../../define/failures.ts";
import type { Psam } from "./psam.ts";

/** A well-formed answer to reset: T=1, IFSC 254, BWI 4, historical bytes "IEP-1". */
export const ATR = fromHex("3B858131FE454945502D31CE");

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
  const AMIEP = change.ALGIEP === 0x10 ? 2 : 1;
  return encodeInitResponse({ ...STANDARD, AMIEP, ...change });
}

/** Where the elements of INITRSP stand (`card-edge.md` 5.2). */
export const AT = {
  PPIEP: 0,
  IDIEP: 3,
  ALGIEP: 8,
  DEXPIEP: 9,
  BALIEP: 12,
  CURRIEP: 16,
  CEXPIEP: 18,
  AMIEP: 19,
  NTIEP: 20,
  VKIEP: 22,
  R: 23,
} as const;

export function isPublic(INITRSP: Uint8Array): boolean {
  return INITRSP[AT.AMIEP] === 2;
}

export function balanceOf(INITRSP: Uint8Array): number {
  return bytesToUint(INITRSP.subarray(AT.BALIEP, AT.CURRIEP));
}

/** A debit command as the security card has issued it. */
export interface Debit {
  readonly IDTRX: string;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array;
  /** 53 bytes. */
  readonly DEBITDATA: Uint8Array;
  /** 16 bytes, of a debit that was issued (P1 01). */
  readonly EXPECTED?: Uint8Array;
  /** Session key of a public key card, 16 bytes. */
  readonly SK?: Uint8Array;
  /** The master key that it was begun under, where that is no test key of the card's names. */
  readonly MKP?: Uint8Array;
}

export function amountOf({ DEBITDATA }: Pick<Debit, "DEBITDATA">): number {
  return bytesToUint(DEBITDATA.subarray(11, 15));
}

/** KS2 and KS3 of that transaction; no answer may show them from now on. */
export function sessionKeys(psam: Psam, { INITRSP, SK, MKP }: Pick<Debit, "INITRSP" | "SK" | "MKP">): SessionKeys {
  const cardKey = SK ?? keyOfCard(psam, INITRSP, MKP);
  const NTIEP = bytesToUint(INITRSP.subarray(AT.NTIEP, AT.VKIEP));
  const keys = deriveSessionKeys(INITRSP[AT.ALGIEP] ?? 0, cardKey, NTIEP, INITRSP.subarray(AT.R));
  const names = { "key of the card": cardKey, KS2: keys.KS2, KS3: keys.KS3 };
  for (const [name, key] of Object.entries(names)) psam.secrets.add(name, key);
  return keys;
}

function keyOfCard({ t }: Psam, INITRSP: Uint8Array, own?: Uint8Array): Uint8Array {
  const [ALGIEP = 0, VKIEP = 0] = [INITRSP[AT.ALGIEP], INITRSP[AT.VKIEP]];
  const PPIEP = toHex(INITRSP.subarray(0, AT.IDIEP));
  const MKP = own ?? t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  if (!MKP) return inconclusive(`no test key for PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`, "bench");
  return deriveCardKey(ALGIEP, MKP, PPIEP, toHex(INITRSP.subarray(AT.IDIEP, AT.ALGIEP)));
}

export interface Claim {
  /** 4 hex digits; `0000` when absent. */
  readonly CC?: string;
  /** Under S3; the balance that goes with CC when absent. */
  readonly BALIEP?: number;
}

/** The balance that a genuine card has after that completion. */
export function balanceAfter(debit: Pick<Debit, "INITRSP" | "DEBITDATA">, CC: string): number {
  const before = balanceOf(debit.INITRSP);
  return CC === "0000" ? before - amountOf(debit) : before;
}

/** CARDRSP, 16 bytes, as the card of that debit gives it. */
export function cardrsp(psam: Psam, debit: Debit, claim: Claim = {}): Uint8Array {
  const { CC = "0000" } = claim;
  const BALIEP = claim.BALIEP ?? balanceAfter(debit, CC);
  const { INITRSP, DEBITDATA } = debit;
  const S3 = signS3(INITRSP[AT.ALGIEP] ?? 0, sessionKeys(psam, debit).KS3, INITRSP, DEBITDATA, { CC, BALIEP });
  return cardrspOf(CC, INITRSP, BALIEP, S3);
}

/** The elements of CARDRSP in their places. */
export function cardrspOf(CC: string, INITRSP: Uint8Array, BALIEP: number, S3: Uint8Array): Uint8Array {
  return concat(fromHex(CC), INITRSP.subarray(AT.NTIEP, AT.VKIEP), uintToBytes(BALIEP, 4), S3);
}

/** The 69 bytes under the S3 of a debit that succeeded. */
export function underS3(debit: Debit): Uint8Array {
  return s3Input(debit.INITRSP, debit.DEBITDATA, { CC: "0000", BALIEP: balanceAfter(debit, "0000") });
}
