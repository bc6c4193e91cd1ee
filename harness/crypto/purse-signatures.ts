/**
 * S2 and S3 (keys-and-signatures.md, sections 3 and 4). They are made over the bytes as they passed, never over decoded
 * and re-encoded ones, so that nothing can be lost between reading and signing.
 */
import { concat, fromHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { mac } from "./algorithm.ts";

/** Length of INITRSP and of DEBITDATA before S2. */
const INITRSP_LENGTH = 27;
const SIGNED_DEBIT_LENGTH = 45;

const S2_DOMAIN = Uint8Array.of(0x1e);
const S3_DOMAIN = Uint8Array.of(0x2e);

/** What the card says about a transaction when it signs. */
export interface Completion {
  /** Completion code, 4 hex digits. */
  readonly CC: string;
  /** Balance after the command, minor units. */
  readonly BALIEP: number;
}

/** The 73 bytes under S2. `debitData`: DEBITDATA with or without its S2 (53 or 45 bytes). Throws `PROTOCOL` for other lengths. */
export function s2Input(INITRSP: Uint8Array, debitData: Uint8Array): Uint8Array {
  requireInitResponse(INITRSP);
  return concat(S2_DOMAIN, INITRSP, signedDebitData(debitData));
}

/** The 69 bytes under S3. Card, counter and challenge come from INITRSP at their offsets (card-edge.md 5.2). */
export function s3Input(INITRSP: Uint8Array, debitData: Uint8Array, completion: Completion): Uint8Array {
  requireInitResponse(INITRSP);
  return concat(
    S3_DOMAIN,
    fromHex(completion.CC),
    INITRSP.subarray(0, 8), // PPIEP, IDIEP
    INITRSP.subarray(9, 12), // DEXPIEP
    INITRSP.subarray(20, 22), // NTIEP
    INITRSP.subarray(23, 27), // R
    signedDebitData(debitData),
    uintToBytes(completion.BALIEP, 4),
  );
}

/** S2, 8 bytes. */
export function signS2(ALGIEP: number, KS2: Uint8Array, INITRSP: Uint8Array, debitData: Uint8Array): Uint8Array {
  return mac(ALGIEP, KS2, s2Input(INITRSP, debitData));
}

/** S3, 8 bytes. */
export function signS3(
  ALGIEP: number,
  KS3: Uint8Array,
  INITRSP: Uint8Array,
  debitData: Uint8Array,
  completion: Completion,
): Uint8Array {
  return mac(ALGIEP, KS3, s3Input(INITRSP, debitData, completion));
}

function requireInitResponse(INITRSP: Uint8Array): void {
  if (INITRSP.length !== INITRSP_LENGTH) {
    throw new PursebenchError("PROTOCOL", `INITRSP has ${INITRSP.length} bytes, ${INITRSP_LENGTH} are needed`);
  }
}

function signedDebitData(debitData: Uint8Array): Uint8Array {
  if (debitData.length !== SIGNED_DEBIT_LENGTH && debitData.length !== SIGNED_DEBIT_LENGTH + 8) {
    throw new PursebenchError("PROTOCOL", `DEBITDATA has ${debitData.length} bytes, 45 or 53 are needed`);
  }
  return debitData.subarray(0, SIGNED_DEBIT_LENGTH);
}
