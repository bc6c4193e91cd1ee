/** The ledger before and after. */
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { type Sale, unitOf } from "./sales.ts";

/** Minor units by "account CURR/CEXP". */
export type Balances = ReadonlyMap<string, number>;

export async function balancesOf(t: CaseContext): Promise<Balances> {
  const all = await t.system.accounts();
  return new Map(all.map((each) => [`${each.account} ${unitOf(each)}`, each.balance]));
}

/** What changed, by account; accounts that have what they had are left out. */
export function gains(before: Balances, after: Balances): Readonly<Record<string, number>> {
  const changed = [...after].map(([name, balance]) => [name, balance - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(changed.filter(([, gain]) => gain !== 0).sort(byName));
}

/** What a settlement of exactly these sales moves: pools give it, merchants have it, nobody else keeps a part of it. */
export function dueFor(sales: readonly Sale[]): Readonly<Record<string, number>> {
  const due = new Map<string, number>();
  const add = (name: string, amount: number) => due.set(name, (due.get(name) ?? 0) + amount);
  for (const sale of sales) {
    add(`pool:${sale.PPIEP} ${unitOf(sale)}`, -sale.MPDA);
    add(`merchant:${sale.IDMER} ${unitOf(sale)}`, sale.MPDA);
  }
  return Object.fromEntries([...due].sort(byName));
}

/** Over all settlements since `before` exactly these sales were settled, each once. */
export async function expectSettled(
  t: CaseContext,
  before: Balances,
  sales: readonly Sale[],
  about?: About,
): Promise<void> {
  const moved = gains(before, await balancesOf(t));
  t.expect.equal("what every account has gained (minor units)", moved, dueFor(sales), about);
}

function byName([one]: readonly [string, number], [other]: readonly [string, number]): number {
  return one < other ? -1 : 1;
}
