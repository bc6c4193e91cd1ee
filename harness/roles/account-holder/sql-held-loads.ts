import type { Kysely } from "kysely";
import { book } from "../../accounts/book.ts";
import { openAccountsIn } from "../../accounts/ledger.ts";
import { customerAccount, holdAccount, holdReference, loadReference, releaseReference } from "../../accounts/names.ts";
import { PursebenchError } from "../../core/errors.ts";
import { wholeNumber } from "../../sql/integers.ts";
import type { SqlStore } from "../../sql/store.ts";
import {
  type EndResult,
  type Funds,
  HELD_STATUSES,
  type HeldLoad,
  type HeldLoads,
  type HoldResult,
  type LoadEnd,
  type NewHeldLoad,
} from "./held-load.ts";
import type { HeldLoadsTable, HolderSchema } from "./tables.ts";

type Unit = Kysely<HolderSchema>;

/** The holders' tables in a store that was opened with `LEDGER_TABLES` and `HOLDER_TABLES`. */
export function heldLoadsIn(store: SqlStore<HolderSchema>): HeldLoads {
  return {
    funds: (IDMER, ACCOUNT) => funds(store, customerAccount(IDMER, ACCOUNT)),
    offer: (load) => offer(store, load),
    async load(IDTRX) {
      const select = store.db.selectFrom("held_loads").selectAll().where("IDTRX", "=", IDTRX);
      const row = await store.run(() => select.executeTakeFirst());
      return row && toHeldLoad(row);
    },
    hold: (IDTRX, MLDA) => store.unit((unit) => hold(unit, IDTRX, MLDA, store.now())),
    conclude: (IDTRX, end, pool) => store.unit((unit) => conclude(unit, IDTRX, { end, pool }, store.now())),
    async loads(IDMER) {
      const all = store.db.selectFrom("held_loads").selectAll().orderBy("sequence");
      const select = IDMER === undefined ? all : all.where("IDMER", "=", IDMER);
      return (await store.run(() => select.execute())).map(toHeldLoad);
    },
  };
}

async function funds(store: SqlStore<HolderSchema>, account: string): Promise<Funds | undefined> {
  const select = store.db.selectFrom("accounts").selectAll().where("account", "=", account).orderBy("CURR");
  const row = await store.run(() => select.executeTakeFirst());
  return row && { available: wholeNumber(row.balance), CURR: row.CURR, CEXP: row.CEXP };
}

async function offer(store: SqlStore<HolderSchema>, load: NewHeldLoad): Promise<void> {
  const now = store.now();
  const row = { ...load, MLDA: null, status: "offered", created: now, updated: now };
  await store.run((db) => db.insertInto("held_loads").values(row).execute());
}

async function hold(unit: Unit, IDTRX: string, MLDA: number, now: string): Promise<HoldResult> {
  const load = await lock(unit, IDTRX);
  if (load.status !== "offered") return load.status === "held" && load.MLDA === MLDA ? "again" : "other";
  const [from, to] = [customerAccount(load.IDMER, load.ACCOUNT), holdAccount(load.IDMER)];
  const { CURRLDA: CURR, CEXPLDA: CEXP } = load;
  await openAccountsIn(unit, [{ account: to, CURR, CEXP }]);
  const transfer = { reference: holdReference(IDTRX), from, to, amount: MLDA, CURR, CEXP };
  if ((await book(unit, [transfer], now)).kind === "refused") return "no-cover"; // nothing was written
  await change(unit, IDTRX, { status: "held", MLDA, updated: now });
  return "held";
}

async function conclude(
  unit: Unit,
  IDTRX: string,
  { end, pool }: { readonly end: LoadEnd; readonly pool: string },
  now: string,
): Promise<EndResult> {
  const load = await lock(unit, IDTRX);
  if (load.status === "loaded" || load.status === "released") return load.status === end ? "again" : "other";
  if (load.status === "offered" && end === "loaded") return "not-held";
  if (load.MLDA !== null) {
    const { CURRLDA: CURR, CEXPLDA: CEXP, MLDA: amount } = load;
    const to = end === "loaded" ? pool : customerAccount(load.IDMER, load.ACCOUNT);
    const reference = end === "loaded" ? loadReference(IDTRX) : releaseReference(IDTRX);
    await openAccountsIn(unit, [{ account: to, CURR, CEXP }]);
    const booking = await book(unit, [{ reference, from: holdAccount(load.IDMER), to, amount, CURR, CEXP }], now);
    if (booking.kind === "refused") throw damaged(`the hold of ${IDTRX} cannot be moved: ${booking.why}`);
  }
  await change(unit, IDTRX, { status: end, updated: now });
  return "done";
}

/** The row, locked by a change that changes nothing: whoever else wants it waits for the end of this unit of work. */
async function lock(unit: Unit, IDTRX: string): Promise<HeldLoad> {
  const row = await unit
    .updateTable("held_loads")
    .set((expression) => ({ status: expression.ref("status") }))
    .where("IDTRX", "=", IDTRX)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new PursebenchError("INTERNAL", `no load ${IDTRX} was offered`);
  return toHeldLoad(row);
}

async function change(
  unit: Unit,
  IDTRX: string,
  values: { readonly status: string; readonly MLDA?: number; readonly updated: string },
): Promise<void> {
  await unit.updateTable("held_loads").set(values).where("IDTRX", "=", IDTRX).execute();
}

function toHeldLoad({
  sequence: _,
  status: text,
  ...row
}: { sequence: unknown } & Omit<HeldLoadsTable, "sequence">): HeldLoad {
  const status = HELD_STATUSES.find((known) => known === text);
  if (status === undefined) throw damaged(`it holds the status "${text.slice(0, 40)}"`);
  const MLDA = row.MLDA === null ? null : wholeNumber(row.MLDA);
  return { ...row, MLDAmax: wholeNumber(row.MLDAmax), MLDA, status };
}

function damaged(what: string): PursebenchError {
  return new PursebenchError("STORAGE", `the account holders' database is damaged: ${what}`, {
    mend: "restore the database; this program never writes that",
  });
}
