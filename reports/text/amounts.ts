/** Amounts among decoded elements, shown with their unit. */
import type { Elements } from "../record/run-record.ts";
import { amount, currencyName } from "./format.ts";

/** Elements that hold currency and exponent (EN 1546 names). */
type Unit = readonly [currency: string, exponent: string];

const PURCHASE: Unit = ["CURRPDA", "CEXPPDA"];
const LOAD: Unit = ["CURRLDA", "CEXPLDA"];
const PURSE: Unit = ["CURRIEP", "CEXPIEP"];

/** Amount element to its unit; an HSM is told a balance in the currency of the load. */
const AMOUNTS: ReadonlyMap<string, readonly Unit[]> = new Map<string, readonly Unit[]>([
  ["MPDA", [PURCHASE]],
  ["MLDA", [LOAD]],
  ["MLDAmax", [LOAD]],
  ["BALIEP", [PURSE, LOAD]],
  ["BALmaxIEP", [PURSE]],
  ["MTOT", [["CURR", "CEXP"]]],
]);

/** "12.50 (0978)", as `protocol/messages` writes amounts whose currency stands beside them. */
const WITH_CODE = /^(\d+(?:\.\d+)?) \((\d{4})\)$/;

/**
 * `elements` with amounts as "12.50 EUR"; those without a currency beside them as "1250 minor units". Elements of a
 * structure carry its name in front ("INITRSP.BALIEP"), and so do their currencies.
 */
export function withUnits(elements: Elements): Elements {
  const values = new Map(elements);
  return elements.map(([name, value]) => [name, inUnits(name, value, values)] as const);
}

function inUnits(name: string, value: string, values: ReadonlyMap<string, string>): string {
  const dot = name.lastIndexOf(".") + 1;
  const units = AMOUNTS.get(name.slice(dot));
  if (!units) return value;
  const coded = WITH_CODE.exec(value);
  if (coded?.[1] !== undefined && coded[2] !== undefined) return `${coded[1]} ${currencyName(coded[2])}`;
  if (!/^\d{1,15}$/.test(value)) return value;
  for (const unit of units) {
    const [CURR, CEXP] = unit.map((each) => values.get(name.slice(0, dot) + each));
    if (CURR !== undefined && CEXP !== undefined && /^0?[0-3]$/.test(CEXP)) {
      return amount(Number(value), CURR, Number(CEXP));
    }
  }
  return `${value} minor units`;
}
