import { encodeStoreRecord } from "../../protocol/messages/store-record.ts";
import type { TerminalMemory, TransactionFacts } from "./state.ts";

/** Records that are kept; the specification asks for 1,000 at least. The oldest go first. */
export const STORE_CAPACITY = 2_000;

/** More than the PSAM can keep suspended. */
export const SUSPENDED_CAPACITY = 96;

/** As many as the PSAM keeps: what falls out here is confirmed there (`psam-edge.md` 2). */
export const ISSUED_CAPACITY = 64;

/** What is known of a transaction that has not ended. */
export function factsOf(memory: TerminalMemory, IDTRX: string): TransactionFacts | undefined {
  if (memory.open?.IDTRX === IDTRX) return memory.open;
  return issuedOf(memory, IDTRX) ?? memory.suspended.find((facts) => facts.IDTRX === IDTRX);
}

/** An issued transaction, which the PSAM counts although nobody has seen its S3 yet. */
export function issuedOf(memory: TerminalMemory, IDTRX: string): TransactionFacts | undefined {
  return memory.issued.find((facts) => facts.IDTRX === IDTRX);
}

/** The transaction has ended. */
export function withoutTransaction(memory: TerminalMemory, IDTRX: string): TerminalMemory {
  return {
    ...memory,
    open: memory.open?.IDTRX === IDTRX ? undefined : memory.open,
    suspended: memory.suspended.filter((facts) => facts.IDTRX !== IDTRX),
    issued: memory.issued.filter((facts) => facts.IDTRX !== IDTRX),
  };
}

/** One more that is counted and can still be taken back. */
export function withIssued(memory: TerminalMemory, facts: TransactionFacts): TerminalMemory {
  return { ...memory, issued: [...memory.issued, facts].slice(-ISSUED_CAPACITY) };
}

/** A transaction waits for a late answer from now on. */
export function withSuspended(memory: TerminalMemory, facts: TransactionFacts): TerminalMemory {
  const others = withoutTransaction(memory, facts.IDTRX);
  return { ...others, suspended: [...others.suspended, facts].slice(-SUSPENDED_CAPACITY) };
}

/** The open transaction waits for a late answer from now on, and the terminal is free. */
export function withOpenSuspended(memory: TerminalMemory): TerminalMemory {
  return memory.open === undefined ? memory : withSuspended(memory, memory.open);
}

/** One more record (step 630). `CC`: the security card's response. */
export function withRecord(memory: TerminalMemory, facts: TransactionFacts, CC: string): TerminalMemory {
  const count = memory.count + 1;
  const record = encodeStoreRecord({ ...facts, COUNT: count, CC });
  return { ...memory, count, records: [...memory.records, record].slice(-STORE_CAPACITY) };
}
