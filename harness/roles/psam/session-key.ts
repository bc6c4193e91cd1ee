import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { nextSecret } from "../../crypto/challenge.ts";
import { RSA_LENGTH } from "../../crypto/rsa.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { PSAM_READ_CERTIFICATE } from "../../protocol/messages/psam-certificates.ts";
import { answered, type PsamStep, refused } from "./answer.ts";
import type { PsamCrypto } from "./crypto.ts";
import { cardOf } from "./kept.ts";
import { authorityFor } from "./key-material.ts";
import type { CertifiedCard, ForCard, PsamState } from "./state.ts";

/** A session key for one debit of a public key card. */
export interface SessionKey {
  /** 32 hex digits. */
  readonly SK: string;
  readonly forCard: ForCard;
  /** What the next one is made from. */
  readonly entropy: string;
}

/** A fresh session key for that card (keys-and-signatures.md 8). Throws `INTERNAL` when the card's CA is gone. */
export function makeSessionKey(
  { memory, entropy }: Pick<PsamState, "memory" | "entropy">,
  INITRSP: string,
  card: CertifiedCard,
  crypto: PsamCrypto,
): SessionKey {
  const CA = authorityFor(memory, cardOf(fromHex(INITRSP)));
  if (!CA || memory.signingKey === null) throw new PursebenchError("INTERNAL", "the CA of an accepted card is gone");
  const { PPPSAM, IDPSAM, signingKey } = memory;
  const next = nextSecret(entropy, RSA_LENGTH);
  const told = { PPPSAM, IDPSAM, INITRSP: fromHex(INITRSP), modulus: fromHex(card.modulus), z: next.secret };
  const { SK, EK, SIG } = crypto.sendSessionKey(signingKey, told);
  return {
    SK: toHex(SK),
    forCard: { PSAMCERT: CA.certificate, SESSKEY: toHex(concat(EK, SIG)) },
    entropy: next.entropy,
  };
}

/** READ CERTIFICATE and READ SESSION KEY (psam-edge.md 4.7), for the debit issued last. */
export function readForCard(state: PsamState, apdu: CommandApdu): PsamStep {
  const forCard = state.session.kind === "idle" ? state.session.forCard : undefined;
  if (!forCard) return refused(state, 0x6985);
  const { PSAMCERT, SESSKEY } = forCard;
  return answered(state, fromHex(apdu.p1 === PSAM_READ_CERTIFICATE.p1 ? PSAMCERT : SESSKEY));
}
