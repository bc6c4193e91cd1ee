/** Defects in what is particular to public key cards: certificates, session keys (`keys-and-signatures.md` 8). */
import { createHash } from "node:crypto";
import { concat, fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { decipherSessionKey } from "../crypto/key-transport.ts";
import { rsaPrivate, rsaPublic } from "../crypto/rsa.ts";
import { type CardCrypto, cardCrypto } from "../roles/card/crypto.ts";
import { createCardRole } from "../roles/card/model.ts";
import type { CardInput, CardOutput, CardState } from "../roles/card/state.ts";
import { type PsamCrypto, psamCrypto } from "../roles/psam/crypto.ts";
import { createPsamRole } from "../roles/psam/model.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { PSAM_CERTIFICATE_BEHAVIOURS } from "./psam-certificates.ts";
import { PUBLIC_KEY_MESSAGE_BEHAVIOURS } from "./public-key-messages.ts";
import { varyInputs } from "./wrap.ts";

const READ_CERTIFICATES = fromHex("00B20014");
const LABEL_LENGTH = 16;

const withCard = (changed: Partial<CardCrypto>) => ({ card: () => createCardRole({ ...cardCrypto, ...changed }) });
const withPsam = (changed: Partial<PsamCrypto>) => ({ psam: () => createPsamRole({ ...psamCrypto, ...changed }) });

/** `record`, `as`: READ RECORD of one certificate gives the other. */
const givesOtherCertificate: Behaviour = (parameters) => {
  const record = Number(textOf(parameters, "record"));
  const other = Number(textOf(parameters, "as"));
  return {
    card: varyInputs<CardState, CardInput, CardOutput>((input) => {
      if (input.kind !== "command" || !isReadCertificate(input.bytes) || input.bytes[2] !== record) return input;
      return { ...input, bytes: input.bytes.with(2, other) };
    }),
  };
};

/** `fault` of the card: "any-certificate" or "any-key" (whoever signed it), "any-psam" (whoever stands in DEBITDATA). */
const cardTrusts: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  switch (fault) {
    case "any-certificate":
      return withCard({ verifyCertificate: () => true });
    case "any-key":
      return withCard({ openSessionKey: (privateKey, { EK }) => decipherSessionKey(privateKey, EK) });
    case "any-psam":
      return { card: (reference) => ({ handle: (state, input) => reference.handle(trusting(state, input), input) }) };
    default:
      throw new PursebenchError("USAGE", `no trust of a card is called "${fault}"`);
  }
};

/**
 * `fault` of what the security card sends for the card: "unsigned" (SIG zero), "without-challenge" (SIG not over INITRSP),
 * "first-key" (the same key in every draw).
 */
const sendsKey: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  let first: Uint8Array | undefined;
  const send: PsamCrypto["sendSessionKey"] = (signingKey, transport) => {
    first ??= transport.z;
    switch (fault) {
      case "unsigned":
        return { ...psamCrypto.sendSessionKey(signingKey, transport), SIG: new Uint8Array(112) };
      case "without-challenge":
        return psamCrypto.sendSessionKey(signingKey, { ...transport, INITRSP: new Uint8Array(27) });
      case "first-key":
        return psamCrypto.sendSessionKey(signingKey, { ...transport, z: first });
      default:
        throw new PursebenchError("USAGE", `no session key is called "${fault}"`);
    }
  };
  return withPsam({ sendSessionKey: send });
};

/** Card and security card agree on something that nobody else knows of: "unsigned" (nobody looks at SIG), "other-half" (SK is the second half of the hash). */
const agreesOnKey: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  if (fault === "unsigned") {
    return { ...cardTrusts({ fault: "any-key" }), ...sendsKey({ fault: "unsigned" }) };
  }
  const otherHalf = (z: Uint8Array) => Uint8Array.from(createHash("sha256").update(z).digest().subarray(LABEL_LENGTH));
  return {
    ...withCard({
      openSessionKey(privateKey, presented) {
        const z = cardCrypto.openSessionKey(privateKey, presented) && rsaPrivate(privateKey, presented.EK);
        return z && otherHalf(z);
      },
    }),
    ...withPsam({
      sendSessionKey(signingKey, transport) {
        const z = transport.z.with(0, 0);
        const sent = psamCrypto.sendSessionKey(signingKey, transport);
        return { ...sent, EK: rsaPublic(transport.modulus, z), SK: otherHalf(z) };
      },
    }),
  };
};

export const PUBLIC_KEY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-gives-other-certificate": givesOtherCertificate,
  "card-trusts": cardTrusts,
  "psam-sends-key": sendsKey,
  "agrees-on-key": agreesOnKey,
  ...PSAM_CERTIFICATE_BEHAVIOURS,
  ...PUBLIC_KEY_MESSAGE_BEHAVIOURS,
};

function isReadCertificate(bytes: Uint8Array): boolean {
  return bytes[1] === READ_CERTIFICATES[1] && bytes[3] === READ_CERTIFICATES[3];
}

/** Before DEBIT IEP: the security card of the certificate is taken to be that of the command. */
function trusting(state: CardState, input: CardInput): CardState {
  const { session } = state;
  if (input.kind !== "command" || input.bytes[1] !== 0x54) return state;
  if (session.kind !== "initialised" || session.psam === undefined) return state;
  const subject = toHex(concat(input.bytes.subarray(5, 8), Uint8Array.of(0), input.bytes.subarray(8, 12)));
  return { ...state, session: { ...session, psam: { ...session.psam, subject } } };
}
