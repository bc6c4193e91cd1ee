import { fromHex } from "../../core/bytes.ts";
import type { TotalsLine } from "../../protocol/messages/psam-read-totals.ts";
import { cardOf, debitOf } from "./kept.ts";
import type { PsamMemory, Transaction } from "./state.ts";

type Totals = PsamMemory["totals"];

/** Totals are kept apart by these. */
type Group = Pick<TotalsLine, "PPIEP" | "CURR" | "CEXP">;

/** The totals with that transaction counted. */
export function counted(totals: Totals, transaction: Transaction): Totals {
  return raised(totals, groupOf(transaction), debitOf(transaction).MPDA);
}

/** The totals as if that transaction, which is counted in them, had never been. */
export function uncounted(totals: Totals, transaction: Transaction): Totals {
  return lowered(totals, groupOf(transaction), debitOf(transaction).MPDA);
}

/** The totals with one more transaction of that provider and currency. */
export function raised(totals: Totals, group: Group, MPDA: number): Totals {
  if (!totals.some((line) => isOf(line, group))) return [...totals, { ...group, MTOT: MPDA, NTOT: 1 }];
  return totals.map((line) => (isOf(line, group) ? { ...line, MTOT: line.MTOT + MPDA, NTOT: line.NTOT + 1 } : line));
}

/** The totals with one less; a line that was begun by it goes with it. */
export function lowered(totals: Totals, group: Group, MPDA: number): Totals {
  return less(totals, group, MPDA, 1);
}

/** What is confirmed of the totals: less the issued transactions, which can still be taken back. */
export function confirmedTotals({ totals, issued }: Pick<PsamMemory, "totals" | "issued">): Totals {
  return issued.reduce(uncounted, totals);
}

/** The line of that provider and currency. */
export function lineOf(totals: Totals, group: Group): TotalsLine | undefined {
  return totals.find((line) => isOf(line, group));
}

/** The totals less these lines; one whose number becomes 0 is gone. */
export function withoutLines(totals: Totals, lines: Totals): Totals {
  return lines.reduce((left, taken) => less(left, taken, taken.MTOT, taken.NTOT), totals);
}

function less(totals: Totals, group: Group, MTOT: number, NTOT: number): Totals {
  return totals
    .map((line) => (isOf(line, group) ? { ...line, MTOT: line.MTOT - MTOT, NTOT: line.NTOT - NTOT } : line))
    .filter((line) => line.NTOT > 0);
}

function groupOf(transaction: Transaction): Group {
  const { CURRPDA, CEXPPDA } = debitOf(transaction);
  return { PPIEP: cardOf(fromHex(transaction.INITRSP)).PPIEP, CURR: CURRPDA, CEXP: CEXPPDA };
}

function isOf({ PPIEP, CURR, CEXP }: TotalsLine, group: Group): boolean {
  return PPIEP === group.PPIEP && CURR === group.CURR && CEXP === group.CEXP;
}
