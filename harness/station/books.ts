/** The books of loading and clearing: who has how much, what was loaded, what is on its way to be settled. */

import { type Ledger, ledgerIn } from "../accounts/ledger.ts";
import { LEDGER_TABLES } from "../accounts/tables.ts";
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import { DisposalStack } from "../core/disposal.ts";
import type { PaymentServerName } from "../flows/system.ts";
import type { HeldLoads } from "../roles/account-holder/held-load.ts";
import { heldLoadsIn } from "../roles/account-holder/sql-held-loads.ts";
import { HOLDER_TABLES, type HolderSchema } from "../roles/account-holder/tables.ts";
import type { ClearingStore } from "../roles/clearing-system/store/contracts.ts";
import { memoryClearingStores, openClearingStore } from "../roles/clearing-system/store/sql-clearing.ts";
import type { QueueStore } from "../roles/concentration-point/store/contracts.ts";
import { memoryQueues, openQueue } from "../roles/concentration-point/store/sql-queue.ts";
import type { LoadDatabase } from "../roles/load-server/database/contracts.ts";
import { memoryLoadDatabases, openLoadDatabase } from "../roles/load-server/database/open-database.ts";
import type { PaymentDatabase } from "../roles/payment-server/database/contracts.ts";
import { memoryDatabases, openDatabase } from "../roles/payment-server/database/open-database.ts";
import { memoryStores, openStore, type StoreKind } from "../sql/open-store.ts";

/** Kept over restarts of whoever writes in them. */
export interface Books extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly heldLoads: HeldLoads;
  readonly loads: LoadDatabase;
  readonly queue: QueueStore;
  readonly clearing: ClearingStore;
}

const IN_MEMORY = "sqlite::memory:";
/** A row of the account holders and its transfer are one unit of work: both stand in one database. */
const LEDGER: StoreKind = { what: "the ledger", tables: [LEDGER_TABLES, HOLDER_TABLES] };

type Opener<T> = (url: string, clock: Clock) => Promise<T>;

/** Opens the books of one system after the other; those in memory are new each time, and their tables are made once. */
export function bookOpener(bench: Bench): (clock: Clock) => Promise<Books> {
  const ledgers = either(memoryStores<HolderSchema>(LEDGER), (url, clock) =>
    openStore<HolderSchema>(url, clock, LEDGER),
  );
  const loads = either(memoryLoadDatabases(), openLoadDatabase);
  const queues = either(memoryQueues(), openQueue);
  const clearings = either(memoryClearingStores(), openClearingStore);
  return async (clock) => {
    const stack = new DisposalStack();
    try {
      const store = stack.use(await ledgers(bench.ledger, clock));
      return {
        ledger: ledgerIn(store),
        heldLoads: heldLoadsIn(store),
        loads: stack.use(await loads(bench.loadDatabase, clock)),
        queue: stack.use(await queues(bench.concentrationDatabase, clock)),
        clearing: stack.use(await clearings(bench.clearingDatabase, clock)),
        [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
      };
    } catch (thrown) {
      await stack[Symbol.asyncDispose]();
      throw thrown;
    }
  };
}

/**
 * Opens the databases of the payment servers, for one system after the other. One in memory is new each time, as the security
 * cards are whose collections it speaks of; one at another URL is kept, and what a system left unfinished the next one settles.
 */
export function databaseOpener(
  bench: Pick<Bench, "database" | "headEndDatabase">,
): (clock: Clock, stack: DisposalStack) => Promise<Readonly<Record<PaymentServerName, PaymentDatabase>>> {
  const open = either(memoryDatabases(), openDatabase);
  return async (clock, stack) => ({
    "payment-server": stack.use(await open(bench.database, clock)),
    "head-end-payment-server": stack.use(await open(bench.headEndDatabase, clock)),
  });
}

function either<T>(inMemory: (clock: Clock) => Promise<T>, open: Opener<T>): Opener<T> {
  return (url, clock) => (url === IN_MEMORY ? inMemory(clock) : open(url, clock));
}
