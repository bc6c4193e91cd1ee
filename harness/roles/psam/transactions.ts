/** The transactions that a PSAM keeps (psam-edge.md, section 2): at most one open, suspended ones, issued ones. Each change is one value. */
import { isRemembered, remember } from "./remembered-ids.ts";
import { MAX_ISSUED, type PsamMemory, type Transaction } from "./state.ts";
import { counted, uncounted } from "./totals.ts";

/** The open, suspended or issued transaction of that identifier. */
export function findTransaction(memory: PsamMemory, IDTRX: string): Transaction | undefined {
  if (memory.open?.IDTRX === IDTRX) return memory.open;
  return memory.suspended.find((transaction) => transaction.IDTRX === IDTRX) ?? findIssued(memory, IDTRX);
}

/** The issued transaction of that identifier: the totals count it already. */
export function findIssued(memory: PsamMemory, IDTRX: string): Transaction | undefined {
  return memory.issued.find((transaction) => transaction.IDTRX === IDTRX);
}

/** The transaction is open, issued, suspended or already confirmed. */
export function isUsed(memory: PsamMemory, IDTRX: string): boolean {
  return findTransaction(memory, IDTRX) !== undefined || isRemembered(memory.confirmed, IDTRX);
}

/** With the open transaction kept for a late COMPLETE; PACKAGE: DEBIT has made sure that there is room. */
export function withOpenSuspended(memory: PsamMemory): PsamMemory {
  if (memory.open === null) return memory;
  return { ...memory, open: null, suspended: [...memory.suspended, memory.open] };
}

/** With the transaction counted and kept as issued; the oldest of too many becomes confirmed. */
export function withIssued(memory: PsamMemory, transaction: Transaction): PsamMemory {
  const [oldest, ...younger] = memory.issued;
  const totals = counted(memory.totals, transaction);
  if (oldest === undefined || memory.issued.length < MAX_ISSUED) {
    return { ...memory, totals, issued: [...memory.issued, transaction] };
  }
  return {
    ...memory,
    totals,
    issued: [...younger, transaction],
    confirmed: remember(memory.confirmed, oldest.IDTRX),
  };
}

/** Closed as if it had never been: the totals of an issued one fall. */
export function closed(memory: PsamMemory, transaction: Transaction): PsamMemory {
  const left = without(memory, transaction.IDTRX);
  if (!findIssued(memory, transaction.IDTRX)) return left;
  return { ...left, totals: uncounted(memory.totals, transaction) };
}

/** Closed as confirmed: the totals rise, those of an issued one have risen already. */
export function confirmed(memory: PsamMemory, transaction: Transaction): PsamMemory {
  const { IDTRX } = transaction;
  const totals = findIssued(memory, IDTRX) ? memory.totals : counted(memory.totals, transaction);
  return { ...without(memory, IDTRX), totals, confirmed: remember(memory.confirmed, IDTRX) };
}

function without(memory: PsamMemory, IDTRX: string): PsamMemory {
  const isOther = (transaction: Transaction) => transaction.IDTRX !== IDTRX;
  return {
    ...memory,
    open: memory.open !== null && isOther(memory.open) ? memory.open : null,
    suspended: memory.suspended.filter(isOther),
    issued: memory.issued.filter(isOther),
  };
}
