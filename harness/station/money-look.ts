/** A look at the money of one system, from inside. */
import { WORLD } from "../accounts/names.ts";
import type { AccountMoney, MoneyBooks } from "../flows/money.ts";
import { BenchLoading } from "./bench-loading.ts";
import type { Insides } from "./insides.ts";
import type { Servers } from "./servers.ts";

/** Books that nobody has needed yet are not opened for it. */
export async function lookAtMoney(servers: Servers, insides: Insides | undefined): Promise<MoneyBooks> {
  const loading = new BenchLoading(servers);
  const isOpen = servers.hasBooks;
  return {
    devices: insides && { cards: insides.cards(), psams: insides.psams() },
    accounts: isOpen ? await accountsOf(loading) : [],
    holds: isOpen ? await loading.heldLoads() : [],
    loads: isOpen ? await loading.loads() : [],
    cleared: isOpen ? await servers.cleared() : [],
    rows: (await Promise.all(servers.databases().map((database) => database.transactions()))).flat(),
    sales: await servers.sites.sales(),
  };
}

/** Every account; what it was opened with came from `world`. */
async function accountsOf(loading: BenchLoading): Promise<readonly AccountMoney[]> {
  const [accounts, issued] = [await loading.accounts(), await loading.entries(WORLD)];
  return accounts.map((each) => {
    const reference = `opening/${each.account}/${each.CURR}`;
    const isOpening = (other: string) =>
      each.account === WORLD ? other.endsWith(`/${each.CURR}`) : other === reference;
    const from = issued.filter((entry) => isOpening(entry.reference)).reduce((sum, { amount }) => sum + amount, 0);
    return { ...each, opening: each.account === WORLD ? from : 0 - from };
  });
}
