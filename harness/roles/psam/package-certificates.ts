import { fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { type CertificateType, caName, cardName, issuerName, parseCertificate } from "../../crypto/certificate.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { answered, type PsamStep, refused, refusedPackage } from "./answer.ts";
import type { PsamCrypto } from "./crypto.ts";
import { cardOf } from "./kept.ts";
import { authorityFor } from "./key-material.ts";
import type { CertifiedKey, PsamState } from "./state.ts";

/** PACKAGE: ISSUER CERTIFICATE (psam-edge.md 4.2a): does the CA of this card know its issuer? */
export function packageIssuerCertificate(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory, session } = state;
  if (memory.open !== null || session.kind !== "card-identified") return refused(state, 0x6985);
  const { PPIEP, VKIEP } = cardOf(fromHex(session.INITRSP));
  const CA = authorityFor(memory, { PPIEP, VKIEP });
  if (!CA) throw new PursebenchError("INTERNAL", "the CA of an identified card is gone");
  const wanted = { type: "issuer", authority: caName(PPIEP, VKIEP), subject: issuerName(PPIEP) } as const;
  const judged = judgeCertificate(apdu.data, { ...wanted, modulus: CA.modulus, updated: memory.updated }, crypto);
  if (!judged.ok) return refusedPackage(state, judged.SW);
  const { INITRSP } = session;
  return answered({ ...state, session: { kind: "issuer-certified", INITRSP, issuer: judged.certified } });
}

/** PACKAGE: CARD CERTIFICATE (psam-edge.md 4.2a): does that issuer know this card? */
export function packageCardCertificate(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory, session } = state;
  if (memory.open !== null || session.kind !== "issuer-certified") return refused(state, 0x6985);
  const { INITRSP, issuer } = session;
  const { PPIEP, IDIEP } = cardOf(fromHex(INITRSP));
  const wanted = { type: "card", authority: issuerName(PPIEP), subject: cardName(PPIEP, IDIEP) } as const;
  const judged = judgeCertificate(apdu.data, { ...wanted, modulus: issuer.modulus, updated: memory.updated }, crypto);
  if (!judged.ok) return refusedPackage(state, judged.SW);
  const certified = { ...judged.certified, issuerLastDay: issuer.lastDay };
  return answered({ ...state, session: { kind: "card-accepted", INITRSP, certified } });
}

/** What a certificate must be to count here. */
export interface WantedCertificate {
  readonly type: CertificateType;
  /** Names, 16 hex digits each. */
  readonly authority: string;
  readonly subject: string;
  /** Key of the authority, 224 hex digits. */
  readonly modulus: string;
  /** Day of the PSAM's last update, YYYYMMDD: the only day that it knows here. */
  readonly updated: string;
}

/** The certified key, or why the certificate does not count, in the order of the table. */
export function judgeCertificate(
  bytes: Uint8Array,
  wanted: WantedCertificate,
  crypto: PsamCrypto,
): { readonly ok: true; readonly certified: CertifiedKey } | { readonly ok: false; readonly SW: number } {
  const certificate = parseCertificate(bytes);
  if (certificate?.type !== wanted.type) return { ok: false, SW: 0x6a80 };
  const isOfThese = certificate.authority === wanted.authority && certificate.subject === wanted.subject;
  if (!isOfThese) return { ok: false, SW: 0x9421 };
  if (!crypto.verifyCertificate(fromHex(wanted.modulus), bytes)) return { ok: false, SW: 0x9422 };
  const { lastDay, modulus } = certificate;
  if (`20${lastDay}` < wanted.updated) return { ok: false, SW: 0x9420 };
  return { ok: true, certified: { modulus: toHex(modulus), lastDay } };
}
