import { deadlineIn } from "../../core/deadline.ts";
import { cancelMessage, cancelOf, isAnsweredBy } from "./cancel.ts";
import type { LogLine, TransactionChange, TransactionRecord } from "./database/contracts.ts";
import type { OwedCancel } from "./owed-cancels.ts";
import { isFailureOfTerminal } from "./owed-collector.ts";
import type { PaymentServerParts } from "./parts.ts";
import { reversalLine } from "./reversal-line.ts";
import { codeOfAnswer } from "./terminal-outcome.ts";

/** What a transaction without thread has become: this server was not there when its peers needed it. */
const CC = "A019";

/**
 * Settles what an earlier run of the server left (`messages.md`, section 8). The debit command may have left: unresolved,
 * and the terminal suspends, or reverses where it has counted already. It cannot have left: refused, and the terminal
 * withdraws. So it does with every cancellation that it has not answered yet. The database first, so that a crash in the
 * middle of this is settled by the next start. A silent terminal does not stop the start.
 */
export async function recoverTransactions(parts: PaymentServerParts): Promise<void> {
  const { database } = parts;
  const issued = await database.transactionsByStatus("debit-sent", "response-received");
  const pending = await database.transactionsByStatus("received", "accepted");
  for (const row of issued) await settle(parts, row, { status: "unresolved", CC, owedMode: 1 });
  for (const row of pending) await settle(parts, row, { status: "refused", CC, ...withdrawn(row) });
  const owing = await database.transactionsOwing();
  const terminals = [...new Set(owing.map(({ IDTERM }) => IDTERM))];
  await Promise.all(terminals.map((IDTERM) => cancelAll(parts, IDTERM, owing)));
}

/** A terminal that was never chosen has nothing to withdraw. */
function withdrawn({ IDTERM }: TransactionRecord): Pick<TransactionChange, "owedMode"> {
  return IDTERM === null ? {} : { owedMode: 0 };
}

async function settle(
  { database, trace, name }: PaymentServerParts,
  { IDMER, IDTRX }: TransactionRecord,
  change: TransactionChange,
): Promise<void> {
  const entry = change.status === "unresolved" ? "transaction-unresolved" : "draw-request-refused";
  const line: LogLine = { entry, IDTRX, fields: { CC } };
  trace({ kind: "log", role: name, ...line });
  await database.updateTransaction(IDMER, IDTRX, change, [line]);
}

/** Everything that one terminal has to hear; after its first silence it is asked no more, but owes the rest. */
async function cancelAll(
  parts: PaymentServerParts,
  IDTERM: string | null,
  owing: readonly TransactionRecord[],
): Promise<void> {
  if (IDTERM === null || (await parts.pool.acquire({ among: [IDTERM] })) === undefined) return; // not in use any more
  try {
    let isSilent = false;
    for (const row of owing) {
      if (row.IDTERM !== IDTERM || row.owedMode === null) continue;
      const cancel = cancelOf(row, IDTERM, row.owedMode);
      const answer: Uint8Array | undefined = isSilent ? undefined : await askToCancel(parts, cancel);
      isSilent ||= answer === undefined;
      await note(parts, cancel, answer);
    }
  } finally {
    parts.pool.release(IDTERM);
  }
}

async function note(parts: PaymentServerParts, cancel: OwedCancel, answer: Uint8Array | undefined): Promise<void> {
  const { IDTERM, IDTRX, IDMER, MODE, isReversal } = cancel;
  const code = answer === undefined ? "A008" : codeOfAnswer(answer);
  const fields = { IDTERM, MODE, CC: code };
  const line: LogLine = isReversal
    ? reversalLine(IDTRX, IDTERM, answer)
    : { entry: "terminal-cancelled", IDTRX, fields };
  parts.trace({ kind: "log", role: parts.name, ...line });
  if (IDMER !== undefined && isAnsweredBy(cancel, answer)) {
    await parts.database.cancelAnswered(IDMER, IDTRX, [line]);
  } else {
    parts.owed.add(cancel);
    await parts.database.appendLog([line]);
  }
}

/** The terminal's answer; `undefined` when it is silent. */
async function askToCancel(
  { terminals, clock, timeouts }: PaymentServerParts,
  cancel: OwedCancel,
): Promise<Uint8Array | undefined> {
  try {
    const deadline = deadlineIn(clock, timeouts.terminalMs);
    return await terminals.exchange(cancel.IDTERM, cancelMessage(cancel), deadline);
  } catch (thrown) {
    if (!isFailureOfTerminal(thrown)) throw thrown;
    return undefined;
  }
}
