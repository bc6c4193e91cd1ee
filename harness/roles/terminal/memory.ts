import { encodeStoreRecord } from "../../protocol/messages/store-record.ts";
import type { TerminalMemory, TransactionFacts } from "./state.ts";

/** Records that are kept; the specification asks for 1,000 at least. The oldest go first. */
export const STORE_CAPACITY = 2_000;

/** More than the PSAM can keep suspended. */
const SUSPENDED_CAPACITY = 64;

/** What is known of a transaction that has not ended. */
export function factsOf(memory: TerminalMemory, IDTRX: string): TransactionFacts | undefined {
  if (memory.open?.IDTRX === IDTRX) return memory.open;
  return memory.suspended.find((facts) => facts.IDTRX === IDTRX);
}

/** The transaction has ended. */
export function withoutTransaction(memory: TerminalMemory, IDTRX: string): TerminalMemory {
  return {
    ...memory,
    open: memory.open?.IDTRX === IDTRX ? undefined : memory.open,
    suspended: memory.suspended.filter((facts) => facts.IDTRX !== IDTRX),
  };
}

/** The open transaction waits for a late answer from now on, and the terminal is free. */
export function withOpenSuspended(memory: TerminalMemory): TerminalMemory {
  if (memory.open === undefined) return memory;
  return { ...memory, open: undefined, suspended: [...memory.suspended, memory.open].slice(-SUSPENDED_CAPACITY) };
}

/** One more record (step 630). `CC`: the security card's response. */
export function withRecord(memory: TerminalMemory, facts: TransactionFacts, CC: string): TerminalMemory {
  const count = memory.count + 1;
  const record = encodeStoreRecord({ ...facts, COUNT: count, CC });
  return { ...memory, count, records: [...memory.records, record].slice(-STORE_CAPACITY) };
}
