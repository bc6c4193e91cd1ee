/** Elements that are signed in a load, as bytes (keys-and-signatures.md, section 9; lengths of load.md 1 and card-edge.md 2). */
import { fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { merchantBytes } from "./security-information.ts";

export interface LoadElements {
  /** 6 digits. */
  readonly PPIEP: string;
  /** 10 digits. */
  readonly IDIEP: string;
  /** YYMMDD. */
  readonly DEXPIEP: string;
  /** 0..FFFF. */
  readonly NTIEP: number;
  /** Minor units; zero in a zero value load request. */
  readonly MLDA: number;
  /** Minor units. */
  readonly MLDAmax: number;
  /** 4 digits, e.g. "0978". */
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
  /** Minor units. */
  readonly BALIEP: number;
  /** 8 digits. */
  readonly IDACQ: string;
  /** Challenge of the card, 8 hex digits. */
  readonly R: string;
  /** YYYYMMDDhhmmss, UTC. */
  readonly DTHR: string;
  /** 32 hex digits. */
  readonly IDTRX: string;
  /** The account holder, 8 characters A-Z 0-9. */
  readonly IDMER: string;
  /** Completion code, 4 hex digits. */
  readonly CC: string;
}

type Kind = "hex" | "digits" | "integer" | "characters";

const FORMS: { readonly [Name in keyof LoadElements]: readonly [kind: Kind, length: number] } = {
  PPIEP: ["digits", 3],
  IDIEP: ["digits", 5],
  DEXPIEP: ["digits", 3],
  NTIEP: ["integer", 2],
  MLDA: ["integer", 4],
  MLDAmax: ["integer", 4],
  CURRLDA: ["digits", 2],
  CEXPLDA: ["integer", 1],
  BALIEP: ["integer", 4],
  IDACQ: ["digits", 4],
  R: ["hex", 4],
  DTHR: ["digits", 7],
  IDTRX: ["hex", 16],
  IDMER: ["characters", 8],
  CC: ["hex", 2],
};

const DIGITS = /^[0-9]*$/;
const HEX = /^[0-9A-Fa-f]*$/;

/**
 * The named elements side by side, in that order. Throws `PROTOCOL` for one that does not fit. Any hex digits are taken for
 * BCD: a card signs what it was asked, and an HSM checks what was signed (card-edge.md 5.2a).
 */
export function loadElements<Name extends keyof LoadElements>(
  values: Pick<LoadElements, Name>,
  ...names: readonly Name[]
): Uint8Array {
  const bytes: number[] = [];
  for (const name of names) bytes.push(...elementBytes(name, values[name]));
  return Uint8Array.from(bytes);
}

/** What `loadElements` wrote with the same names, or `null` when the length is another or BCD is none. Never throws. */
export function readLoadElements<Name extends keyof LoadElements>(
  bytes: Uint8Array,
  ...names: readonly Name[]
): Pick<LoadElements, Name> | null {
  const values: Partial<Record<keyof LoadElements, string | number>> = {};
  let at = 0;
  for (const name of names) {
    const [kind, length] = FORMS[name];
    const value = elementValue(kind, bytes.subarray(at, at + length));
    if (value === undefined) return null;
    values[name] = value;
    at += length;
  }
  // Each value was read by the kind of its element, which is that of its type.
  return at === bytes.length ? (values as Pick<LoadElements, Name>) : null;
}

function elementBytes(name: keyof LoadElements, value: string | number): Uint8Array {
  const [kind, length] = FORMS[name];
  if (kind === "characters") return merchantBytes(String(value));
  const digits = typeof value === "number" ? hexOf(value, length) : value;
  if (digits.length === 2 * length && HEX.test(digits)) return fromHex(digits);
  throw new PursebenchError("PROTOCOL", `${name} does not fit ${length} bytes`);
}

/** Longer than `length` bytes when the number is; empty when it is no whole number from 0. */
function hexOf(value: number, length: number): string {
  return Number.isSafeInteger(value) && value >= 0 ? value.toString(16).padStart(2 * length, "0") : "";
}

function elementValue(kind: Kind, bytes: Uint8Array): string | number | undefined {
  const hex = toHex(bytes);
  if (kind === "integer") return hex === "" ? undefined : Number.parseInt(hex, 16);
  if (kind === "hex") return hex;
  if (kind === "digits") return DIGITS.test(hex) ? hex : undefined;
  const text = String.fromCharCode(...bytes);
  return /^[A-Z0-9]{8}$/.test(text) ? text : undefined;
}
