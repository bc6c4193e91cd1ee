import { bytesToUint, toHex } from "../../core/bytes.ts";
import { comparisonOf } from "../../core/sale-profile.ts";
import { type ElementName, elementSpec } from "./elements.ts";
import { STRUCTURES, type StructureName } from "./structures.ts";

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Element name -> readable text. */
export type Description = Record<string, string>;

/** Nobody but its receiver can read anything in these. */
const SEALED: ReadonlySet<ElementName> = new Set<ElementName>(["SEALED", "SEXP", "ETSK"]);

function comparisonText(COMPARE: Uint8Array): string {
  return comparisonOf(bytesToUint(COMPARE.subarray(0, 1)))?.replaceAll("-", " ") ?? "";
}

/** An element in words; bytes that break the element's rules are shown all the same. */
export function describeElement(name: ElementName, bytes: Uint8Array): string {
  if (SEALED.has(name)) return `sealed, ${bytes.length} bytes`;
  if (name === "COMPARE") return `${toHex(bytes)} ${comparisonText(bytes)}`.trimEnd();
  const { kind } = elementSpec(name);
  if (kind === "integer" && bytes.length > 0 && bytes.length <= 6) return String(bytesToUint(bytes));
  if (kind === "ascii" || kind === "utf8") return UTF8.decode(bytes);
  return toHex(bytes);
}

/** The elements of a structure that stand side by side; what is left over at the end is `rest`, what is cut off is missing. */
export function describeStructure(name: StructureName, bytes: Uint8Array): Description {
  const description: Description = {};
  let offset = 0;
  for (const element of STRUCTURES[name]) {
    const length = elementSpec(element).max;
    if (offset + length > bytes.length) break;
    description[element] = describeElement(element, bytes.subarray(offset, offset + length));
    offset += length;
  }
  if (offset < bytes.length) description.rest = toHex(bytes.subarray(offset));
  return withAmounts(description);
}

/** Amount, currency and exponent that stand together: the purchase's, the purse's. */
const AMOUNTS = [
  ["MPDA", "CURRPDA", "CEXPPDA"],
  ["MLDA", "CURRLDA", "CEXPLDA"],
  ["MLDAmax", "CURRLDA", "CEXPLDA"],
  ["BALIEP", "CURRIEP", "CEXPIEP"],
  ["BALmaxIEP", "CURRIEP", "CEXPIEP"],
] as const;

/** The same description with amounts as people read them: MPDA 1250, CURRPDA 0978, CEXPPDA 2 is "12.50 (0978)". */
export function withAmounts(description: Description): Description {
  for (const [amount, currency, exponent] of AMOUNTS) {
    const minor = description[amount];
    const CURR = description[currency];
    const CEXP = Number(description[exponent] ?? Number.NaN);
    if (minor !== undefined && CURR !== undefined && CEXP <= 3) description[amount] = amountText(minor, CURR, CEXP);
  }
  return description;
}

/** "12.50 (0978)" for 1250 minor units with two decimals. */
export function amountText(minor: string, CURR: string, CEXP: number): string {
  const digits = minor.padStart(CEXP + 1, "0");
  const decimals = CEXP === 0 ? "" : `.${digits.slice(-CEXP)}`;
  return `${digits.slice(0, digits.length - CEXP)}${decimals} (${CURR})`;
}
