/** S1, S2 and S3 by the byte tables of `keys-and-signatures.md` 3, 4 and 9: put together here, from bytes as they passed. */
import { concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { mac } from "../../../harness/crypto/algorithm.ts";
import { deriveLoadSessionKeys, loadAlgorithm } from "../../../harness/crypto/load-keys.ts";
import { deriveSessionKeys } from "../../../harness/crypto/purse-keys.ts";

/** One INITIALIZE IEP for purchase, and the keys that it gives. */
export interface PurchaseSession {
  readonly INITRSP: Uint8Array;
  readonly ALGIEP: number;
  readonly KS2: Uint8Array;
  readonly KS3: Uint8Array;
}

/** One INITIALIZE IEP for load. */
export interface LoadSession {
  readonly INITRSP: Uint8Array;
  readonly LOADINIT: Uint8Array;
  /** As the card gave it. */
  readonly S1: Uint8Array;
  /** 4 or 5. */
  readonly ALGL: number;
  readonly KS1: Uint8Array;
  readonly KS2: Uint8Array;
  readonly KS3: Uint8Array;
}

/** `KDP`: the card's purchase key, or SK of a public key card. */
export function purchaseSession(KDP: Uint8Array, INITRSP: Uint8Array): PurchaseSession {
  const ALGIEP = INITRSP[8] ?? 0;
  return { INITRSP, ALGIEP, ...deriveSessionKeys(ALGIEP, KDP, numberIn(INITRSP), INITRSP.subarray(23, 27)) };
}

export function loadSession(
  KDL: Uint8Array,
  LOADINIT: Uint8Array,
  INITRSP: Uint8Array,
  S1: Uint8Array = new Uint8Array(8),
): LoadSession {
  const ALGL = loadAlgorithm(INITRSP[8] ?? 0);
  const card = { NTIEP: numberIn(INITRSP), R: toHex(INITRSP.subarray(23, 27)) };
  return { INITRSP, LOADINIT, S1, ALGL, ...deriveLoadSessionKeys(ALGL, KDL, card) };
}

/** NTIEP in INITRSP. */
export function numberIn(INITRSP: Uint8Array): number {
  return ((INITRSP[20] ?? 0) << 8) | (INITRSP[21] ?? 0);
}

/** The 73 bytes under S2 of a purchase. `DEBIT`: the first 45 bytes of DEBITDATA. */
export function underS2(INITRSP: Uint8Array, DEBIT: Uint8Array): Uint8Array {
  return concat(fromHex("1E"), INITRSP, DEBIT.subarray(0, 45));
}

/** DEBITDATA, 53 bytes. */
export function signedDebit({ ALGIEP, KS2, INITRSP }: PurchaseSession, DEBIT: Uint8Array): Uint8Array {
  return concat(DEBIT.subarray(0, 45), mac(ALGIEP, KS2, underS2(INITRSP, DEBIT)));
}

/** How a transaction ends. `BALIEP`: minor units after the command. */
export interface Completion {
  readonly CC: string;
  readonly BALIEP: number;
}

/** CARDRSP, 16 bytes, that a card gives at this completion of a purchase. */
export function purchaseAnswer(
  { ALGIEP, KS3, INITRSP }: PurchaseSession,
  DEBIT: Uint8Array,
  { CC, BALIEP }: Completion,
): Uint8Array {
  const after = uintToBytes(BALIEP, 4);
  const [PPIEP, IDIEP, DEXPIEP] = [INITRSP.subarray(0, 3), INITRSP.subarray(3, 8), INITRSP.subarray(9, 12)];
  const [NTIEP, R] = [INITRSP.subarray(20, 22), INITRSP.subarray(23, 27)];
  const signed = concat(fromHex(`2E${CC}`), PPIEP, IDIEP, DEXPIEP, NTIEP, R, DEBIT.subarray(0, 45), after);
  return concat(fromHex(CC), NTIEP, after, mac(ALGIEP, KS3, signed));
}

/** The 56 bytes under S1. BALIEP is that of INITRSP. */
export function underS1(LOADINIT: Uint8Array, INITRSP: Uint8Array): Uint8Array {
  const of = parts(LOADINIT, INITRSP);
  return concat(
    fromHex("0C"),
    of.PPIEP,
    of.IDIEP,
    of.DEXPIEP,
    of.NTIEP,
    of.amount,
    of.BALIEP,
    of.IDACQ,
    of.R,
    of.DTHR,
    of.IDTRX,
  );
}

/** The 46 bytes under S2 of a load. */
export function underLoadS2(LOADINIT: Uint8Array, INITRSP: Uint8Array, S1: Uint8Array): Uint8Array {
  const of = parts(LOADINIT, INITRSP);
  return concat(fromHex("1C"), of.PPIEP, of.IDIEP, of.NTIEP, of.amount, of.IDACQ, of.IDTRX, S1);
}

/** S1, 8 bytes. */
export function dueS1({ ALGL, KS1, LOADINIT, INITRSP }: LoadSession): Uint8Array {
  return mac(ALGL, KS1, underS1(LOADINIT, INITRSP));
}

/** LOADDATA, 15 bytes: amount, currency, exponent of LOADINIT, and S2. */
export function signedLoad({ ALGL, KS2, LOADINIT, INITRSP, S1 }: LoadSession): Uint8Array {
  return concat(LOADINIT.subarray(0, 7), mac(ALGL, KS2, underLoadS2(LOADINIT, INITRSP, S1)));
}

/** CARDRSP, 16 bytes, that a card gives at this completion of a load. */
export function loadAnswer({ ALGL, KS3, LOADINIT, INITRSP }: LoadSession, { CC, BALIEP }: Completion): Uint8Array {
  const after = uintToBytes(BALIEP, 4);
  const of = parts(LOADINIT, INITRSP);
  const card = concat(of.PPIEP, of.IDIEP, of.DEXPIEP, of.NTIEP);
  const signed = concat(fromHex(`2C${CC}`), card, of.amount, of.IDACQ, of.R, of.DTHR, of.IDTRX, after);
  return concat(fromHex(CC), of.NTIEP, after, mac(ALGL, KS3, signed));
}

function parts(LOADINIT: Uint8Array, INITRSP: Uint8Array) {
  return {
    PPIEP: INITRSP.subarray(0, 3),
    IDIEP: INITRSP.subarray(3, 8),
    DEXPIEP: INITRSP.subarray(9, 12),
    BALIEP: INITRSP.subarray(12, 16),
    NTIEP: INITRSP.subarray(20, 22),
    R: INITRSP.subarray(23, 27),
    /** MLDA, CURRLDA, CEXPLDA. */
    amount: LOADINIT.subarray(0, 7),
    IDACQ: LOADINIT.subarray(7, 11),
    DTHR: LOADINIT.subarray(11, 18),
    IDTRX: LOADINIT.subarray(18, 34),
  };
}
