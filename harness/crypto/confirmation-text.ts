/** The 49 bytes that CONF seals and CLEARCONF shows (keys-and-signatures.md, sections 5 and 6). */
import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { amountBytes, merchantBytes, type SaleTerms } from "./security-information.ts";

/** What a confirmation says: the sale, and how its payment ended. */
export interface Confirmation extends SaleTerms {
  /** "0000" success, else a reason code of messages.md, section 6; 4 hex digits. */
  readonly CC: string;
  /** 8 hex digits; zeros where no terminal is known. */
  readonly IDTERM: string;
  readonly NTPSAM: number;
  /** YYYYMMDDhhmmss, UTC. */
  readonly DTHR: string;
}

export const CONFIRMATION_TEXT_LENGTH = 49;

/** First byte: `01` under a seal, `02` in clear. */
export type ConfirmationVersion = 0x01 | 0x02;

/** Throws `PROTOCOL` for elements that do not fit. */
export function confirmationText(version: ConfirmationVersion, confirmation: Confirmation): Uint8Array {
  const text = concat(
    Uint8Array.of(version),
    fromHex(confirmation.IDTRX),
    merchantBytes(confirmation.IDMER),
    fromHex(confirmation.CC),
    amountBytes(confirmation),
    fromHex(confirmation.IDTERM),
    uintToBytes(confirmation.NTPSAM, 4),
    fromHex(confirmation.DTHR),
  );
  if (text.length === CONFIRMATION_TEXT_LENGTH) return text;
  throw new PursebenchError("PROTOCOL", `a confirmation of ${text.length} bytes: 49 are needed`);
}

/** What the text says, or `null` when it has another version, length or form of IDMER. */
export function readConfirmationText(version: ConfirmationVersion, text: Uint8Array): Confirmation | null {
  const hex = (from: number, to: number) => toHex(text.subarray(from, to));
  const integer = (from: number, to: number) => bytesToUint(text.subarray(from, to));
  const IDMER = String.fromCharCode(...text.subarray(17, 25));
  if (text.length !== CONFIRMATION_TEXT_LENGTH || text[0] !== version || !/^[A-Z0-9]{8}$/.test(IDMER)) return null;
  return {
    IDTRX: hex(1, 17),
    IDMER,
    CC: hex(25, 27),
    MPDA: integer(27, 31),
    CURRPDA: hex(31, 33),
    CEXPPDA: integer(33, 34),
    IDTERM: hex(34, 38),
    NTPSAM: integer(38, 42),
    DTHR: hex(42, 49),
  };
}

/** Whether a confirmation is about this very sale. `IDTRX`: in either case of its hex digits. */
export function isAboutSale(confirmation: Confirmation, IDMER: string, IDTRX: string): boolean {
  return confirmation.IDTRX === IDTRX.toUpperCase() && confirmation.IDMER === IDMER;
}
