/** FIG 5, 6 and 7 in one table: who compares S3 is a parameter, and what the three have in common is one family of cases. */
import type { RoleName } from "../../../harness/core/trace.ts";
import type { Case } from "../../define/case.ts";
import type { SiteNeed } from "../../define/site-need.ts";

/** What a case of the family tests, as a key to the requirements of its figure. */
export type Topic =
  /** Up to the draw amount state as in FIG 4. */
  | "drawn"
  /** The security card makes the expected answer. */
  | "made"
  /** The terminal hands it over with the debit command. */
  | "handed"
  /** The terminal's data store. */
  | "stored"
  /** The debit command of the payment server. */
  | "commanded"
  /** Card debit and its answer. */
  | "debited"
  | "compared"
  /** Nobody is asked a second time. */
  | "trips"
  /** The terminal is free early. */
  | "freed"
  /** Unequal signatures: nothing is confirmed. */
  | "unequal"
  /** The comparing role confirms by itself. */
  | "confirmed"
  /** On to the delivery. */
  | "delivered"
  | "reversed";

export interface Figure {
  readonly id: "FIG5" | "FIG6" | "FIG7";
  readonly comparison: "payment-server" | "head-end" | "merchant";
  /** Code of the comparing role (`messages.md` 3a). */
  readonly COMPARE: number;
  /** Who compares, in the traces. */
  readonly comparer: RoleName;
  /** Steps of the seed: the terminal's answer, the comparison. */
  readonly steps: { readonly stored: string; readonly compared: string };
  readonly requirements: Readonly<Record<Topic, readonly [string, ...string[]]>>;
}

export const FIGURES: readonly Figure[] = [
  {
    id: "FIG5",
    comparison: "payment-server",
    COMPARE: 1,
    comparer: "payment-server",
    steps: { stored: "706", compared: "710" },
    requirements: {
      drawn: ["PAY-ALT1-702"],
      made: ["PAY-ALT1-704-b", "PAY-ALT1-704-a"],
      handed: ["PAY-ALT1-706-a"],
      stored: ["PAY-ALT1-706-b"],
      commanded: ["PAY-ALT1-708-a"],
      debited: ["PAY-ALT1-708-a"],
      compared: ["PAY-ALT1-710"],
      trips: ["PAY-ALT1-0060", "PAY-ALT1-710-b"],
      freed: ["PAY-ALT1-0059-a", "PAY-ALT1-710-c"],
      unequal: ["PAY-ALT1-710-d"],
      confirmed: ["PAY-ALT1-0098"],
      delivered: ["PAY-ALT1-712"],
      reversed: ["PAY-ALT1-0106", "PAY-ALT1-0106-b"],
    },
  },
  {
    id: "FIG6",
    comparison: "head-end",
    COMPARE: 2,
    comparer: "head-end",
    steps: { stored: "726", compared: "732" },
    requirements: {
      drawn: ["PAY-ALT2-722"],
      made: ["PAY-ALT2-724"],
      handed: ["PAY-ALT2-726-a"],
      stored: ["PAY-ALT2-726-b"],
      commanded: ["PAY-ALT2-728", "PAY-ALT2-728-b"],
      debited: ["PAY-ALT2-730"],
      compared: ["PAY-ALT2-732-a", "PAY-ALT2-0061-a"],
      trips: ["PAY-ALT2-0061-b", "PAY-ALT2-732-b"],
      freed: ["PAY-ALT2-732-c"],
      unequal: ["PAY-ALT2-732-d"],
      confirmed: ["PAY-ALT2-734"],
      delivered: ["PAY-ALT2-736"],
      reversed: ["PAY-ALT2-0106"],
    },
  },
  {
    id: "FIG7",
    comparison: "merchant",
    COMPARE: 3,
    comparer: "merchant",
    steps: { stored: "746", compared: "754" },
    requirements: {
      drawn: ["PAY-ALT3-742"],
      made: ["PAY-ALT3-744"],
      handed: ["PAY-ALT3-746-a"],
      stored: ["PAY-ALT3-746-b"],
      commanded: ["PAY-ALT3-748-a"],
      debited: ["PAY-ALT3-750"],
      compared: ["PAY-ALT3-754-b", "PAY-ALT3-0063-a", "MS-C7"],
      trips: ["PAY-ALT3-0063-c"],
      freed: ["PAY-ALT3-754-c", "PAY-ALT3-0063-c"],
      unequal: ["PAY-ALT3-754-d"],
      confirmed: ["PAY-ALT3-756"],
      delivered: ["PAY-ALT3-758"],
      reversed: ["PAY-ALT3-0106"],
    },
  },
];

/** Sites of FIG 4 have this need with `comparison: "psam"`: nothing but who compares tells them apart. */
export function plainSite(comparison: Figure["comparison"] | "psam"): SiteNeed {
  return { kind: "internet", comparison, encryption: undefined, confirmation: "sealed", direct: false };
}

/** The same case for each figure. */
export function family(define: (figure: Figure) => Case): Case[] {
  return FIGURES.map(define);
}

export function figureOf(id: Figure["id"]): Figure {
  const found = FIGURES.find((figure) => figure.id === id);
  if (!found) throw new Error(`unreachable: ${id} is not in the table`);
  return found;
}
