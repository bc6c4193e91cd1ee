import { fromHex, toHex } from "../../core/bytes.ts";
import { caName, parseCertificate } from "../../crypto/certificate.ts";
import { RSA_LENGTH } from "../../crypto/rsa.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { answered, type CardStep, refusedSession } from "./answer.ts";
import type { CardCrypto } from "./crypto.ts";
import type { CardState, CertifiedPsam, PublicKeyPart } from "./state.ts";

const NO_DATA = new Uint8Array(0);

/** PRESENT CERTIFICATE (card-edge.md 5.3a): is this PSAM one of the card's CA? */
export function presentCertificate(state: CardState, apdu: CommandApdu, crypto: CardCrypto): CardStep {
  const { purse, session } = state;
  if (session.kind !== "initialised" || session.psam || !purse.rsa) return refusedSession(state, 0x6985);
  const certificate = parseCertificate(apdu.data);
  if (certificate?.type !== "psam") return refusedSession(state, 0x6a80);
  if (certificate.authority !== caName(purse.PPIEP, purse.VKIEP)) return refusedSession(state, 0x9421);
  if (!crypto.verifyCertificate(fromHex(purse.rsa.caModulus), apdu.data)) return refusedSession(state, 0x9422);
  const psam: CertifiedPsam = { subject: certificate.subject, modulus: toHex(certificate.modulus) };
  return answered({ ...state, session: { ...session, psam } }, NO_DATA);
}

/** PRESENT SESSION KEY (card-edge.md 5.3a): the key of this one transaction, from that PSAM. */
export function presentSessionKey(state: CardState, apdu: CommandApdu, crypto: CardCrypto): CardStep {
  const { purse, session } = state;
  if (session.kind !== "initialised" || !session.psam || session.psam.SK !== undefined || !purse.rsa) {
    return refusedSession(state, 0x6985);
  }
  const SK = openSessionKey(purse.rsa, session.INITRSP, session.psam, apdu.data, crypto);
  if (SK === null) return refusedSession(state, 0x9422);
  return answered({ ...state, session: { ...session, psam: { ...session.psam, SK: toHex(SK) } } }, NO_DATA);
}

function openSessionKey(
  { privateKey }: PublicKeyPart,
  INITRSP: string,
  { subject, modulus }: CertifiedPsam,
  SESSKEY: Uint8Array,
  crypto: CardCrypto,
): Uint8Array | null {
  return crypto.openSessionKey(privateKey, {
    PPPSAM: subject.slice(0, 6),
    IDPSAM: subject.slice(8),
    modulus: fromHex(modulus),
    INITRSP: fromHex(INITRSP),
    EK: SESSKEY.subarray(0, RSA_LENGTH),
    SIG: SESSKEY.subarray(RSA_LENGTH),
  });
}
