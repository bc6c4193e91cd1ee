/** CONF of a load: the load server's word to the account holder, sealed under KDER (keys-and-signatures.md, section 9). */
import { concat } from "../core/bytes.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { type LoadElements, loadElements, readLoadElements } from "./load-elements.ts";
import { open, seal } from "./seal.ts";

const VERSION = 0x05;

/** In the order of the text: 50 bytes after the version. */
const ELEMENTS = [
  "IDTRX",
  "IDMER",
  "CC",
  "MLDA",
  "CURRLDA",
  "CEXPLDA",
  "PPIEP",
  "IDIEP",
  "NTIEP",
  "DTHR",
] as const satisfies readonly (keyof LoadElements)[];

/** CC "0000": the card was loaded by MLDA; any other: it was not and never will be under this IDTRX. DTHR is that of LOADINIT. */
export type LoadConfirmation = Pick<LoadElements, (typeof ELEMENTS)[number]>;

/** What a confirmation says of a load whose request was never received. */
export const NEVER_RECEIVED = {
  MLDA: 0,
  CURRLDA: "0000",
  CEXPLDA: 0,
  PPIEP: "000000",
  IDIEP: "0000000000",
  NTIEP: 0,
  DTHR: "00000000000000",
} as const satisfies Partial<LoadConfirmation>;

/** The 51 bytes that CONF seals. Throws `PROTOCOL` for elements that do not fit. */
export function loadConfirmationText(confirmation: LoadConfirmation): Uint8Array {
  return concat(Uint8Array.of(VERSION), loadElements(confirmation, ...ELEMENTS));
}

/** What the text says, or `null` when it has another version or length, or an element that is none. */
export function readLoadConfirmationText(text: Uint8Array): LoadConfirmation | null {
  return text[0] === VERSION ? readLoadElements(text.subarray(1), ...ELEMENTS) : null;
}

/** CONF: 79 bytes, or 72 with triple DES. `nonce`: `nonceLength(suite)` fresh bytes. Throws `PROTOCOL` for elements that do not fit. */
export function sealLoadConfirmation(
  suite: CipherSuite,
  KDER: Uint8Array,
  confirmation: LoadConfirmation,
  nonce: Uint8Array,
): Uint8Array {
  return seal(suite, KDER, nonce, loadElements(confirmation, "IDMER", "IDTRX"), loadConfirmationText(confirmation));
}

/**
 * What CONF says about the load (IDMER, IDTRX), or `null` when it is none made with this key for this load. IDTRX: in
 * either case of its hex digits. Never throws on hostile CONF.
 */
export function openLoadConfirmation(
  suite: CipherSuite,
  KDER: Uint8Array,
  IDMER: string,
  IDTRX: string,
  CONF: Uint8Array,
): LoadConfirmation | null {
  const text = open(suite, KDER, loadElements({ IDMER, IDTRX }, "IDMER", "IDTRX"), CONF);
  const confirmation = text && readLoadConfirmationText(text);
  if (!confirmation || confirmation.IDMER !== IDMER || confirmation.IDTRX !== IDTRX.toUpperCase()) return null;
  return confirmation;
}
