import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { LogLine, TransactionRecord, TransactionStatus } from "./database/contracts.ts";
import type { PaymentServerParts } from "./parts.ts";
import { codeOfAnswer } from "./terminal-outcome.ts";

/** What a transaction without thread has become: this server was not there when its peers needed it. */
const CC = "A019";

/**
 * Settles what an earlier run of the server left (`messages.md`, section 8). The debit command may have left: unresolved,
 * and the terminal suspends. It cannot have left: refused, and the terminal withdraws. The database first, so that
 * a crash in the middle of this is settled by the next start. A silent terminal does not stop the start.
 */
export async function recoverTransactions(parts: PaymentServerParts): Promise<void> {
  const { database } = parts;
  const issued = await database.transactionsByStatus("debit-sent", "response-received");
  const pending = await database.transactionsByStatus("received", "accepted");
  for (const row of issued) await settle(parts, row, "unresolved", "transaction-unresolved");
  for (const row of pending) await settle(parts, row, "refused", "draw-request-refused");
  await Promise.all([...issued.map((row) => cancel(parts, row, 1)), ...pending.map((row) => cancel(parts, row, 0))]);
}

async function settle(
  { database, trace }: PaymentServerParts,
  { IDMER, IDTRX }: TransactionRecord,
  status: TransactionStatus,
  entry: string,
): Promise<void> {
  const line: LogLine = { entry, IDTRX, fields: { CC } };
  trace({ kind: "log", role: "payment-server", ...line });
  await database.updateTransaction(IDMER, IDTRX, { status, CC }, [line]);
}

async function cancel(parts: PaymentServerParts, { IDTERM, IDTRX }: TransactionRecord, MODE: 0 | 1): Promise<void> {
  const reserved = IDTERM === null ? undefined : await parts.pool.acquire(IDTERM);
  if (reserved === undefined) return; // it never had a terminal, or has one that is not in use any more
  try {
    const answer = await askToCancel(parts, reserved, IDTRX, MODE);
    const line: LogLine = { entry: "terminal-cancelled", IDTRX, fields: { IDTERM: reserved, MODE, CC: answer } };
    parts.trace({ kind: "log", role: "payment-server", ...line });
    await parts.database.appendLog([line]);
  } finally {
    parts.pool.release(reserved);
  }
}

/** The code that the terminal answers, A008 when it is silent. */
async function askToCancel(
  { terminals, clock, timeouts, owed }: PaymentServerParts,
  IDTERM: string,
  IDTRX: string,
  MODE: 0 | 1,
): Promise<string> {
  const cancel = { kind: "t-cancel", IDTERM, IDTRX, MODE } as const;
  try {
    const deadline = deadlineIn(clock, timeouts.terminalMs);
    return codeOfAnswer(await terminals.exchange(IDTERM, encodeMessage(cancel), deadline));
  } catch (thrown) {
    if (!(thrown instanceof PursebenchError)) throw thrown;
    owed.add(cancel);
    return "A008";
  }
}
