/** Defects of the security card in its cryptography, and in what it lets out (`keys-and-signatures.md` 1 to 4, 8, 10). */
import { concat, equal, fromHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { mac } from "../crypto/algorithm.ts";
import { signS5, signS6 } from "../crypto/collection.ts";
import { s3Input } from "../crypto/purse-signatures.ts";
import { expectedS3, type PsamCrypto, psamCrypto, sessionKeysOf } from "../roles/psam/crypto.ts";
import { createPsamRole } from "../roles/psam/model.ts";
import type { PsamMemory } from "../roles/psam/state.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { answering, answerOf, commandOf, dataOf } from "./psam-steps.ts";

/** `signature`: S3, S5 or S6; `from`, `to`: only these bytes of it are compared. */
const comparesPart: Behaviour = (parameters) => {
  const [from, to] = [numberOf(parameters, "from"), numberOf(parameters, "to")];
  const same = (due: Uint8Array, given: Uint8Array) => equal(due.subarray(from, to), given.subarray(from, to));
  const crypto: Readonly<Record<string, Partial<PsamCrypto>>> = {
    S3: { verifyS3: (context, DEBITDATA, completion, S3) => same(expectedS3(context, DEBITDATA, completion), S3) },
    S5: { verifyS5: (KDC, collection, S5) => same(signS5(fromHex(KDC), collection), S5) },
    S6: { verifyS6: (KDC, psam, unsigned, S6) => same(signS6(fromHex(KDC), psam, unsigned), S6) },
  };
  return { psam: () => createPsamRole({ ...psamCrypto, ...chosen(crypto, textOf(parameters, "signature")) }) };
};

/** `at`, `length`: S3 over all but these of its 69 bytes is taken as well. */
const leavesOut: Behaviour = (parameters) => {
  const [at, length] = [numberOf(parameters, "at"), numberOf(parameters, "length")];
  const verifyS3: PsamCrypto["verifyS3"] = (context, DEBITDATA, completion, S3) => {
    const input = s3Input(context.INITRSP, DEBITDATA, completion);
    const shorter = concat(input.subarray(0, at), input.subarray(at + length));
    const other = mac(context.ALGIEP, sessionKeysOf(context).KS3, shorter);
    return equal(other, S3) || psamCrypto.verifyS3(context, DEBITDATA, completion, S3);
  };
  return { psam: () => createPsamRole({ ...psamCrypto, verifyS3 }) };
};

/** What is signed wrongly, by name. */
const SIGNINGS: Readonly<Record<string, Partial<PsamCrypto>>> = {
  "S2 under KS3": {
    signS2: (context, data) =>
      mac(context.ALGIEP, sessionKeysOf(context).KS3, concat(Uint8Array.of(0x1e), context.INITRSP, data)),
  },
  "S2 with half of NTIEP": {
    signS2: (context, data) => {
      const INITRSP = context.INITRSP.map((byte, at) => (at === 20 ? 0 : byte));
      const { KS2 } = sessionKeysOf({ ...context, INITRSP });
      return mac(context.ALGIEP, KS2, concat(Uint8Array.of(0x1e), context.INITRSP, data));
    },
  },
  "expected answer with the balance of before": {
    expectS3: (context, DEBITDATA, { CC, BALIEP }) => {
      const MPDA = new DataView(DEBITDATA.buffer, DEBITDATA.byteOffset).getUint32(11);
      return expectedS3(context, DEBITDATA, { CC, BALIEP: BALIEP + MPDA });
    },
  },
  "S4 without DIGEST": {
    signS4: (KDC, collection) => psamCrypto.signS4(KDC, { ...collection, DIGEST: new Uint8Array(32) }),
  },
  "S4 of the number before": {
    signS4: (KDC, collection) => psamCrypto.signS4(KDC, { ...collection, NTCOL: collection.NTCOL - 1 }),
  },
  "SIG of another card": {
    sendSessionKey: (key, told) => ({
      ...psamCrypto.sendSessionKey(key, told),
      SIG: psamCrypto.sendSessionKey(key, { ...told, INITRSP: new Uint8Array(27) }).SIG,
    }),
  },
  "one session key for all cards": {
    sendSessionKey: (key, told) => psamCrypto.sendSessionKey(key, { ...told, z: uintToBytes(0x5eed, 112) }),
  },
  "update keys as they come": {
    decipherUpdateKey: (_, __, enciphered) => Buffer.from(enciphered).toString("hex").toUpperCase(),
  },
};

/** `how`: what is signed wrongly. */
const signsOther: Behaviour = (parameters) => {
  const crypto = chosen(SIGNINGS, textOf(parameters, "how"));
  return { psam: () => createPsamRole({ ...psamCrypto, ...crypto }) };
};

/** Keys by name. */
const KEYS: Readonly<Record<string, (memory: PsamMemory) => string | undefined>> = {
  MKP: ({ keys }) => keys[0]?.MKP,
  "newest MKP": ({ keys }) => keys.at(-1)?.MKP,
  KDC: ({ KDC }) => KDC,
};

/** `ins`, `key`: this instruction, which the profile does not know or knows otherwise, is answered with the key, where one is at hand. */
const letsOut: Behaviour = (parameters) => {
  const [ins, key] = [numberOf(parameters, "ins"), chosen(KEYS, textOf(parameters, "key"))];
  return {
    psam: (reference) => ({
      handle(before, input) {
        const step = reference.handle(before, input);
        const bytes = key(before.memory);
        if (before.session.kind === "unselected" || (commandOf(input) ?? 0) >> 8 !== ins || bytes === undefined)
          return step;
        return answering(step, fromHex(bytes));
      },
    }),
  };
};

/** DEBITDATA has in the place of LOC what is the beginning of KS3: half a key in clear. */
const showsSessionKey: Behaviour = () => ({
  psam: (reference) => ({
    handle(before, input) {
      const step = reference.handle(before, input);
      const { session } = before;
      if (commandOf(input) !== 0x7201 || answerOf(step)?.SW !== 0x9000 || session.kind !== "card-accepted") return step;
      const INITRSP = fromHex(session.INITRSP);
      const key = before.memory.keys.find(({ VKIEP, ALGIEP }) => VKIEP === INITRSP[22] && ALGIEP === INITRSP[8]);
      if (!key) return step;
      const { KS3 } = sessionKeysOf({ ALGIEP: key.ALGIEP, MKP: key.MKP, INITRSP });
      const data = answerOf(step)?.data.slice() ?? dataOf(input);
      data.set(KS3.subarray(0, 8), data.length - 16);
      return answering(step, data);
    },
  }),
});

export const DEVICE_PSAM_CRYPTO_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-compares-part": comparesPart,
  "psam-leaves-out": leavesOut,
  "psam-signs-other": signsOther,
  "psam-lets-out": letsOut,
  "psam-shows-session-key": showsSessionKey,
};

function chosen<T>(table: Readonly<Record<string, T>>, name: string): T {
  const found = table[name];
  if (found !== undefined) return found;
  throw new PursebenchError("USAGE", `there is no "${name}" to choose`);
}
