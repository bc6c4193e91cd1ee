import { withRecord } from "./memory.ts";
import type { TerminalMemory, TerminalOutput, TerminalState, TerminalStep, TransactionFacts } from "./state.ts";

/** The data store gets one more record (`messages.md` 5, step 630), in the same write as what else has become of `memory`. */
export function record(
  state: TerminalState,
  memory: TerminalMemory,
  facts: TransactionFacts,
  CC: string,
  step = "630",
): TerminalStep {
  const recorded = withRecord(memory, facts, CC);
  const { IDTRX, MPDA } = facts;
  const fields = { COUNT: recorded.count, CC, MPDA };
  const log: TerminalOutput = { kind: "log", entry: "data-store-updated", step, IDTRX, fields };
  return { state: { ...state, memory: recorded }, outputs: [{ kind: "save", memory: recorded }, log] };
}
