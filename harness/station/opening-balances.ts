/** What is in the accounts before the first load (`load.md` 7): all of it comes from `world`. */
import type { Ledger } from "../accounts/ledger.ts";
import { customerAccount, poolAccount, WORLD } from "../accounts/names.ts";
import type { Account, Transfer, Unit } from "../accounts/transfer.ts";
import type { LoadSiteFacts } from "../flows/loading.ts";

/**
 * Minor units in the pool of every issuer and currency at the beginning: what stands behind the value on all cards of the bench,
 * those of its set-top boxes included, when they come from their issuer.
 */
export const ISSUED = 1_000_000_000_000;

/** Idempotent: accounts that had their opening balance keep what they have. */
export async function openBalances(
  ledger: Ledger,
  sites: readonly LoadSiteFacts[],
  issuers: readonly ({ readonly PPIEP: string } & Unit)[],
): Promise<void> {
  const funded = [
    ...sites.flatMap(({ IDMER, accounts }) =>
      accounts.map(({ ACCOUNT, funds, CURR, CEXP }) => ({
        account: customerAccount(IDMER, ACCOUNT),
        funds,
        CURR,
        CEXP,
      })),
    ),
    ...issuers.map(({ PPIEP, CURR, CEXP }) => ({ account: poolAccount(PPIEP), funds: ISSUED, CURR, CEXP })),
  ];
  const accounts: Account[] = funded.flatMap(({ account, CURR, CEXP }) => [
    { account, CURR, CEXP },
    { account: WORLD, CURR, CEXP },
  ]);
  await ledger.openAccounts(accounts);
  await ledger.transferAll(funded.flatMap(openingTransfer));
}

function openingTransfer({ account, funds, CURR, CEXP }: Account & { readonly funds: number }): Transfer[] {
  if (funds === 0) return [];
  return [{ reference: `opening/${account}/${CURR}`, from: WORLD, to: account, amount: funds, CURR, CEXP }];
}
