/** What a card says of itself, read by literal commands, and the keys that belong to it. */
import { bytesToUint, fromHex, toHex } from "../../../harness/core/bytes.ts";
import { deriveLoadKey, loadAlgorithm } from "../../../harness/crypto/load-keys.ts";
import { deriveCardUpdateKey } from "../../../harness/crypto/personalisation.ts";
import { deriveCardKey } from "../../../harness/crypto/purse-keys.ts";
import type { DeviceContext } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";
import { expectData, select, type Talk } from "./talk.ts";

export const PUBLIC_KEY = 0x10;

/** Elements of section 2; BCD as digits, amounts in minor units. */
export interface CardFacts {
  readonly PPIEP: string;
  readonly IDIEP: string;
  /** 16 hex digits. */
  readonly SNIEP: string;
  readonly ALGIEP: number;
  readonly DEXPIEP: string;
  readonly BALmaxIEP: number;
  readonly CURRIEP: string;
  readonly CEXPIEP: number;
  readonly VKIEP: number;
}

/** The keys of one card, 16 bytes each. */
export interface CardKeys {
  /** None on a public key card. */
  readonly KDP: Uint8Array | undefined;
  readonly KDL: Uint8Array;
}

/** What changes. */
export interface Balance {
  readonly BALIEP: number;
  readonly NTIEP: number;
}

/** A selected issued card. */
export async function readFacts(talk: Talk): Promise<CardFacts & Balance> {
  const identity = toHex(await select(talk));
  const balance = await expectData(talk, "GET BALANCE", "905C00000D", 13);
  const file = await expectData(talk, "READ RECORD of the card information", "00B2010C00", 21);
  return {
    PPIEP: identity.slice(34, 40),
    IDIEP: identity.slice(46, 56),
    SNIEP: identity.slice(62, 78),
    BALIEP: bytesToUint(balance.subarray(0, 4)),
    BALmaxIEP: bytesToUint(balance.subarray(4, 8)),
    CURRIEP: toHex(balance.subarray(8, 10)),
    CEXPIEP: balance[10] ?? 0,
    NTIEP: bytesToUint(balance.subarray(11, 13)),
    DEXPIEP: toHex(file.subarray(16, 19)),
    ALGIEP: file[19] ?? 0,
    VKIEP: file[20] ?? 0,
  };
}

/** The card's own keys out of the master keys of the test system; inconclusive where there are none. */
export function keysOf(t: DeviceContext, facts: CardFacts): CardKeys {
  const { PPIEP, IDIEP, ALGIEP } = facts;
  const ALGL = loadAlgorithm(ALGIEP);
  const { MKP, MKL } = masterKeys(t, facts);
  const KDL = deriveLoadKey(ALGL, MKL, PPIEP, IDIEP);
  return { KDP: MKP && deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP), KDL };
}

function masterKeys(t: DeviceContext, { PPIEP, ALGIEP, VKIEP }: CardFacts) {
  const of = `PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`;
  const MKP = t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  if (MKP === undefined && ALGIEP !== PUBLIC_KEY) return inconclusive(`no test key MKP for ${of}`, "bench");
  const MKL = t.keys.masterLoadKey(PPIEP, loadAlgorithm(ALGIEP), VKIEP) ?? inconclusive(`no MKL for ${of}`, "bench");
  return { MKP: ALGIEP === PUBLIC_KEY ? undefined : MKP, MKL };
}

/** Halves of everything that the card keeps secret and of the master keys above it, in hex: what no answer may hold. */
export function secretsOf(t: DeviceContext, facts: CardFacts): readonly string[] {
  const { KDP, KDL } = keysOf(t, facts);
  const { MKP, MKL } = masterKeys(t, facts);
  const MKU = t.keys.masterUpdateKey(facts.PPIEP);
  const KDU = MKU && deriveCardUpdateKey(MKU, facts.SNIEP);
  return [KDP, KDL, MKP, MKL, MKU, KDU].flatMap((key) => (key ? halves(key) : []));
}

/** Both halves of a key, 8 bytes each, in hex. */
export function halves(key: Uint8Array): readonly string[] {
  return [toHex(key.subarray(0, 8)), toHex(key.subarray(8, 16))];
}

/** "0978" for a card's own currency, and one that is not it. */
export function otherCurrency({ CURRIEP }: Pick<CardFacts, "CURRIEP">): string {
  return CURRIEP === "0840" ? "0978" : "0840";
}

/** `elements` of that many hex digits behind each other, as bytes. */
export function bytesOf(...elements: readonly string[]): Uint8Array {
  return fromHex(elements.join(""));
}
