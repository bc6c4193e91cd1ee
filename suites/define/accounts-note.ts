/** Where the money of a case that failed has gone: for the reader of its evidence. */
import type { Clock } from "../../harness/core/clock.ts";
import { formatAmount } from "../../harness/core/currency.ts";
import type { AccountMoney } from "../../harness/flows/money.ts";

/** As much of a system as is looked at. */
interface Accounts {
  money(): Promise<{ readonly accounts: readonly AccountMoney[] }>;
}

/** Real time for a look at the books. */
const LOOK_MS = 5_000;

/** Notes every account of the ledger that has another balance than at the beginning. Never rejects: the failure itself counts more. */
export async function noteAccounts(system: Accounts, note: (text: string) => void, clock: Clock): Promise<void> {
  const timer = clock.timer(LOOK_MS);
  const late = timer.elapsed.then(() => "the accounts could not be read in time");
  const text = await Promise.race([movedText(system), late]);
  timer.cancel();
  if (text !== undefined) note(text);
}

async function movedText(system: Accounts): Promise<string | undefined> {
  try {
    const { accounts } = await system.money();
    const moved = accounts.filter(({ balance, opening }) => balance !== opening);
    return moved.length === 0 ? undefined : `accounts, before and after: ${moved.map(accountText).join("; ")}`;
  } catch {
    return "the accounts could not be read";
  }
}

function accountText({ account, CURR, CEXP, opening, balance }: AccountMoney): string {
  const amount = (minor: number) => formatAmount(minor, CURR, CEXP);
  const sign = balance > opening ? "+" : "";
  return `${account} ${amount(opening)}, now ${amount(balance)} (${sign}${amount(balance - opening)})`;
}
