/** The commands that make a blank IEP applet this purse (`test-cards.md` 2). */
import { concat, fromHex } from "../../core/bytes.ts";
import { modulusOf, privateExponentOf } from "../../crypto/rsa.ts";
import { encodeElement } from "../../protocol/messages/element-value.ts";
import { encodeSupply, SUPPLIED_STATE, SUPPLY_END, SUPPLY_IEP } from "../../protocol/messages/supply.ts";
import type { PublicKeyPart, Purse } from "./state.ts";

const PURSE_ELEMENTS = [
  "PPIEP",
  "IDIEP",
  "ALGIEP",
  "DEXPIEP",
  "BALIEP",
  "BALmaxIEP",
  "CURRIEP",
  "CEXPIEP",
  "AMIEP",
  "NTIEP",
  "VKIEP",
] as const;
/** KDP of a card that has none. */
const NO_KEY = "00".repeat(16);

/** In order; each is answered `9000`. They carry test keys: to be sent, never shown. */
export function cardSupply(purse: Purse): readonly Uint8Array[] {
  const serialNumber = encodeSupply(SUPPLY_IEP.serialNumber, fromHex(purse.SNIEP));
  const end = encodeSupply(SUPPLY_END, Uint8Array.of(SUPPLIED_STATE[purse.lifeCycle]));
  if (purse.lifeCycle === "supplied")
    return [serialNumber, encodeSupply(SUPPLY_IEP.updateKey, fromHex(purse.KDU)), end];
  const elements = PURSE_ELEMENTS.map((name) => encodeElement(name, purse[name]));
  return [
    serialNumber,
    encodeSupply(SUPPLY_IEP.purse, concat(...elements)),
    encodeSupply(SUPPLY_IEP.keys, fromHex((purse.KDP || NO_KEY) + purse.KDL)),
    ...(purse.rsa ? publicKeySupply(purse.rsa) : []),
    end,
  ];
}

function publicKeySupply(rsa: PublicKeyPart): readonly Uint8Array[] {
  const parts = [
    modulusOf(rsa.privateKey),
    privateExponentOf(rsa.privateKey),
    fromHex(rsa.issuerCertificate),
    fromHex(rsa.cardCertificate),
    fromHex(rsa.caModulus),
  ];
  return parts.map((data, part) => encodeSupply(SUPPLY_IEP.rsa, data, part));
}
