/** Certificates of the public key card that the suite plays, of the harness's own making under the test key of the CA. */
import { bytesToUint, toHex } from "../../../harness/core/bytes.ts";
import { certifyOnce } from "../../../harness/crypto/certify-once.ts";
import type { DeviceContext } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";
import { NAMES } from "../../payment/algorithms/certificate.ts";
import { type OwnKey, ownKey } from "../../support/own-key.ts";
import { PUBLIC_PROGRAM } from "./personalisation.ts";
import { AT } from "./purse.ts";

/** Far enough away for every date in the suite; YYMMDD. */
export const LAST_DAY = "991231";

let made: { readonly issuer: OwnKey; readonly card: OwnKey } | undefined;

/** Keys of the issuer and of the card that the suite plays: made once, for they take long. */
export function ownKeys(): { readonly issuer: OwnKey; readonly card: OwnKey } {
  made ??= { issuer: ownKey("issuer of the suite psam"), card: ownKey("card of the suite psam") };
  return made;
}

/** Private key of the CA, PKCS#8 in base64. */
export function caKey(t: DeviceContext): string {
  const { PPIEP, VKIEP } = PUBLIC_PROGRAM;
  return t.keys.caPrivateKey(PPIEP, VKIEP) ?? inconclusive("no test key of the CA", "bench");
}

export interface Certificates {
  /** 244 bytes each. */
  readonly issuer: Uint8Array;
  readonly card: Uint8Array;
}

/** The certificates of the card that says INITRSP of itself. `days`: last days YYMMDD. */
export function certificatesFor(
  t: DeviceContext,
  INITRSP: Uint8Array,
  days: { readonly issuer?: string; readonly card?: string } = {},
): Certificates {
  const { issuer, card } = ownKeys();
  const PPIEP = toHex(INITRSP.subarray(0, AT.IDIEP));
  const IDIEP = toHex(INITRSP.subarray(AT.IDIEP, AT.ALGIEP));
  const VKIEP = bytesToUint(INITRSP.subarray(AT.VKIEP, AT.R));
  const names = { issuer: NAMES.issuer({ PPIEP, VKIEP }), card: NAMES.card({ PPIEP, IDIEP }) };
  const made = (type: "issuer" | "card", by: string, modulus: Uint8Array) => {
    const { authority, subject } = names[type];
    return certifyOnce(by, { type, authority, subject, lastDay: days[type] ?? LAST_DAY, modulus });
  };
  return { issuer: made("issuer", caKey(t), issuer.modulus), card: made("card", issuer.privateKey, card.modulus) };
}
