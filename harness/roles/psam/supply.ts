/** The commands that make a blank PSAM applet this security card (`test-cards.md` 2). */
import { concat, fromHex, uintToBytes } from "../../core/bytes.ts";
import { modulusOf, privateExponentOf } from "../../crypto/rsa.ts";
import { encodeElement } from "../../protocol/messages/element-value.ts";
import { encodeSupply, SUPPLIED_STATE, SUPPLY_END, SUPPLY_PSAM } from "../../protocol/messages/supply.ts";
import type { Authority, PsamMemory } from "./state.ts";

/** In order; each is answered `9000`. They carry test keys: to be sent, never shown. */
export function psamSupply(memory: PsamMemory): readonly Uint8Array[] {
  const { PPPSAM, IDPSAM, NTPSAM, updated, KDC, NTCOL, NTUPD, signingKey } = memory;
  const identity = [
    encodeElement("PPPSAM", PPPSAM),
    fromHex(IDPSAM),
    uintToBytes(NTPSAM, 4),
    fromHex(updated),
    fromHex(KDC),
    uintToBytes(NTCOL, 4),
    uintToBytes(NTUPD, 4),
  ];
  return [
    encodeSupply(SUPPLY_PSAM.identity, concat(...identity)),
    ...memory.keys.map(({ PPIEP, ALGIEP, VKIEP, MKP }) =>
      encodeSupply(SUPPLY_PSAM.masterKey, concat(fromHex(PPIEP), Uint8Array.of(ALGIEP, VKIEP), fromHex(MKP))),
    ),
    ...memory.authorities.flatMap(authoritySupply),
    ...(signingKey === null ? [] : rsaSupply(signingKey)),
    ...memory.currencies.map(({ CURR, CEXP }) =>
      encodeSupply(SUPPLY_PSAM.currency, concat(fromHex(CURR), Uint8Array.of(CEXP))),
    ),
    ...memory.blockedCards.map(({ PPIEP, IDIEP }) =>
      encodeSupply(SUPPLY_PSAM.blockedCard, concat(fromHex(PPIEP), fromHex(IDIEP))),
    ),
    encodeSupply(SUPPLY_END, Uint8Array.of(SUPPLIED_STATE.issued)),
  ];
}

function authoritySupply({ PPIEP, VKIEP, modulus, certificate }: Authority): readonly Uint8Array[] {
  const key = concat(fromHex(PPIEP), Uint8Array.of(VKIEP), fromHex(modulus));
  return [encodeSupply(SUPPLY_PSAM.authority, key), encodeSupply(SUPPLY_PSAM.authority, fromHex(certificate), 1)];
}

function rsaSupply(privateKey: string): readonly Uint8Array[] {
  return [
    encodeSupply(SUPPLY_PSAM.rsa, modulusOf(privateKey)),
    encodeSupply(SUPPLY_PSAM.rsa, privateExponentOf(privateKey), 1),
  ];
}
