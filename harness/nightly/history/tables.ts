import type { Generated, Kysely, Migration } from "kysely";
import type { NumberingColumn, TableSet } from "../../sql/migrate.ts";

/**
 * The history of many nights on many hosts. Days are YYYY-MM-DD (UTC), times ISO 8601 UTC, durations milliseconds. Counts of a run stand
 * in its row, so that a look at years does not touch the outcomes of its cases.
 */
export interface HistorySchema {
  readonly runs: RunRow;
  readonly caseNames: { readonly key: Generated<number | string>; readonly name: string };
  readonly outcomes: OutcomeRow;
  readonly nights: NightRow;
  readonly nightJobs: NightJobRow;
  readonly benchStates: BenchStateRow;
}

interface RunRow {
  readonly key: Generated<number | string>;
  /** Name of the run, unique over all hosts: whoever brings it a second time changes nothing. */
  readonly run: string;
  readonly day: string;
  readonly job: string;
  readonly bench: string;
  /** Product and version that was under test. */
  readonly device: string;
  readonly host: string;
  readonly started: string;
  readonly durationMs: number;
  readonly verdict: string;
  readonly pass: number;
  readonly fail: number;
  readonly inconc: number;
  readonly error: number;
  readonly notApplicable: number;
  readonly notRun: number;
}

export interface OutcomeRow {
  readonly runKey: number | string;
  readonly caseKey: number | string;
  readonly outcome: string;
  readonly durationMs: number;
  /** Changes between pass and no pass among the attempts of this run. */
  readonly flips: number;
}

interface NightRow {
  readonly night: string;
  readonly name: string;
  readonly day: string;
  readonly host: string;
  readonly started: string;
  readonly ended: string;
  readonly exitCode: number;
}

interface NightJobRow {
  readonly night: string;
  readonly job: string;
  readonly day: string;
  readonly started: string;
  readonly bench: string;
  readonly state: string;
  readonly reason: string;
  readonly surprises: number;
  readonly run: string | null;
}

export interface BenchStateRow {
  readonly host: string;
  readonly bench: string;
  readonly badNights: number;
  /** 1: out until somebody reinstates it. */
  readonly isOut: number;
  readonly since: string;
  readonly reason: string;
}

export const HISTORY_TABLES: TableSet = {
  name: "nightly",
  migrations: (numbering) => ({
    "001-history": { up: (db: Kysely<unknown>) => createTables(db, numbering) } satisfies Migration,
  }),
};

const RUN_TEXTS = ["day", "job", "bench", "device", "host", "started", "verdict"] as const;
const RUN_COUNTS = ["pass", "fail", "inconc", "error", "notApplicable", "notRun"] as const;

async function createTables(db: Kysely<unknown>, numbering: NumberingColumn): Promise<void> {
  const key = numbering === "bigserial" ? "bigint" : "integer";
  let runs = db.schema
    .createTable("runs")
    .addColumn("key", numbering, (column) => column.primaryKey())
    .addColumn("run", "text", (column) => column.notNull().unique())
    .addColumn("durationMs", "bigint", (column) => column.notNull());
  for (const name of RUN_TEXTS) runs = runs.addColumn(name, "text", (column) => column.notNull());
  for (const name of RUN_COUNTS) runs = runs.addColumn(name, "integer", (column) => column.notNull());
  await runs.execute();
  await db.schema.createIndex("runs_by_day").on("runs").columns(["day", "job"]).execute();
  await db.schema
    .createTable("caseNames")
    .addColumn("key", numbering, (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .execute();
  await db.schema
    .createTable("outcomes")
    .addColumn("runKey", key, (column) => column.notNull())
    .addColumn("caseKey", key, (column) => column.notNull())
    .addColumn("outcome", "text", (column) => column.notNull())
    .addColumn("durationMs", "integer", (column) => column.notNull())
    .addColumn("flips", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("outcomes_key", ["runKey", "caseKey"])
    .execute();
  await createNights(db);
}

async function createNights(db: Kysely<unknown>): Promise<void> {
  let nights = db.schema.createTable("nights").addColumn("night", "text", (column) => column.primaryKey());
  for (const name of ["name", "day", "host", "started", "ended"]) {
    nights = nights.addColumn(name, "text", (column) => column.notNull());
  }
  await nights.addColumn("exitCode", "integer", (column) => column.notNull()).execute();
  let jobs = db.schema.createTable("nightJobs");
  for (const name of ["day", "started", "bench", "state", "reason"]) {
    jobs = jobs.addColumn(name, "text", (column) => column.notNull());
  }
  await jobs
    .addColumn("night", "text", (column) => column.notNull())
    .addColumn("job", "text", (column) => column.notNull())
    .addColumn("surprises", "integer", (column) => column.notNull())
    .addColumn("run", "text")
    .addPrimaryKeyConstraint("nightJobs_key", ["night", "job"])
    .execute();
  await db.schema.createIndex("nightJobs_by_day").on("nightJobs").column("day").execute();
  let benches = db.schema.createTable("benchStates");
  for (const name of ["since", "reason"]) {
    benches = benches.addColumn(name, "text", (column) => column.notNull());
  }
  await benches
    .addColumn("host", "text", (column) => column.notNull())
    .addColumn("bench", "text", (column) => column.notNull())
    .addColumn("badNights", "integer", (column) => column.notNull())
    .addColumn("isOut", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("benchStates_key", ["host", "bench"])
    .execute();
}
