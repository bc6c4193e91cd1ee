/** The ledger against the rows of those who book in it (`load.md` 7, `clearing.md` 5): every account has what its rows say. */
import type { AccountMoney, MoneyBooks } from "../../../harness/flows/money.ts";
import { issuerOf } from "./sheet.ts";
import { Sums, sumOf, type Unit, type Value, words } from "./unit.ts";

/** One sentence for each account that has another balance; none while nobody has needed the ledger. */
export function ledgerFlaws({ accounts, holds, cleared }: MoneyBooks): readonly string[] {
  const settled = cleared.filter(({ status }) => status === "settled");
  const flaws = sumFlaws(accounts);
  const expect = (account: AccountMoney, due: number) => {
    if (account.balance === due) return;
    flaws.push(`${account.account} has ${words(account.balance, account)}, not ${words(due, account)}`);
  };
  for (const account of accounts) {
    const [kind, name = "", ACCOUNT = ""] = account.account.split(":");
    const isHere = (of: { CURRLDA: string; CEXPLDA: number }) =>
      of.CURRLDA === account.CURR && of.CEXPLDA === account.CEXP;
    const own = holds.filter((hold) => hold.IDMER === name && isHere(hold));
    if (kind === "world") expect(account, account.opening);
    if (kind === "hold") expect(account, amountOf(own.filter(({ status }) => status === "held")));
    if (kind === "customer") {
      const out = own.filter((hold) => hold.ACCOUNT === ACCOUNT && ["held", "loaded"].includes(hold.status));
      expect(account, account.opening - amountOf(out));
    }
    if (kind === "acquirer") expect(account, 0);
    if (kind === "merchant") {
      const sold = settled.filter((sale) => sale.IDMER === name && isIn(sale, account));
      expect(
        account,
        sumOf(sold, ({ MPDA }) => MPDA),
      );
    }
  }
  return [...flaws, ...poolFlaws(accounts, holds, settled)];
}

/** An issuer's pools together: a bank may keep a part of one. */
function poolFlaws(
  accounts: readonly AccountMoney[],
  holds: MoneyBooks["holds"],
  settled: MoneyBooks["cleared"],
): readonly string[] {
  const [risen, due] = [new Sums<Value>(), new Sums<Value>()];
  for (const account of accounts) {
    const PPIEP = issuerOf(account);
    if (PPIEP !== undefined) risen.add({ ...account, PPIEP }, account.balance - account.opening);
  }
  for (const { status, PPIEP, CURRLDA: CURR, CEXPLDA: CEXP, MLDA } of holds) {
    if (status === "loaded") due.add({ PPIEP, CURR, CEXP }, MLDA ?? 0);
  }
  for (const sale of settled) due.add(sale, -sale.MPDA);
  for (const { of } of due.all) risen.add(of, 0);
  return risen.all
    .filter(({ of, amount }) => amount !== due.of(of))
    .map(({ of, amount }) => `pool:${of.PPIEP} rose by ${words(amount, of)}, not by ${words(due.of(of), of)}`);
}

/** Over all accounts of a unit, `world` included. */
function sumFlaws(accounts: readonly AccountMoney[]): string[] {
  const sums = new Sums<Unit>();
  for (const { CURR, CEXP, balance } of accounts) sums.add({ CURR, CEXP }, balance);
  return sums.all
    .filter(({ amount }) => amount !== 0)
    .map(({ of, amount }) => `all accounts together have ${words(amount, of)}, not ${words(0, of)}`);
}

function amountOf(holds: MoneyBooks["holds"]): number {
  return sumOf(holds, ({ MLDA }) => MLDA ?? 0);
}

function isIn({ CURR, CEXP }: Unit, account: Unit): boolean {
  return CURR === account.CURR && CEXP === account.CEXP;
}
