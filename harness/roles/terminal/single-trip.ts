import { issuedOf, withIssued, withoutTransaction, withSuspended } from "./memory.ts";
import { record } from "./record.ts";
import type { TerminalMemory, TerminalOutput, TerminalState, TerminalStep, TransactionFacts } from "./state.ts";
import { remember } from "./steps.ts";

/**
 * Single trip transactions (`messages.md` 3a and 5): the PSAM counts them when it issues them, and the newest record of
 * each says whether it counts. Every effect here ends the doubt about its command in the same write.
 */

const REVERSED = "A01D";
const WITHDRAW = 0;

/** Steps at which the store is updated, by COMPARE. */
const ISSUE_STEPS: Readonly<Record<number, string>> = { 1: "706", 2: "726", 3: "746" };

export function isSingleTrip(facts: TransactionFacts | undefined): facts is TransactionFacts {
  return facts?.COMPARE !== undefined;
}

/** DEBITDATA has come: counted, written off at once, and the terminal is idle (706). */
export function issued(state: TerminalState, facts: TransactionFacts): TerminalStep {
  const memory = withIssued(settled(state.memory), facts);
  return record(state, memory, facts, "0000", ISSUE_STEPS[facts.COMPARE ?? 0]);
}

/** The PSAM has taken an issued transaction back. `MODE`: 0 for good, 1 to wait for a late answer. */
export function reversed(state: TerminalState, IDTRX: string, MODE: number): TerminalStep {
  const facts = issuedOf(state.memory, IDTRX);
  if (facts === undefined) return remember(state, settled(state.memory));
  const memory = settled(state.memory);
  const left = MODE === WITHDRAW ? withoutTransaction(memory, IDTRX) : withSuspended(memory, facts);
  const kept = record(state, left, facts, REVERSED);
  return { state: kept.state, outputs: [...kept.outputs, logReversal(IDTRX, MODE)] };
}

/** What COMPLETE says of a single trip transaction. `CC`: 0000 or the PSAM's status word. */
export function completed(state: TerminalState, facts: TransactionFacts, CC: string): TerminalStep {
  const { IDTRX } = facts;
  const memory = settled(state.memory);
  const ended = withoutTransaction(memory, IDTRX);
  switch (CC) {
    case "0000":
    case "9416": // confirmed before: it counts
      return record(state, ended, facts, "0000");
    case "9404": {
      const kept = record(state, ended, facts, CC);
      if (issuedOf(memory, IDTRX) === undefined) return kept;
      return { state: kept.state, outputs: [...kept.outputs, logReversal(IDTRX, WITHDRAW)] };
    }
    case "9415": // the PSAM holds nothing of it
      return record(state, ended, facts, CC);
    default: // nothing has changed
      return remember(state, memory);
  }
}

function settled(memory: TerminalMemory): TerminalMemory {
  return memory.doubt === undefined ? memory : { ...memory, doubt: undefined };
}

function logReversal(IDTRX: string, MODE: number): TerminalOutput {
  return { kind: "log", entry: "transaction-reversed", IDTRX, fields: { MODE } };
}
