/** All books of the bench, whichever payment server and terminals a sale belongs to: what changed, and what did not. */
import type {
  PaymentServerName,
  PsamTotals,
  PurseReading,
  StoreRecord,
  TransactionRow,
} from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { Combination } from "./dimensions.ts";

const SERVERS = ["payment-server", "head-end-payment-server"] as const satisfies readonly PaymentServerName[];

export interface Books {
  readonly purse: PurseReading;
  /** By IDTERM: every terminal that keeps its own books. */
  readonly totals: ReadonlyMap<string, PsamTotals>;
  readonly stores: ReadonlyMap<string, readonly StoreRecord[]>;
  readonly rows: Readonly<Record<PaymentServerName, readonly TransactionRow[]>>;
}

export async function readBooks(t: CaseContext): Promise<Books> {
  const totals = new Map<string, PsamTotals>();
  const stores = new Map<string, readonly StoreRecord[]>();
  for (const { IDTERM, kind } of t.facts.terminals) {
    if (kind !== "smart") continue;
    totals.set(IDTERM, await t.system.readTotals(IDTERM));
    stores.set(IDTERM, await t.system.readStore(IDTERM));
  }
  const rows = {
    "payment-server": await t.system.transactions("payment-server"),
    "head-end-payment-server": await t.system.transactions("head-end-payment-server"),
  };
  return { purse: await t.system.readPurse(), totals, stores, rows };
}

export function serverOf({ sale }: Pick<Combination, "sale">): PaymentServerName {
  return sale === "cable" ? "head-end-payment-server" : "payment-server";
}

/** What the sale must have changed. */
export interface Change {
  /** Terminal that it went to. */
  readonly IDTERM: string;
  /** Minor units; 0: nothing moved. */
  readonly paid: number;
  /** Records of the data store, oldest first: IDTRX and code. */
  readonly records: readonly (readonly [IDTRX: string, CC: string])[];
}

/** Card, totals and data stores have changed by that and by nothing else, at that terminal and at no other. */
export function expectChanged(t: CaseContext, before: Books, after: Books, change: Change): void {
  const { IDTERM, paid, records } = change;
  const { PPIEP, CURRIEP: CURR, CEXPIEP: CEXP } = before.purse;
  t.expect.money(before.purse, after.purse, -paid, { owner: "card" });
  for (const [terminal, now] of after.totals) {
    const was = t.expect.present(`totals of terminal ${terminal}`, before.totals.get(terminal));
    const isOwn = terminal === IDTERM && paid > 0;
    const due = isOwn ? risen(was, { PPIEP, CURR, CEXP, MTOT: paid, NTOT: 1 }) : was.totals;
    const psam = { owner: "psam" } as const;
    t.expect.equal(`totals of terminal ${terminal}`, sorted(now.totals), sorted(due), psam);
    t.expect.equal(`suspended transactions of terminal ${terminal}`, now.suspended, was.suspended, psam);
    const store = after.stores.get(terminal)?.slice(before.stores.get(terminal)?.length ?? 0) ?? [];
    const written = store.map(({ IDTRX, CC }): readonly [string, string] => [IDTRX, CC]);
    const about = { owner: "terminal" } as const;
    t.expect.equal(`new records of terminal ${terminal}`, written, terminal === IDTERM ? records : [], about);
  }
}

/** The one new row of that payment server; the other one has none. */
export function newRow(t: CaseContext, before: Books, after: Books, combination: Combination): TransactionRow {
  const own = serverOf(combination);
  const news = SERVERS.map((server) => {
    const known = new Set(before.rows[server].map(({ IDTRX }) => IDTRX));
    return after.rows[server].filter(({ IDTRX }) => !known.has(IDTRX));
  });
  const count = SERVERS.map((server) => (server === own ? 1 : 0));
  t.expect.equal(
    `new transactions of ${SERVERS.join(" and ")}`,
    news.map((rows) => rows.length),
    count,
    { owner: "server" },
  );
  return t.expect.present("the transaction in the database", news.flat()[0], { owner: "server" });
}

type Line = PsamTotals["totals"][number];

function risen({ totals }: PsamTotals, by: Line): readonly Line[] {
  const isOwn = (line: Line) => line.PPIEP === by.PPIEP && line.CURR === by.CURR && line.CEXP === by.CEXP;
  const own = totals.find(isOwn);
  const line = { ...by, MTOT: by.MTOT + (own?.MTOT ?? 0), NTOT: by.NTOT + (own?.NTOT ?? 0) };
  return [...totals.filter((each) => !isOwn(each)), line];
}

function sorted(lines: readonly Line[]): readonly Line[] {
  const name = ({ PPIEP, CURR, CEXP }: Line) => `${PPIEP}${CURR}${CEXP}`;
  return lines.toSorted((left, right) => name(left).localeCompare(name(right)));
}
