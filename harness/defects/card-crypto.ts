/** Behaviours of a card whose cryptography is wrong: S2 that it accepts, S3 that it gives. */
import { equal, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { mac } from "../crypto/algorithm.ts";
import { deriveSessionKeys } from "../crypto/purse-keys.ts";
import { s3Input, signS2, signS3 } from "../crypto/purse-signatures.ts";
import { type CardCrypto, cardCrypto, type DebitContext } from "../roles/card/crypto.ts";
import { createCardRole } from "../roles/card/model.ts";
import { psamCrypto } from "../roles/psam/crypto.ts";
import { createPsamRole } from "../roles/psam/model.ts";
import { type Behaviour, numberOf, optionalText, textOf } from "./behaviour.ts";

const withCrypto = (changed: Partial<CardCrypto>) => ({ card: () => createCardRole({ ...cardCrypto, ...changed }) });

/**
 * S2 counts as right although one bit of `of` ("DEBITDATA" or "INITRSP") in `length` bytes from `at` is not as it was signed: a card that does
 * not look at these bytes, or not well enough.
 */
const toleratesBit: Behaviour = (parameters) => {
  const at = numberOf(parameters, "at");
  const length = numberOf(parameters, "length");
  const name = textOf(parameters, "of") === "INITRSP" ? "INITRSP" : "DEBITDATA";
  return withCrypto({
    verifyS2(context, keys) {
      if (cardCrypto.verifyS2(context, keys)) return true;
      return variantsOf(context[name], at, length).some((bytes) => {
        const varied: DebitContext = { ...context, [name]: bytes };
        return cardCrypto.verifyS2(varied, name === "INITRSP" ? keysOf(varied) : keys);
      });
    },
  });
};

/** `fault`: S2 that the card takes as good. */
const acceptsS2: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  switch (fault) {
    case "any":
      return withCrypto({ verifyS2: () => true });
    case "first-byte-only":
      return withCrypto({
        verifyS2: (context, { KS2 }) => {
          const { INITRSP, DEBITDATA, ALGIEP } = context;
          const wanted = mac(ALGIEP, KS2, Uint8Array.of(0x1e, ...INITRSP, ...DEBITDATA.subarray(0, 45)));
          return wanted[0] === DEBITDATA[45];
        },
      });
    default:
      throw new PursebenchError("USAGE", `no fault of S2 is called "${fault}"`);
  }
};

/** `fault`: how S3 is wrong. `when: refused` for completions other than 0000 only. */
const signsS3: Behaviour = (parameters) => {
  const sign = s3FaultOf(textOf(parameters, "fault"));
  const onlyRefused = optionalText(parameters, "when") === "refused";
  return withCrypto({
    signS3: (context, keys, completion) =>
      onlyRefused && completion.CC === "0000"
        ? cardCrypto.signS3(context, keys, completion)
        : sign(context, keys, completion),
  });
};

/** S2 is a checksum without a key; card and PSAM agree on it, so that purchases work. */
const unkeyedS2: Behaviour = () => {
  const checksum = (ALGIEP: number, INITRSP: Uint8Array, debitData: Uint8Array) =>
    signS2(ALGIEP, new Uint8Array(16), INITRSP, debitData);
  return {
    ...withCrypto({
      verifyS2: ({ ALGIEP, INITRSP, DEBITDATA }) =>
        equal(checksum(ALGIEP, INITRSP, DEBITDATA), DEBITDATA.subarray(45, 53)),
    }),
    psam: () =>
      createPsamRole({ ...psamCrypto, signS2: ({ ALGIEP, INITRSP }, data) => checksum(ALGIEP, INITRSP, data) }),
  };
};

export const CARD_CRYPTO_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-tolerates-bit": toleratesBit,
  "card-accepts-s2": acceptsS2,
  "card-signs-s3": signsS3,
  "unkeyed-s2": unkeyedS2,
};

function s3FaultOf(fault: string): CardCrypto["signS3"] {
  const over = ({ ALGIEP, INITRSP, DEBITDATA }: DebitContext, key: Uint8Array, CC: string, BALIEP: number) =>
    signS3(ALGIEP, key, INITRSP, DEBITDATA, { CC, BALIEP });
  switch (fault) {
    case "none":
      return () => new Uint8Array(8);
    case "constant":
      return () => fromHex("0123456789ABCDEF");
    case "without-CC":
      return (context, { KS3 }, { BALIEP }) => over(context, KS3, "0000", BALIEP);
    case "without-balance":
      return (context, { KS3 }, { CC }) => over(context, KS3, CC, 0);
    case "under-KS2":
      return (context, { KS2 }, { CC, BALIEP }) => over(context, KS2, CC, BALIEP);
    case "under-card-key":
      return (context, _keys, { CC, BALIEP }) => over(context, fromHex(context.KDP), CC, BALIEP);
    case "without-key":
      return (context, _keys, { CC, BALIEP }) => over(context, new Uint8Array(16), CC, BALIEP);
    case "without-card":
      return ({ ALGIEP, INITRSP, DEBITDATA }, { KS3 }, completion) => {
        const input = s3Input(INITRSP, DEBITDATA, completion);
        input.fill(0, 3, 11); // PPIEP and IDIEP
        return mac(ALGIEP, KS3, input);
      };
    default:
      throw new PursebenchError("USAGE", `no fault of S3 is called "${fault}"`);
  }
}

/** `bytes` with each single bit of the region inverted. */
function variantsOf(bytes: Uint8Array, at: number, length: number): readonly Uint8Array[] {
  return Array.from({ length: length * 8 }, (_, bit) => {
    const changed = bytes.slice();
    const index = at + (bit >> 3);
    changed[index] = (changed[index] ?? 0) ^ (0x80 >> (bit & 7));
    return changed;
  });
}

/** Session keys as the INITRSP in this context would give them. */
function keysOf({ ALGIEP, KDP, INITRSP }: DebitContext) {
  const NTIEP = ((INITRSP[20] ?? 0) << 8) | (INITRSP[21] ?? 0);
  return deriveSessionKeys(ALGIEP, fromHex(KDP), NTIEP, INITRSP.subarray(23, 27));
}
