import type { LoadRecord } from "./database/contracts.ts";
import type { HoldEnd } from "./own-accounts.ts";
import type { LoadServerParts } from "./parts.ts";

/**
 * The hold of a pre-funded account follows the row, which comes first: what a crash leaves between the two is booked at the
 * next start (`load.md` 4, Booking). Nothing happens while a load is unresolved.
 */
export async function bookEnd({ accounts, database }: LoadServerParts, row: LoadRecord): Promise<void> {
  const end = holdEnd(row);
  if (accounts === undefined || end === undefined || row.booked || row.SOURCE !== PRE_FUNDED) return;
  await accounts.settle(row, end);
  await database.markBooked(row);
}

const PRE_FUNDED = 2;

function holdEnd({ status }: LoadRecord): HoldEnd | undefined {
  switch (status) {
    case "loaded":
      return "loaded";
    case "not-loaded":
    case "refused":
    case "void":
      return "released";
    default:
      return undefined;
  }
}
