import { bookEnd } from "./booking.ts";
import type { LoadChange, LoadRecord, LogLine } from "./database/contracts.ts";
import { NEVER } from "./outcome.ts";
import type { LoadServerParts } from "./parts.ts";

/** What a load without thread has become: this server was not there when its peers needed it. */
const CC = "A019";

/**
 * Settles what an earlier run of the server left (`load.md` 9): a command may have left: unresolved; it cannot have left:
 * refused. Then every end that was not booked yet.
 */
export async function recoverLoads(parts: LoadServerParts): Promise<void> {
  const { database } = parts;
  for (const row of await database.loadsByStatus("command-sent")) {
    await change(parts, row, { status: "unresolved", CC }, "load-unresolved");
  }
  for (const row of await database.loadsByStatus("received")) {
    await change(parts, row, { status: "refused", CC }, "load-request-refused");
  }
  for (const row of await database.loadsByStatus("loaded", "not-loaded", "refused", "void")) await bookEnd(parts, row);
}

async function change(parts: LoadServerParts, row: LoadRecord, to: LoadChange, entry: string): Promise<void> {
  const line: LogLine = { entry, IDTRX: row.IDTRX, fields: { CC } };
  parts.trace({ kind: "log", role: "load-server", ...line });
  await parts.database.updateLoad(row, to, [line]);
}

/**
 * Holds of this server's own accounts for which no load request has come in that time are given back, and nothing may be
 * loaded under their identifier any more (`load.md` 6).
 */
export async function settleOwnHolds(parts: LoadServerParts, olderThanMinutes = 60): Promise<void> {
  const { accounts, database, clock } = parts;
  if (accounts === undefined) return;
  const oldest = clock.wall().getTime() - olderThanMinutes * 60_000;
  const moment = new Date(oldest + 1).toISOString(); // one that is just that old is among them
  for (const { IDMER, IDTRX } of await accounts.heldBefore(moment)) {
    await database.insertLoad({ ...NEVER, IDMER, IDTRX, SOURCE: 2 }, [{ entry: "load-void", IDTRX, fields: {} }]);
    const row = await database.load({ IDMER, IDTRX });
    if (row !== undefined) await bookEnd(parts, row);
  }
}
