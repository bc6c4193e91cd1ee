import type { Kysely } from "kysely";
import { PursebenchError } from "../core/errors.ts";
import { wholeNumber } from "../sql/integers.ts";
import { WORLD } from "./names.ts";
import type { LedgerSchema } from "./tables.ts";
import type { Account, Booking, RefusedWhy, Transfer } from "./transfer.ts";

type Unit = Kysely<LedgerSchema>;

/**
 * Books `transfers` inside a unit of work of the caller, one after the other: all of them or, when one is refused, none; nothing
 * has been written then. Throws `STORAGE` for a reference under which something else was booked, `INTERNAL` for what is no transfer.
 */
export async function book(unit: Unit, transfers: readonly Transfer[], at: string): Promise<Booking> {
  transfers.forEach(requireTransfer);
  const balances = await lockAccounts(unit, transfers);
  const fresh: Transfer[] = [];
  for (const transfer of transfers) {
    if (isAmong(fresh, transfer) || (await isBooked(unit, transfer))) continue;
    const why = move(balances, transfer);
    if (why !== undefined) return { kind: "refused", reference: transfer.reference, why };
    fresh.push(transfer);
  }
  for (const transfer of fresh) await write(unit, transfer, at);
  return { kind: fresh.length === 0 ? "already" : "booked" };
}

/**
 * Balances of the accounts concerned, by key; each row is locked by a change that changes nothing, which every engine
 * understands, and in one order for everybody, so that two units of work never wait for each other.
 */
async function lockAccounts(unit: Unit, transfers: readonly Transfer[]): Promise<Map<string, number>> {
  const accounts = new Map<string, Account>();
  for (const transfer of transfers) for (const one of sidesOf(transfer)) accounts.set(keyOf(one), one);
  const balances = new Map<string, number>();
  for (const [key, { account, CURR, CEXP }] of [...accounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row = await unit
      .updateTable("accounts")
      .set((expression) => ({ balance: expression.ref("balance") }))
      .where("account", "=", account)
      .where("CURR", "=", CURR)
      .where("CEXP", "=", CEXP)
      .returning("balance")
      .executeTakeFirst();
    if (row !== undefined) balances.set(key, wholeNumber(row.balance));
  }
  return balances;
}

async function isBooked(unit: Unit, transfer: Transfer): Promise<boolean> {
  const { reference } = transfer;
  const row = await unit.selectFrom("transfers").selectAll().where("reference", "=", reference).executeTakeFirst();
  if (row === undefined) return false;
  const { source: from, target: to, amount, CURR, CEXP } = row;
  requireSame(transfer, { reference, from, to, amount: wholeNumber(amount), CURR, CEXP });
  return true;
}

function isAmong(earlier: readonly Transfer[], transfer: Transfer): boolean {
  const twin = earlier.find(({ reference }) => reference === transfer.reference);
  if (twin !== undefined) requireSame(transfer, twin);
  return twin !== undefined;
}

function requireSame(transfer: Transfer, booked: Transfer): void {
  const names = ["from", "to", "amount", "CURR", "CEXP"] as const;
  const other = names.find((name) => transfer[name] !== booked[name]);
  if (other === undefined) return;
  throw new PursebenchError("STORAGE", `transfer ${transfer.reference} was booked with another ${other}`, {
    mend: "book another transfer under another reference",
  });
}

/** Moves the amount between `balances`, or says why not. */
function move(balances: Map<string, number>, transfer: Transfer): RefusedWhy | undefined {
  const [from, to] = sidesOf(transfer);
  const before = balances.get(keyOf(from));
  const gets = balances.get(keyOf(to));
  if (before === undefined || gets === undefined) return "no-account";
  const left = before - transfer.amount;
  if (left < 0 && from.account !== WORLD) return "no-cover";
  const raised = gets + transfer.amount;
  if (!Number.isSafeInteger(left) || !Number.isSafeInteger(raised)) return "no-room";
  balances.set(keyOf(from), left);
  balances.set(keyOf(to), raised);
  return undefined;
}

async function write(unit: Unit, { reference, from, to, amount, CURR, CEXP }: Transfer, at: string): Promise<void> {
  await unit.insertInto("transfers").values({ reference, source: from, target: to, amount, CURR, CEXP, at }).execute();
  for (const side of [
    { account: from, amount: -amount },
    { account: to, amount },
  ]) {
    await unit
      .insertInto("entries")
      .values({ reference, ...side, CURR, CEXP, at })
      .execute();
    await unit
      .updateTable("accounts")
      .set((expression) => ({ balance: expression("balance", "+", side.amount) }))
      .where("account", "=", side.account)
      .where("CURR", "=", CURR)
      .where("CEXP", "=", CEXP)
      .execute();
  }
}

function sidesOf({ from, to, CURR, CEXP }: Transfer): readonly [Account, Account] {
  return [
    { account: from, CURR, CEXP },
    { account: to, CURR, CEXP },
  ];
}

function keyOf({ account, CURR, CEXP }: Account): string {
  return `${CURR}/${CEXP}/${account}`;
}

function requireTransfer({ reference, from, to, amount }: Transfer): void {
  if (Number.isSafeInteger(amount) && amount > 0 && from !== to) return;
  throw new PursebenchError("INTERNAL", `transfer ${reference} moves no amount from one account to another`);
}
