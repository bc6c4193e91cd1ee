/** A case that alters the elements of one message one at a time, a fresh purchase for each. */
import type { Owner } from "../../../harness/core/errors.ts";
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { LinkFault, Order, PurchaseObservation } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { Change } from "../support/alter.ts";
import { type Accounts, expectConserved, expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { logsOf } from "../support/observe.ts";
import { expectFate, type Fate } from "./fate.ts";

/** One alteration and the ends that the specification allows for it. */
export interface Alteration {
  readonly element: string;
  readonly change: Change;
  readonly fates: readonly Fate[];
  /** Every such message of the purchase is altered, not only the first. */
  readonly every?: true;
}

export function row(element: string, change: Change, ...fates: readonly Fate[]): Alteration {
  return { element, change, fates };
}

export interface Walk {
  readonly id: string;
  readonly purpose: string;
  readonly requirements: readonly string[];
  readonly owner: Owner;
  readonly link: LinkName;
  readonly from: RoleName;
  readonly message: number | string;
  readonly rows: readonly Alteration[];
}

const LOGS = ["head-end", "payment-server", "merchant"] as const;

/** Real time for one disturbed purchase with everything that follows it, on the slowest bench. */
const ROW_MS = 30_000;

export function walkCase(walk: Walk): Case {
  const { id, purpose, requirements, owner, rows } = walk;
  return defineCase({
    id,
    suite: "payment",
    purpose,
    requirements: [...requirements, "PAY-BASE-624-b", "AMB-RECOVERY"],
    owner,
    needs: { links: [walk.link, "234", "line"], logs: LOGS },
    timeoutMs: Math.max(60_000, rows.length * ROW_MS),
    async run(t) {
      for (const each of rows) {
        const fault: LinkFault = {
          link: walk.link,
          from: walk.from,
          message: walk.message,
          ...(each.every ? {} : { times: 1 }),
          act: each.change,
          what: `${each.element} altered`,
        };
        await t.step(fault.what, () => expectEnd(t, [fault], each.fates));
      }
      await expectEveryTerminalWorks(t);
    },
  });
}

/** A purchase with these disturbances, held against the fates; then the money, and a purchase that works. */
export async function expectEnd(t: CaseContext, faults: readonly LinkFault[], fates: readonly Fate[]): Promise<void> {
  const before = await readAccounts(t);
  const { seen, hits } = await disturbedPurchase(t, faults);
  t.expect.that(hits > 0, "the message to be disturbed passed its link", { actual: `${hits} messages` });
  const after = await readAccounts(t);
  const fate = expectFate(t, { before, seen, after }, fates);
  expectConserved(t, before, after, { requirement: "PSAM-0080-c" });
  await expectSettled(t, before, seen, fate);
}

/** Removes the disturbances when the purchase is over, so that they touch nothing else. */
export async function disturbedPurchase(
  t: CaseContext,
  faults: readonly LinkFault[],
  order: Order = {},
): Promise<{ seen: PurchaseObservation; hits: number }> {
  const disturbances = faults.map((fault) => t.system.disturb(fault));
  try {
    const seen = await t.system.purchase(order);
    return { seen, hits: disturbances.reduce((sum, { hits }) => sum + hits, 0) };
  } finally {
    for (const each of disturbances) each[Symbol.dispose]();
  }
}

/** The next purchase works; a debit that nobody had heard of is delivered by the recovery before it. */
export async function expectSettled(
  t: CaseContext,
  before: Accounts,
  seen: PurchaseObservation,
  { kind }: Fate,
): Promise<void> {
  const since = seen.events.at(-1)?.n;
  await expectNextPurchaseWorks(t, before, { requirement: "PAY-BASE-624-b" });
  if (kind !== "unresolved") return;
  const IDTRX = logsOf(seen, "merchant", "transaction-created")[0]?.IDTRX;
  const released = logsOf(t.system.events(since), "merchant", "item-released");
  t.expect.equal("releases of the item by the recovery", released.filter((entry) => entry.IDTRX === IDTRX).length, 1, {
    requirement: "PAY-BASE-624-b",
    owner: "server",
  });
}

/** As many purchases as there are terminals: none of them was left behind in use. */
export async function expectEveryTerminalWorks(t: CaseContext): Promise<void> {
  await t.step("every terminal works", async () => {
    for (const _ of t.system.terminals()) {
      t.expect.completed(await t.system.purchase(), { requirement: "PS-0088-a", owner: "terminal" });
    }
  });
}
