/** How every load stands in the five books that nobody keeps together: card, load server, account holder, accounts, pool (`load.md` 6, 7). */
import type { AccountEntry, HeldLoadRow, LoadRow, LoadSiteFacts } from "../../../harness/flows/loading.ts";
import type { CardLogRecord, PurseReading } from "../../../harness/flows/system.ts";
import { LOAD_RECORD } from "../../../harness/protocol/messages/read-record.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

export interface LoadBooks {
  readonly purse: PurseReading;
  readonly rows: readonly LoadRow[];
  readonly held: readonly HeldLoadRow[];
  /** Entries of the user's account, the holder's hold and the card issuer's pool. */
  readonly account: readonly AccountEntry[];
  readonly hold: readonly AccountEntry[];
  readonly pool: readonly AccountEntry[];
}

/** The card in the reader must be the same in all snapshots that are compared. */
export async function readLoadBooks(
  t: CaseContext,
  { IDMER, accounts }: LoadSiteFacts,
  ACCOUNT = accounts[0]?.ACCOUNT ?? "",
): Promise<LoadBooks> {
  const purse = await t.system.readPurse();
  const [rows, held] = [await t.system.loads(), await t.system.heldLoads()];
  const account = await t.system.entries(`customer:${IDMER}:${ACCOUNT}`);
  const hold = await t.system.entries(`hold:${IDMER}`);
  const pool = await t.system.entries(`pool:${purse.PPIEP}`);
  return { purse, rows, held, account, hold, pool };
}

/** Loads in the card's log since `before`; it keeps its last 10. */
export function creditsSince({ purse: before }: LoadBooks, { purse }: LoadBooks): readonly CardLogRecord[] {
  return purse.log.filter(({ TI, NTIEP, CC }) => TI === LOAD_RECORD && CC === "0000" && NTIEP >= before.NTIEP);
}

/**
 * How a load may stand when nothing is under way any more:
 * - `complete`: on the card once, booked to the issuer's pool.
 * - `nowhere`: not on the card, nothing taken.
 * - `unresolved`: on the card or not; the amount stays in hold, by name.
 */
export type LoadStanding = "complete" | "nowhere" | "unresolved";

interface LoadStory {
  readonly IDTRX: string;
  readonly row: LoadRow | undefined;
  readonly held: HeldLoadRow | undefined;
  readonly credits: readonly CardLogRecord[];
  /** What each has gained, minor units. */
  readonly moved: readonly [account: number, hold: number, pool: number];
}

function storiesSince(before: LoadBooks, after: LoadBooks): readonly LoadStory[] {
  const known = new Set([...before.rows, ...before.held].map(({ IDTRX }) => IDTRX));
  const news = [...after.rows, ...after.held].map(({ IDTRX }) => IDTRX).filter((each) => !known.has(each));
  const credits = creditsSince(before, after);
  return [...new Set(news)].map((IDTRX) => {
    const row = after.rows.find((each) => each.IDTRX === IDTRX);
    const sum = (entries: readonly AccountEntry[]) =>
      entries
        .filter(({ reference }) => reference.endsWith(`/${IDTRX}`))
        .reduce((total, { amount }) => total + amount, 0);
    return {
      IDTRX,
      row,
      held: after.held.find((each) => each.IDTRX === IDTRX),
      credits: row?.command
        ? credits.filter(({ NTIEP }) => NTIEP === row.NTIEP && row.IDIEP === after.purse.IDIEP)
        : [],
      moved: [sum(after.account), sum(after.hold), sum(after.pool)],
    };
  });
}

function standingOf({ row, held, credits, moved }: LoadStory): LoadStanding | undefined {
  const amount = held?.MLDA ?? 0;
  const is = (account: number, hold: number, pool: number) =>
    moved[0] === account && moved[1] === hold && moved[2] === pool;
  const status = row?.status ?? "none";
  if (status === "unresolved") return held?.status === "held" && is(-amount, amount, 0) ? "unresolved" : undefined;
  if (status === "loaded") {
    const isPaid = credits.length === 1 && credits[0]?.MPDA === amount && row?.MLDA === amount;
    return isPaid && held?.status === "loaded" && is(-amount, 0, amount) ? "complete" : undefined;
  }
  const isOver = ["none", "refused", "void", "not-loaded"].includes(status) && held?.status !== "held";
  return isOver && held?.status !== "loaded" && credits.length === 0 && is(0, 0, 0) ? "nowhere" : undefined;
}

/** Of every load since `before`, when all is settled. `allowed`: what a disturbance may leave beside `complete` and `nowhere`. */
export function expectLoadsSettled(
  t: CaseContext,
  before: LoadBooks,
  after: LoadBooks,
  allowed: readonly LoadStanding[],
  about: About = {},
): ReadonlyMap<string, LoadStanding> {
  const { expect } = t;
  const credits = creditsSince(before, after);
  const gained = credits.reduce((sum, { MPDA }) => sum + MPDA, 0);
  expect.money(before.purse, after.purse, gained, about);
  const stories = storiesSince(before, after);
  const unknown = credits.length - stories.flatMap((story) => story.credits).length;
  expect.equal("loads on the card that no load server knows", unknown, 0, about);
  const standings = new Map<string, LoadStanding>();
  for (const story of stories) {
    const what = `standing of load ${story.IDTRX} (${wordsOf(story)})`;
    const standing = expect.present(what, standingOf(story), about);
    expect.oneOf(what, standing, ["complete", "nowhere", ...allowed], about);
    standings.set(story.IDTRX, standing);
  }
  return standings;
}

function wordsOf({ row, held, credits, moved }: LoadStory): string {
  const [account, hold, pool] = moved;
  const status = row ? `${row.status}${row.CC ? ` ${row.CC}` : ""}` : "none";
  return `on the card ${credits.length} times, row ${status}, held load ${held?.status ?? "none"}, account ${account}, hold ${hold}, pool ${pool}`;
}
