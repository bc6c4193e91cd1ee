import { concat } from "../../core/bytes.ts";
import { isDate } from "./calendar.ts";
import { type CommandResult, commandResult, noData } from "./command-result.ts";
import type { ElementName } from "./elements.ts";
import { type CommandHeader, command } from "./header.ts";
import { encodeStructure, type Parsed, parseStructure, readStructure, type StructureValue } from "./structure-value.ts";

/** PERSONALISE (card-edge.md 5.7): PERSODATA 73, no answer data. */
export const PERSONALISE: CommandHeader = { cla: 0x90, ins: 0x5e, p1: 0x00, p2: 0x00 };

/** Of PERSODATA, of its part before the MAC, and of KEYS. */
export const PERSO_DATA_LENGTH = 73;
export const PERSO_SIGNED_LENGTH = 65;
export const PERSO_KEYS_LENGTH = 32;

/** What PERSODATA begins with, 25 bytes. */
const ISSUER_DATA = [
  "PPIEP",
  "IDIEP",
  "ALGIEP",
  "DEXPIEP",
  "BALIEP",
  "BALmaxIEP",
  "CURRIEP",
  "CEXPIEP",
  "AMIEP",
  "VKIEP",
] as const satisfies readonly ElementName[];

export const ISSUER_DATA_LENGTH = 25;
const RESERVED_LENGTH = 8;
const KEYS_AT = ISSUER_DATA_LENGTH + RESERVED_LENGTH;

/** What the issuer makes of a card; amounts in minor units. */
export type IssuerData = StructureValue<typeof ISSUER_DATA>;

/** What PERSODATA begins with, 25 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeIssuerData(value: IssuerData): Uint8Array {
  return encodeStructure(ISSUER_DATA, value);
}

/** The same 25 bytes read as they stand, right or not. Never throws. */
export function readIssuerData(bytes: Uint8Array): Parsed<IssuerData> {
  return readStructure(ISSUER_DATA, bytes);
}

/** The 65 bytes of PERSODATA that its MAC is made over. `KEYS`: 32 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodePersoData(value: IssuerData, KEYS: Uint8Array): Uint8Array {
  return concat(encodeIssuerData(value), new Uint8Array(RESERVED_LENGTH), KEYS);
}

/** KEYS (32 bytes) and MAC (8) of PERSODATA (73). */
export function partsOfPersoData(PERSODATA: Uint8Array): { readonly KEYS: Uint8Array; readonly MAC: Uint8Array } {
  return {
    KEYS: PERSODATA.slice(KEYS_AT, PERSO_SIGNED_LENGTH),
    MAC: PERSODATA.slice(PERSO_SIGNED_LENGTH),
  };
}

/**
 * Reads what PERSODATA makes of a card: every value one that card-edge.md 2 knows, BALIEP not above BALmaxIEP, a secret key
 * card, reserved bytes zero. Never throws.
 */
export function parsePersoData(PERSODATA: Uint8Array): Parsed<IssuerData> {
  if (PERSODATA.length !== PERSO_DATA_LENGTH) return refused(`${PERSODATA.length} bytes, not ${PERSO_DATA_LENGTH}`);
  const parsed = parseStructure(ISSUER_DATA, PERSODATA.subarray(0, ISSUER_DATA_LENGTH));
  if (!parsed.ok) return parsed;
  const flaw = issuerDataFlaw(parsed.value);
  if (flaw !== undefined) return refused(flaw);
  const isReserved = PERSODATA.subarray(ISSUER_DATA_LENGTH, KEYS_AT).every((byte) => byte === 0);
  return isReserved ? parsed : refused("the reserved bytes are not zero");
}

function issuerDataFlaw({ ALGIEP, DEXPIEP, BALIEP, BALmaxIEP, AMIEP, VKIEP }: IssuerData): string | undefined {
  if (AMIEP !== 1) return `AMIEP is ${AMIEP}, not 1`;
  if (ALGIEP !== 4 && ALGIEP !== 5) return `ALGIEP is ${ALGIEP}, neither 4 nor 5`;
  if (!isDate(`20${DEXPIEP}`)) return `DEXPIEP ${DEXPIEP} is no day`;
  if (VKIEP < 1 || VKIEP > 0xfe) return `VKIEP is ${VKIEP}, outside of 1 to 254`;
  return BALIEP > BALmaxIEP ? "BALIEP is above BALmaxIEP" : undefined;
}

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** `PERSODATA`: 73 bytes; not checked, so that a case can send others. */
export function encodePersonaliseCommand(PERSODATA: Uint8Array): Uint8Array {
  return command(PERSONALISE, PERSODATA);
}

/** Never throws. */
export function parsePersonaliseResponse(response: Uint8Array): CommandResult<null> {
  return commandResult(response, noData);
}
