/** Keys of one transaction under the encryption layer (keys-and-signatures.md, section 7). All have 16 bytes. */
import { concat, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { aesCmac } from "./aes.ts";
import { requireKey } from "./key-length.ts";
import { open, seal } from "./seal.ts";
import { merchantBytes } from "./security-information.ts";
import { unsafeDesKey, unsafeRetailMac } from "./unsafe-des.ts";

const RND_LENGTH = 8;
const TSK_LENGTH = 16;
const FIRST_HALF = 0xd1;
const SECOND_HALF = 0xd2;
const ETSK_DOMAIN = 0xe1;

/** KDER, the derived key, from the shared key KSH and the data of the transaction: `IDTRX` 32 hex digits, `RND` 8 bytes. */
export function deriveTransactionKey(
  suite: CipherSuite,
  KSH: Uint8Array,
  IDMER: string,
  IDTRX: string,
  RND: Uint8Array,
): Uint8Array {
  const half = (label: number) => labelled(label, IDMER, IDTRX, RND);
  if (suite === "AES-128-GCM") return aesCmac(KSH, half(FIRST_HALF));
  return unsafeDesKey(concat(unsafeRetailMac(KSH, half(FIRST_HALF)), unsafeRetailMac(KSH, half(SECOND_HALF))));
}

/** TSK, the transaction session key, from 16 fresh random bytes; with odd parity for triple DES. */
export function newTsk(suite: CipherSuite, random16: Uint8Array): Uint8Array {
  requireKey(random16);
  return suite === "3DES-CBC-MAC" ? unsafeDesKey(random16) : random16.slice();
}

/** The transaction that an ETSK belongs to. */
export interface TransactionNames {
  readonly IDMER: string;
  /** 32 hex digits. */
  readonly IDTRX: string;
  /** 8 bytes. */
  readonly RND: Uint8Array;
}

/** ETSK, TSK for the payment server alone: 44 bytes, or 40 with triple DES. `nonce`: `nonceLength(suite)` fresh bytes. */
export function sealTsk(
  suite: CipherSuite,
  KDER: Uint8Array,
  { IDMER, IDTRX, RND }: TransactionNames,
  TSK: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  requireKey(TSK);
  return seal(suite, KDER, nonce, labelled(ETSK_DOMAIN, IDMER, IDTRX, RND), TSK);
}

/** TSK from ETSK, or `null` when it was not sealed under this key for this transaction. */
export function openTsk(
  suite: CipherSuite,
  KDER: Uint8Array,
  { IDMER, IDTRX, RND }: TransactionNames,
  ETSK: Uint8Array,
): Uint8Array | null {
  const TSK = open(suite, KDER, labelled(ETSK_DOMAIN, IDMER, IDTRX, RND), ETSK);
  return TSK?.length === TSK_LENGTH ? TSK : null;
}

/** Label 1, IDMER 8, IDTRX 16, RND 8. Throws `PROTOCOL` for an RND of another length. */
function labelled(label: number, IDMER: string, IDTRX: string, RND: Uint8Array): Uint8Array {
  if (RND.length !== RND_LENGTH) throw new PursebenchError("PROTOCOL", `RND has ${RND.length} bytes, 8 are needed`);
  return concat(Uint8Array.of(label), merchantBytes(IDMER), fromHex(IDTRX), RND);
}
