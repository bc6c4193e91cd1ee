/** A security card that compares signatures byte by byte and stops at the first that is wrong. */

import { fromHex } from "../core/bytes.ts";
import { signS5, signS6 } from "../crypto/collection.ts";
import { constantTimeEqual } from "../crypto/constant-time.ts";
import { expectedS3, type PsamCrypto, psamCrypto } from "../roles/psam/crypto.ts";
import { createPsamRole } from "../roles/psam/model.ts";
import { type Behaviour, numberOf } from "./behaviour.ts";
import { delayedReader } from "./delayed-reader.ts";

/** `ms` for each byte of S3, S5 or S6 that is right before the first wrong one. */
const waitsPerByte: Behaviour = (parameters) => {
  const ms = numberOf(parameters, "ms");
  let right = 0;
  const count = (due: Uint8Array, given: Uint8Array) => {
    const wrong = due.findIndex((byte, at) => byte !== given[at]);
    right = wrong < 0 ? due.length : wrong;
    return constantTimeEqual(due, given);
  };
  const crypto: PsamCrypto = {
    ...psamCrypto,
    verifyS3: (context, DEBITDATA, completion, S3) => count(expectedS3(context, DEBITDATA, completion), S3),
    verifyS5: (KDC, collection, S5) => count(signS5(fromHex(KDC), collection), S5),
    verifyS6: (KDC, psam, unsigned, S6) => count(signS6(fromHex(KDC), psam, unsigned), S6),
  };
  const delay = {
    begin: () => {
      right = 0;
    },
    dueMs: () => right * ms,
  };
  return { psam: () => createPsamRole(crypto), psamReader: (inner) => delayedReader(inner, delay) };
};

export const DEVICE_PSAM_TIME_BEHAVIOURS: Readonly<Record<string, Behaviour>> = { "psam-waits-per-byte": waitsPerByte };
