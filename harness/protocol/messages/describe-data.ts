import { toHex } from "../../core/bytes.ts";
import { describeCollect, describeLines, describeUpdate } from "./describe-clearing.ts";
import { type Description, describeElement, describeStructure, withAmounts } from "./describe-structure.ts";
import { type ElementName, elementSpec } from "./elements.ts";
import type { StructureName } from "./structures.ts";

/** A part of a block: an element of the table, or bytes with a name of their own and a length. */
type Part = ElementName | readonly [name: string, length: number];

/** What stands side by side beside the structures of `structures.ts` (`keys-and-signatures.md` 6, 8; `card-edge.md` 5.7; `psam-edge.md` 4.8, 4.9). */
const BLOCKS = {
  CERTIFICATE: [
    ["type", 1],
    ["authority", 8],
    ["subject", 8],
    ["last day", 3],
    ["modulus", 112],
    ["signature", 112],
  ],
  SESSKEY: [
    ["EK", 112],
    ["SIG", 112],
  ],
  PERSODATA: [
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
    ["reserved", 8],
    ["KEYS", 32],
    ["MAC", 8],
  ],
  COLLECTED: ["NTCOL", "S4"],
  ACKNOWLEDGED: ["NTCOL", "S5"],
  CLEARCONF: [
    ["form", 1],
    "IDTRX",
    "IDMER",
    "CC",
    "MPDA",
    "CURRPDA",
    "CEXPPDA",
    "IDTERM",
    "NTPSAM",
    "DTHR",
    ["MAC", 16],
  ],
} as const satisfies Readonly<Record<string, readonly Part[]>>;

type BlockName = keyof typeof BLOCKS;

/** Data that can be taken apart. `ISSUED`: DEBITDATA and EXPECTED (`psam-edge.md` 4.3). */
export type DataName = StructureName | BlockName | "CERTS" | "ISSUED" | "COLLECT" | "LINES" | "UPDATE";

const CERTIFICATE_BYTES = 244;
const DEBIT_DATA_BYTES = 53;
const CERTIFICATE_TYPES: ReadonlyMap<string, string> = new Map([
  ["01", "01 issuer"],
  ["02", "02 card"],
  ["03", "03 security card"],
]);

/** The elements of `bytes` by their names; what is left over is `rest`, what is cut off is missing. Never throws. */
export function describeData(name: DataName, bytes: Uint8Array): Description {
  switch (name) {
    case "CERTS":
      return {
        ...prefixed("issuer", describeBlock("CERTIFICATE", bytes.subarray(0, CERTIFICATE_BYTES))),
        ...prefixed("card", describeBlock("CERTIFICATE", bytes.subarray(CERTIFICATE_BYTES))),
      };
    case "ISSUED":
      return {
        ...describeStructure("DEBITDATA", bytes.subarray(0, DEBIT_DATA_BYTES)),
        ...prefixed("EXPECTED", describeStructure("CARDRSP", bytes.subarray(DEBIT_DATA_BYTES))),
      };
    case "COLLECT":
      return describeCollect(bytes);
    case "LINES":
      return describeLines(bytes);
    case "UPDATE":
      return describeUpdate(bytes);
    case "COLLECTED":
    case "ACKNOWLEDGED":
    case "CERTIFICATE":
    case "SESSKEY":
    case "PERSODATA":
    case "CLEARCONF":
      return describeBlock(name, bytes);
    default:
      return describeStructure(name, bytes);
  }
}

/** The same with "prefix." before each name. */
export function prefixed(prefix: string, description: Description): Description {
  const all: Description = {};
  for (const name in description) all[`${prefix}.${name}`] = description[name] ?? "";
  return all;
}

function describeBlock(block: BlockName, bytes: Uint8Array): Description {
  const description: Description = {};
  let offset = 0;
  for (const part of BLOCKS[block] as readonly Part[]) {
    const [name, length] = typeof part === "string" ? [part, elementSpec(part).max] : part;
    const value = bytes.subarray(offset, offset + length);
    if (value.length < length) break;
    description[name] = typeof part === "string" ? describeElement(part, value) : rawText(name, value);
    offset += length;
  }
  if (offset < bytes.length) description.rest = toHex(bytes.subarray(offset));
  return withAmounts(description);
}

function rawText(name: string, value: Uint8Array): string {
  const hex = toHex(value);
  return name === "type" ? (CERTIFICATE_TYPES.get(hex) ?? hex) : hex;
}
