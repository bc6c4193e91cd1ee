/** How a load has ended, for everybody who took part. */

import { openLoadConfirmation } from "../../../harness/crypto/load-confirmation.ts";
import type { LoadObservation } from "../../../harness/flows/loading.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import type { LoadMoney } from "../../load/support/moved.ts";
import { theInitialisation } from "../../load/support/observe.ts";
import { loadKeys, theLoadPage } from "../../load/support/page.ts";
import type { Source } from "../../load/support/sources.ts";
import { allOf } from "../../payment/support/observe.ts";

export type LoadEnd = "loaded" | "not-loaded" | "unresolved";

/** What account, hold, pool and card gain (`load.md` 6). `isLoaded`: what the card itself knows. */
export function movedBy(end: LoadEnd, MLDA: number, isLoaded: boolean): Partial<LoadMoney> {
  const card = isLoaded ? MLDA : 0;
  switch (end) {
    case "loaded":
      return { account: -MLDA, pool: MLDA, card };
    case "not-loaded":
      return { card };
    case "unresolved":
      return { account: -MLDA, hold: MLDA, card };
  }
}

/** Status of the account holder's own row. */
const HELD = { loaded: "loaded", "not-loaded": "released", unresolved: "held" } as const;

/** User, load server, account holder and confirmation say just that, and nothing is confirmed while a load is unresolved. */
export async function expectEnded(
  t: CaseContext,
  source: Source,
  seen: LoadObservation,
  { status, CC }: { readonly status: LoadEnd; readonly CC: string },
  about: About,
): Promise<void> {
  const { outcome } = seen;
  t.expect.equal("how the load ended for the user (CC)", outcome.CC, CC, about);
  const row = (await t.system.loads()).find(({ IDTRX }) => IDTRX === outcome.IDTRX);
  t.expect.equal("status in the load server's table", row?.status, status, about);
  const held = (await t.system.heldLoads()).find(({ IDTRX }) => IDTRX === outcome.IDTRX);
  t.expect.equal("status in the account holder's table", held?.status, HELD[status], about);
  expectConfirmation(t, source, seen, status === "unresolved" ? undefined : CC, about);
}

/** CONF of that code and of the original request, opened with the account holder's key; or none, and EE A01A in its place. */
function expectConfirmation(
  t: CaseContext,
  source: Source,
  seen: LoadObservation,
  CC: string | undefined,
  about: About,
): void {
  const results = allOf(seen, "236", "sealed-results");
  t.expect.equal("results on link 236", results.length, CC === undefined ? 0 : 1, about);
  if (CC === undefined) {
    t.expect.equal("last refusal on link 236", allOf(seen, "236", "refusal").at(-1)?.message.CC, "A01A", about);
    return;
  }
  const { init, card } = theInitialisation(t, seen, about);
  const { suite, IDMER, KDER } = loadKeys(t, theLoadPage(t, seen, source, about), source);
  const CONF = results[0]?.message.CONF ?? new Uint8Array(0);
  const { MLDA, CURRLDA, CEXPLDA, DTHR, IDTRX } = init;
  const { PPIEP, IDIEP, NTIEP } = card;
  t.expect.equal(
    "what the confirmation says",
    openLoadConfirmation(suite, KDER, IDMER, IDTRX, CONF),
    { IDTRX, IDMER, CC, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP, DTHR },
    about,
  );
}
