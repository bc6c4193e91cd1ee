/** CONF taken apart and put together without respect for its seal, for defects of payment server and merchant. */
import { createDecipheriv } from "node:crypto";
import { concat, fromHex, toHex } from "../core/bytes.ts";
import { aesCmac } from "../crypto/aes.ts";
import { type Confirmation, openConfirmation, sealConfirmation } from "../crypto/confirmation.ts";
import { merchantBytes } from "../crypto/security-information.ts";

const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const CONF_LENGTH = 77;

/** Whose confirmation it is, with the key of the contract. */
export interface Sealing {
  readonly KMER: Uint8Array;
  readonly IDMER: string;
  readonly IDTRX: string;
}

/** The 49 bytes of plain text, whatever the tag says; `undefined` when CONF is not 77 bytes long. */
export function plainOf({ KMER, IDTRX }: Sealing, CONF: Uint8Array): Uint8Array | undefined {
  if (CONF.length !== CONF_LENGTH) return undefined;
  const KCONF = aesCmac(KMER, concat(Uint8Array.of(0xc1), fromHex(IDTRX)));
  const decipher = createDecipheriv("aes-128-gcm", KCONF, CONF.subarray(0, NONCE_LENGTH));
  return Uint8Array.from(decipher.update(CONF.subarray(NONCE_LENGTH, -TAG_LENGTH)));
}

/** CONF with its plain text in clear where the ciphertext was. */
export function inClear(sealing: Sealing, CONF: Uint8Array): Uint8Array {
  const plain = plainOf(sealing, CONF) ?? new Uint8Array(0);
  return concat(CONF.subarray(0, NONCE_LENGTH), plain, CONF.subarray(-TAG_LENGTH));
}

/** A genuine CONF of what a CONF says, with these elements changed; as it was when it cannot be read. */
export function resealed(sealing: Sealing, CONF: Uint8Array, changes: Partial<Confirmation>): Uint8Array {
  const { KMER, IDMER, IDTRX } = sealing;
  const said = openConfirmation(KMER, IDMER, IDTRX, CONF);
  return said ? sealConfirmation(KMER, { ...said, ...changes }, CONF.slice(0, NONCE_LENGTH)) : CONF;
}

/** A genuine CONF with the plain text that CONF has when nobody looks at its tag. */
export function withoutSeal(sealing: Sealing, CONF: Uint8Array): Uint8Array {
  const plain = plainOf(sealing, CONF);
  if (plain === undefined) return CONF;
  const hex = (from: number, to: number) => toHex(plain.subarray(from, to));
  const said: Confirmation = {
    IDTRX: hex(1, 17),
    IDMER: new TextDecoder().decode(merchantBytes(sealing.IDMER)),
    CC: hex(25, 27),
    MPDA: Number.parseInt(hex(27, 31), 16),
    CURRPDA: hex(31, 33),
    CEXPPDA: plain[33] ?? 0,
    IDTERM: hex(34, 38),
    NTPSAM: Number.parseInt(hex(38, 42), 16),
    DTHR: hex(42, 49),
  };
  return sealConfirmation(sealing.KMER, { ...said, IDTRX: sealing.IDTRX }, CONF.slice(0, NONCE_LENGTH));
}
