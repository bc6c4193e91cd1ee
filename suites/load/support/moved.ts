/** Money of a load before and after: the user's account, the hold, the card issuer's pool and the card. */
import type { LoadSiteFacts } from "../../../harness/flows/loading.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

/** Minor units; `pool` is that of the card's issuer in the account's currency. */
export interface LoadMoney {
  readonly account: number;
  readonly hold: number;
  readonly pool: number;
  readonly card: number;
}

/** The card in the reader must be the same one in all snapshots that are compared. */
export async function moneyOf(
  t: CaseContext,
  { IDMER, accounts }: LoadSiteFacts,
  ACCOUNT = accounts[0]?.ACCOUNT ?? "",
): Promise<LoadMoney> {
  const { PPIEP, BALIEP } = await t.system.readPurse();
  const own = accounts.find((each) => each.ACCOUNT === ACCOUNT);
  const all = await t.system.accounts();
  const balance = (name: string) =>
    all.find(({ account, CURR, CEXP }) => account === name && CURR === own?.CURR && CEXP === own?.CEXP)?.balance ?? 0;
  return {
    account: balance(`customer:${IDMER}:${ACCOUNT}`),
    hold: balance(`hold:${IDMER}`),
    pool: balance(`pool:${PPIEP}`),
    card: BALIEP,
  };
}

/** Exactly these differences, in minor units; what is not named has not changed. */
export function expectMoved(
  t: CaseContext,
  before: LoadMoney,
  after: LoadMoney,
  moved: Partial<LoadMoney>,
  about?: About,
): void {
  const { account = 0, hold = 0, pool = 0, card = 0 } = moved;
  const is = {
    account: after.account - before.account,
    hold: after.hold - before.hold,
    pool: after.pool - before.pool,
    card: after.card - before.card,
  };
  t.expect.equal("what account, hold, pool and card have gained", is, { account, hold, pool, card }, about);
}

/** The card has gained the amount, the account has lost it, and the issuer has it. */
export function loadedBy(MLDA: number): Partial<LoadMoney> {
  return { account: -MLDA, pool: MLDA, card: MLDA };
}
