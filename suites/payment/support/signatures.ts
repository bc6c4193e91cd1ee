/** S2 and S3 recomputed from the master keys of the test system, for cases with `needs: { keys: true }`. */
import { concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { deriveCardKey, deriveSessionKeys, type SessionKeys } from "../../../harness/crypto/purse-keys.ts";
import { signS2, signS3 } from "../../../harness/crypto/purse-signatures.ts";
import type { CaseContext } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";
import type { Issued, Offer } from "./direct.ts";

/** What a card says of itself that its keys depend on. */
export interface KeyFacts {
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly ALGIEP: number;
  readonly VKIEP: number;
  readonly NTIEP: number;
}

export function cardKey(t: CaseContext, { PPIEP, IDIEP, ALGIEP, VKIEP }: KeyFacts): Uint8Array {
  const MKP = t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  if (!MKP) return inconclusive(`no test key for PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`, "bench");
  return deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP);
}

export function sessionKeys(t: CaseContext, facts: KeyFacts, INITRSP: Uint8Array): SessionKeys {
  return deriveSessionKeys(facts.ALGIEP, cardKey(t, facts), facts.NTIEP, INITRSP.subarray(23, 27));
}

/** S2, 16 hex digits, that the PSAM must give for that card and those first 45 bytes of DEBITDATA. */
export function expectedS2(t: CaseContext, { INITRSP, fields }: Omit<Offer, "ATR">, DEBITDATA: Uint8Array): string {
  const { KS2 } = sessionKeys(t, fields, INITRSP);
  return toHex(signS2(fields.ALGIEP, KS2, INITRSP, DEBITDATA.subarray(0, 45)));
}

/** The CARDRSP that a card with these keys gives; `claims` in it are signed, `keysOf` is another card whose keys sign. */
export function cardResponse(
  t: CaseContext,
  { offer, DEBITDATA, MPDA }: Pick<Issued, "offer" | "DEBITDATA" | "MPDA">,
  CC: string,
  keysOf: KeyFacts = offer.fields,
): Uint8Array {
  const { INITRSP, fields } = offer;
  const BALIEP = CC === "0000" ? fields.BALIEP - MPDA : fields.BALIEP;
  const { KS3 } = sessionKeys(t, keysOf, INITRSP);
  const S3 = signS3(fields.ALGIEP, KS3, INITRSP, DEBITDATA, { CC, BALIEP });
  return concat(fromHex(CC), uintToBytes(fields.NTIEP, 2), uintToBytes(BALIEP, 4), S3);
}
