/**
 * Money as an oracle over any number of purchases of one site: card, security cards, data stores, database and merchant are
 * five books that nobody keeps together, and every sale must have ended in all of them in one of a few ways (`messages.md` 3, 3a).
 */
import type {
  CardLogRecord,
  PsamTotals,
  PurseReading,
  SaleRecord,
  SiteFacts,
  StoreRecord,
  TransactionRow,
} from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

export interface Books {
  readonly purse: PurseReading;
  /** By IDTERM, of the terminals that serve the site. */
  readonly totals: ReadonlyMap<string, PsamTotals>;
  /** Data stores, by IDTERM, oldest record first. */
  readonly stores: ReadonlyMap<string, readonly StoreRecord[]>;
  readonly rows: readonly TransactionRow[];
  readonly sales: readonly SaleRecord[];
}

/** Terminals that serve a site. */
export function terminalsOf(t: CaseContext, { terminals }: SiteFacts): readonly string[] {
  return terminals ?? t.system.terminals();
}

/** The card in the reader must be the same in all snapshots that are compared. */
export async function readBooks(t: CaseContext, site: SiteFacts): Promise<Books> {
  const totals = new Map<string, PsamTotals>();
  const stores = new Map<string, readonly StoreRecord[]>();
  for (const IDTERM of terminalsOf(t, site)) {
    totals.set(IDTERM, await t.system.readTotals(IDTERM));
    stores.set(IDTERM, await t.system.readStore(IDTERM));
  }
  const server = site.kind === "cable" ? "head-end-payment-server" : "payment-server";
  const [purse, rows, sales] = [
    await t.system.readPurse(),
    await t.system.transactions(server),
    await t.system.sales(),
  ];
  return { purse, totals, stores, rows, sales };
}

/** Debits in the card's log since `before`; it keeps its last 10. */
export function debitsSince({ purse: before }: Books, { log }: PurseReading): readonly CardLogRecord[] {
  return log.filter(({ NTIEP }) => NTIEP >= before.NTIEP);
}

/**
 * How a sale may stand when nothing is under way any more:
 * - `complete`: debited once, in the totals, confirmed, released.
 * - `nowhere`: not debited, in no totals, not released.
 * - `unresolved`: debited, not released, kept by the security card for a recovery, or counted by it without anybody knowing.
 * - `unheard`: head end or merchant compared and released; the payment server never heard of it and keeps it for a recovery.
 * - `undelivered`: debited and confirmed; the merchant accepted no confirmation.
 */
export type Standing = "complete" | "nowhere" | "unresolved" | "unheard" | "undelivered";

/** One sale in all books. */
export interface Story {
  readonly IDTRX: string;
  readonly sale: SaleRecord | undefined;
  readonly row: TransactionRow | undefined;
  readonly debits: readonly CardLogRecord[];
  /** The newest record of any data store says that it counts; undefined where there is none. */
  readonly record: StoreRecord | undefined;
}

/** What the books say of every sale since `before`; `debits`: all of the card's since then. */
export function storiesSince(before: Books, after: Books, debits: readonly CardLogRecord[]): readonly Story[] {
  const records = [...after.stores].flatMap(([IDTERM, store]) =>
    store.filter(({ COUNT }) => COUNT > (before.stores.get(IDTERM)?.at(-1)?.COUNT ?? 0)),
  );
  const known = new Set([...before.sales, ...before.rows].map(({ IDTRX }) => IDTRX));
  const news = [...after.sales, ...after.rows, ...records].map(({ IDTRX }) => IDTRX.toUpperCase());
  return [...new Set(news)]
    .filter((IDTRX) => !known.has(IDTRX))
    .map((IDTRX) => {
      const row = after.rows.find((each) => each.IDTRX === IDTRX);
      return {
        IDTRX,
        sale: after.sales.find((each) => each.IDTRX === IDTRX),
        row,
        debits: debits.filter((debit) => isDebitOf(row, debit)),
        record: records.findLast((each) => each.IDTRX === IDTRX),
      };
    });
}

/** IDPSAM and NTPSAM stand at 3 to 11 in DEBITDATA (`card-edge.md` 5.3), and are of no other debit. */
function isDebitOf(row: TransactionRow | undefined, { IDPSAM, NTPSAM }: CardLogRecord): boolean {
  const number = NTPSAM.toString(16).padStart(8, "0");
  return row?.debitCommand?.slice(6, 22).toUpperCase() === `${IDPSAM}${number}`.toUpperCase();
}

/** `9416`: the security card had counted it before, and its first answer was lost. */
function isCounted({ record }: Story): boolean {
  return record?.CC === "0000" || record?.CC === "9416";
}

/** Undefined: it stands in no way that the specification knows. */
export function standingOf(story: Story): Standing | undefined {
  const { sale, row, debits } = story;
  const isReleased = sale?.status === "released";
  const counted = isCounted(story);
  if (debits.length === 0) return isReleased || counted || row?.status === "confirmed" ? undefined : "nowhere";
  if (row?.status === "confirmed" && counted) return isReleased ? "complete" : "undelivered";
  if (row?.status !== "unresolved") return undefined;
  if (!isReleased) return "unresolved";
  return !counted && (row.COMPARE === 2 || row.COMPARE === 3) ? "unheard" : undefined;
}

/** Statuses of a row whose transaction has ended. */
const ENDED: readonly string[] = ["confirmed", "failed", "unresolved", "refused"];

/**
 * What holds as soon as a purchase is over, however it ended: the card was debited at most once for each sale, what it lost is
 * its debits, nothing was released without one, nothing was confirmed without one, and nobody is still at work.
 */
export function expectSound(t: CaseContext, before: Books, after: Books, about: About = {}): void {
  const { expect } = t;
  const debits = debitsSince(before, after.purse);
  const debited = debits.reduce((sum, { MPDA }) => sum + MPDA, 0);
  expect.money(before.purse, after.purse, -debited, about);
  const stories = storiesSince(before, after, debits);
  expect.equal("debits of no known sale", debits.length - stories.flatMap((story) => story.debits).length, 0, about);
  for (const { IDTRX, sale, row, debits: its } of stories) {
    expect.that(its.length <= 1, `sale ${IDTRX} was debited at most once`, { ...about, actual: its.length });
    const isPaid = its.length === 1 && its[0]?.MPDA === (sale?.MPDA ?? row?.MPDA);
    if (sale?.status === "released") expect.that(isPaid, `sale ${IDTRX}, released, was debited at its price`, about);
    if (row === undefined) continue;
    expect.oneOf(`status of sale ${IDTRX} in the database`, row.status, ENDED, about);
    if (row.status === "confirmed") expect.that(isPaid, `sale ${IDTRX}, confirmed, was debited at its price`, about);
    const isNone = row.status === "failed" || row.status === "refused";
    if (isNone) expect.equal(`debits of sale ${IDTRX}, ${row.status}`, its.length, 0, about);
  }
}

/**
 * What holds when everything is settled. Gives the standings by IDTRX. `allowed`: those that this disturbance may leave
 * beside `complete` and `nowhere`.
 */
export function expectConservation(
  t: CaseContext,
  before: Books,
  after: Books,
  debits: readonly CardLogRecord[],
  allowed: readonly Standing[] = [],
  about: About = {},
): ReadonlyMap<string, Standing> {
  const { expect } = t;
  const lost = debits.reduce((sum, { MPDA }) => sum + MPDA, 0);
  expect.money(before.purse, after.purse, -lost, about);
  const stories = storiesSince(before, after, debits);
  expect.equal("debits of no known sale", debits.length - stories.flatMap((story) => story.debits).length, 0, about);
  const standings = new Map<string, Standing>();
  for (const story of stories) {
    const { IDTRX } = story;
    const standing = expect.present(`standing of sale ${IDTRX} (${wordsOf(story)})`, standingOf(story), about);
    expect.oneOf(`standing of sale ${IDTRX} (${wordsOf(story)})`, standing, ["complete", "nowhere", ...allowed], about);
    expect.that(story.debits.length <= 1, `sale ${IDTRX} was debited at most once`, about);
    standings.set(IDTRX, standing);
  }
  for (const IDTERM of after.totals.keys()) expectTotals(t, IDTERM, before, after, stories, about);
  expectKept(t, before, after, stories, about);
  return standings;
}

/** The totals of a terminal rose by what its data store counts, each sale once: as before where none was completed. */
function expectTotals(
  t: CaseContext,
  IDTERM: string,
  before: Books,
  after: Books,
  stories: readonly Story[],
  about: About,
): void {
  const counted = stories.filter((story) => story.row?.IDTERM === IDTERM && isCounted(story));
  const { CURRIEP, CEXPIEP, PPIEP } = after.purse;
  const lineOf = ({ totals }: Books) =>
    totals
      .get(IDTERM)
      ?.totals.find(({ PPIEP: PP, CURR, CEXP }) => PP === PPIEP && CURR === CURRIEP && CEXP === CEXPIEP);
  const [was, is] = [lineOf(before), lineOf(after)];
  const rise = [(is?.MTOT ?? 0) - (was?.MTOT ?? 0), (is?.NTOT ?? 0) - (was?.NTOT ?? 0)];
  const due = [counted.reduce((sum, { debits }) => sum + (debits[0]?.MPDA ?? 0), 0), counted.length];
  t.expect.equal(`rise of the totals at terminal ${IDTERM}: minor units, transactions`, rise, due, about);
}

/** The security cards keep what is not decided: of every debit that no totals have. */
function expectKept(t: CaseContext, before: Books, after: Books, stories: readonly Story[], about: About): void {
  const open = stories.filter((story) => story.debits.length > 0 && !isCounted(story)).length;
  const suspended = ({ totals }: Books) => [...totals.values()].reduce((sum, each) => sum + each.suspended, 0);
  const kept = suspended(after) - suspended(before);
  t.expect.that(kept >= open, "every debit that is in no totals is kept by a security card", {
    ...about,
    actual: `${kept} kept, ${open} debits`,
  });
}

function wordsOf({ sale, row, debits, record }: Story): string {
  const parts = [
    `debits ${debits.length}`,
    `sale ${sale?.status ?? "none"}`,
    `row ${row?.status ?? "none"}${row?.CC ? ` ${row.CC}` : ""}`,
    `newest record ${record?.CC ?? "none"}`,
  ];
  return parts.join(", ");
}
