/** What an issuer writes into a supplied card (`card-edge.md` 5.7, `keys-and-signatures.md` 11), put together by its byte table. */
import { concat, fromHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { aesCmac } from "../../../harness/crypto/aes.ts";
import { deriveCardUpdateKey, encipherCardKeys } from "../../../harness/crypto/personalisation.ts";
import type { DeviceContext } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";
import { apduOf } from "./commands.ts";
import { type CardFacts, keysOf } from "./facts.ts";

/** What a card becomes: its facts, and the value that it is issued with. */
export type Issue = Omit<CardFacts, "SNIEP"> & { readonly BALIEP: number };

export const EURO: Issue = {
  PPIEP: "000123",
  IDIEP: "0000009998",
  ALGIEP: 4,
  DEXPIEP: "291231",
  BALIEP: 700,
  BALmaxIEP: 50_000,
  CURRIEP: "0978",
  CEXPIEP: 2,
  VKIEP: 1,
};

/** KDU of the card with that serial number. */
export function updateKey(t: DeviceContext, SNIEP: string, PPIEP = EURO.PPIEP): Uint8Array {
  const MKU = t.keys.masterUpdateKey(PPIEP) ?? inconclusive(`no test key MKU of ${PPIEP}`, "bench");
  return deriveCardUpdateKey(MKU, SNIEP);
}

/** The 65 bytes of PERSODATA before the MAC. */
export function signedPart(t: DeviceContext, KDU: Uint8Array, issue: Issue): Uint8Array {
  const { KDP, KDL } = keysOf(t, { ...issue, SNIEP: "" });
  const KEYS = encipherCardKeys(KDU, { KDP: KDP ?? new Uint8Array(16), KDL });
  return concat(elements(issue), new Uint8Array(8), KEYS);
}

function elements({ PPIEP, IDIEP, ALGIEP, DEXPIEP, BALIEP, BALmaxIEP, CURRIEP, CEXPIEP, VKIEP }: Issue): Uint8Array {
  const money = concat(uintToBytes(BALIEP, 4), uintToBytes(BALmaxIEP, 4), fromHex(CURRIEP), Uint8Array.of(CEXPIEP));
  return concat(fromHex(PPIEP + IDIEP), Uint8Array.of(ALGIEP), fromHex(DEXPIEP), money, Uint8Array.of(1, VKIEP));
}

/** MAC over PERSODATA, 8 bytes. `label`: of the key under KDU; `domain`: first byte of what is signed. */
export function issuerMac(KDU: Uint8Array, signed: Uint8Array, label = 0x32, domain = "8C"): Uint8Array {
  return aesCmac(aesCmac(KDU, Uint8Array.of(label)), concat(fromHex(domain), signed)).slice(0, 8);
}

export function personalise(signed: Uint8Array, MAC: Uint8Array): Uint8Array {
  return apduOf([0x90, 0x5e, 0x00, 0x00], concat(signed, MAC));
}
