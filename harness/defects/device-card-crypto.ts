/** Cards that do not look at all of a signature, or do not sign all that they should: which signature and which bytes are parameters. */
import { equal, flipBit } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { mac } from "../crypto/algorithm.ts";
import { loadS1Input, loadS2Input, loadS3Input, signLoadS2 } from "../crypto/load-signatures.ts";
import { personalisationMac } from "../crypto/personalisation.ts";
import { s2Input, s3Input, signS2 } from "../crypto/purse-signatures.ts";
import { type CardCrypto, cardCrypto } from "../roles/card/crypto.ts";
import { createCardRole } from "../roles/card/model.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";

const withCrypto = (changed: Partial<CardCrypto>) => ({ card: () => createCardRole({ ...cardCrypto, ...changed }) });

/** Where a MAC's last 8 bytes of a command lie. */
const MAC_LENGTH = 8;

/** `which` ("S2", "load S2", "MAC"), `from`, `length`: only these bytes of it are compared. */
const compares: Behaviour = (parameters) => {
  const from = numberOf(parameters, "from");
  const to = from + numberOf(parameters, "length");
  const same = (right: Uint8Array, given: Uint8Array) => equal(right.subarray(from, to), given.subarray(from, to));
  return verifying(textOf(parameters, "which"), same);
};

/** `which`: a signature whose bytes stand in another order is as good ("any-order"), or whose sum is right ("sum"). */
const comparesLoosely: Behaviour = (parameters) => {
  const how = textOf(parameters, "how");
  const loose = (bytes: Uint8Array) =>
    how === "sum" ? Uint8Array.of(bytes.reduce((sum, byte) => sum ^ byte, 0)) : bytes.slice().sort();
  return verifying(textOf(parameters, "which"), (right, given) => equal(loose(right), loose(given)));
};

function verifying(which: string, same: (right: Uint8Array, given: Uint8Array) => boolean) {
  switch (which) {
    case "S2":
      return withCrypto({
        verifyS2: ({ ALGIEP, INITRSP, DEBITDATA }, { KS2 }) =>
          same(signS2(ALGIEP, KS2, INITRSP, DEBITDATA), DEBITDATA.subarray(45)),
      });
    case "load S2":
      return withCrypto({
        verifyLoadS2: ({ ALGL, keys, request }, S1, S2) => same(signLoadS2(ALGL, keys.KS2, request, S1), S2),
      });
    case "MAC":
      return withCrypto({
        verifyPersonalisation: (KDU, PERSODATA) =>
          same(personalisationMac(KDU, PERSODATA), PERSODATA.subarray(PERSODATA.length - MAC_LENGTH)),
      });
    default:
      throw new PursebenchError("USAGE", `a card compares no "${which}"`);
  }
}

/** `which` ("S2", "load S2", "MAC"), `at`, `length`: the signature is as good when one bit of these signed bytes was another one. */
const tolerates: Behaviour = (parameters) => {
  const at = numberOf(parameters, "at");
  const length = numberOf(parameters, "length");
  const variants = (signed: Uint8Array) =>
    Array.from({ length: length * 8 }, (_, bit) => flipBit(signed, at * 8 + bit)).concat([signed]);
  switch (textOf(parameters, "which")) {
    case "S2":
      return withCrypto({
        verifyS2: ({ ALGIEP, INITRSP, DEBITDATA }, { KS2 }) =>
          variants(s2Input(INITRSP, DEBITDATA)).some((each) => equal(mac(ALGIEP, KS2, each), DEBITDATA.subarray(45))),
      });
    case "load S2":
      return withCrypto({
        verifyLoadS2: ({ ALGL, keys, request }, S1, S2) =>
          variants(loadS2Input(request, S1)).some((each) => equal(mac(ALGL, keys.KS2, each), S2)),
      });
    case "MAC":
      return withCrypto({
        verifyPersonalisation: (KDU, PERSODATA) =>
          variants(PERSODATA).some((each) => equal(personalisationMac(KDU, each), PERSODATA.subarray(65))),
      });
    default:
      throw new PursebenchError("USAGE", "a card tolerates bytes under S2, load S2 or MAC");
  }
};

/** `which` ("S1", "S3", "load S3"), `at`, `length`: the card signs zeros in place of these bytes. */
const signsWithout: Behaviour = (parameters) => {
  const at = numberOf(parameters, "at");
  const length = numberOf(parameters, "length");
  const without = (signed: Uint8Array) => signed.slice().fill(0, at, at + length);
  switch (textOf(parameters, "which")) {
    case "S1":
      return withCrypto({ signS1: ({ ALGL, keys, request }) => mac(ALGL, keys.KS1, without(loadS1Input(request))) });
    case "S3":
      return withCrypto({
        signS3: ({ ALGIEP, INITRSP, DEBITDATA }, { KS3 }, completion) =>
          mac(ALGIEP, KS3, without(s3Input(INITRSP, DEBITDATA, completion))),
      });
    case "load S3":
      return withCrypto({
        signLoadS3: ({ ALGL, keys, request }, completion) =>
          mac(ALGL, keys.KS3, without(loadS3Input(request, completion))),
      });
    default:
      throw new PursebenchError("USAGE", "a card signs S1, S3 or load S3");
  }
};

/** `under`: S2 is as good under that key: "KS3" or "none" (zeros). */
const acceptsUnder: Behaviour = (parameters) => {
  const under = textOf(parameters, "under");
  const none = new Uint8Array(16);
  return withCrypto({
    verifyS2(context, keys) {
      const key = under === "KS3" ? keys.KS3 : none;
      return cardCrypto.verifyS2(context, keys) || cardCrypto.verifyS2(context, { ...keys, KS2: key });
    },
    verifyLoadS2(load, S1, S2) {
      const key = under === "KS3" ? load.keys.KS3 : none;
      const other = { ...load, keys: { ...load.keys, KS2: key } };
      return cardCrypto.verifyLoadS2(load, S1, S2) || cardCrypto.verifyLoadS2(other, S1, S2);
    },
  });
};

/** S2 with another first byte, or none, in what it is made over is as good. `first`: hex. */
const acceptsDomain: Behaviour = (parameters) => {
  const first = Number.parseInt(textOf(parameters, "first"), 16);
  const other = (signed: Uint8Array) => signed.map((byte, at) => (at === 0 ? first : byte));
  return withCrypto({
    verifyS2(context, keys) {
      const { ALGIEP, INITRSP, DEBITDATA } = context;
      const made = mac(ALGIEP, keys.KS2, other(s2Input(INITRSP, DEBITDATA)));
      return cardCrypto.verifyS2(context, keys) || equal(made, DEBITDATA.subarray(45));
    },
    verifyLoadS2(load, S1, S2) {
      const made = mac(load.ALGL, load.keys.KS2, other(loadS2Input(load.request, S1)));
      return cardCrypto.verifyLoadS2(load, S1, S2) || equal(made, S2);
    },
  });
};

export const DEVICE_CARD_CRYPTO_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-compares": compares,
  "card-compares-loosely": comparesLoosely,
  "card-tolerates": tolerates,
  "card-signs-without": signsWithout,
  "card-accepts-under": acceptsUnder,
  "card-accepts-domain": acceptsDomain,
};
