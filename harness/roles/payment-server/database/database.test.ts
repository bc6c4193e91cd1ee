import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock, VirtualClock } from "../../../core/clock.ts";
import { type PrivatePostgres, startPrivatePostgres } from "../../../sql/private-postgres.ts";
import type { NewTransaction, PaymentDatabase } from "./contracts.ts";
import { openDatabase } from "./open-database.ts";

const row: NewTransaction = {
  IDTRX: "000102030405060708090A0B0C0D0E0F",
  IDMER: "SHOP0001",
  status: "received",
  MPDA: 0xffffffff,
  CURRPDA: "0978",
  CEXPPDA: 2,
  PPIEP: "123456",
  IDIEP: "0000000042",
  NTIEP: 0xffff,
};

const engines = ["sqlite in memory", "sqlite in a file", "postgresql"] as const;

let folder: string;
let postgres: PrivatePostgres | undefined;
let opened = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pursebench-database-"));
  postgres = await startPrivatePostgres();
});

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** URL of a database that nobody has used yet. */
function freshUrl(engine: (typeof engines)[number]): string {
  const name = `purse_${++opened}`;
  switch (engine) {
    case "sqlite in memory":
      return "sqlite::memory:";
    case "sqlite in a file":
      return `sqlite:${join(folder, name)}`;
    case "postgresql": {
      if (postgres === undefined) throw new Error("the private PostgreSQL server did not start");
      postgres.createDatabase(name);
      return postgres.url(name);
    }
  }
}

describe.each(engines)("the payment server's database on %s", (engine) => {
  const open = (): Promise<PaymentDatabase> => openDatabase(freshUrl(engine), systemClock);

  test("keeps every element of a transaction, also four-byte numbers at their end", async () => {
    await using database = await open();
    expect(await database.insertTransaction(row)).toBe(true);
    await database.updateTransaction(row.IDMER, row.IDTRX, {
      status: "debit-sent",
      IDTERM: "00000007",
      NTPSAM: 0xfffffffe,
      debitCommand: "AB",
    });
    expect(await database.transaction(row.IDMER, row.IDTRX)).toMatchObject({
      ...row,
      status: "debit-sent",
      IDTERM: "00000007",
      NTPSAM: 0xfffffffe,
      debitCommand: "AB",
      debitResponse: null,
      CC: null,
    });
  });

  test("keeps which cancellations a terminal has not answered, until it has, and then leaves the status alone", async () => {
    await using database = await open();
    const other = { ...row, IDTRX: "F".repeat(32) };
    await database.insertTransaction({ ...row, COMPARE: 3 });
    await database.insertTransaction(other);
    await database.updateTransaction(row.IDMER, row.IDTRX, {
      ...{ status: "unresolved", owedMode: 1, expectedResponse: "AB" },
    });
    await database.updateTransaction(row.IDMER, row.IDTRX, { status: "confirmed" });
    const owing = await database.transactionsOwing();
    expect(owing).toMatchObject([{ IDTRX: row.IDTRX, owedMode: 1, COMPARE: 3, expectedResponse: "AB" }]);
    await database.cancelAnswered(row.IDMER, row.IDTRX, [{ entry: "transaction-reversed", fields: {} }]);
    expect(await database.transactionsOwing()).toEqual([]);
    expect(await database.transaction(row.IDMER, row.IDTRX)).toMatchObject({ status: "confirmed", owedMode: null });
    expect(await database.log()).toMatchObject([{ entry: "transaction-reversed" }]);
    expect(await database.transaction(other.IDMER, other.IDTRX)).toMatchObject({ COMPARE: null, owedMode: null });
  });

  test("refuses a merchant's identifier the second time and leaves the first row as it was", async () => {
    await using database = await open();
    await database.insertTransaction(row);
    await database.updateTransaction(row.IDMER, row.IDTRX, { status: "confirmed", CC: "0000" });
    expect(await database.insertTransaction({ ...row, MPDA: 1 })).toBe(false);
    expect(await database.transactions()).toMatchObject([{ status: "confirmed", MPDA: row.MPDA }]);
  });

  test("lets exactly one of many simultaneous insertions of one identifier through", async () => {
    await using database = await open();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => database.insertTransaction(row)));
    expect(outcomes.filter((inserted) => inserted)).toHaveLength(1);
  });

  test("keeps two merchants' transactions with the same identifier apart", async () => {
    await using database = await open();
    await database.insertTransaction(row);
    await database.insertTransaction({ ...row, IDMER: "SHOP0002", MPDA: 5 });
    await database.updateTransaction("SHOP0002", row.IDTRX, { status: "failed" });
    expect(await database.transaction("SHOP0001", row.IDTRX)).toMatchObject({ MPDA: row.MPDA, status: "received" });
    expect(await database.transactionsWith(row.IDTRX)).toHaveLength(2);
    expect(await database.transaction("SHOP0003", row.IDTRX)).toBeUndefined();
  });

  test("keeps what a later change does not mention", async () => {
    await using database = await open();
    await database.insertTransaction(row);
    await database.updateTransaction(row.IDMER, row.IDTRX, { status: "response-received", debitResponse: "" });
    await database.updateTransaction(row.IDMER, row.IDTRX, { status: "unresolved", CC: "A010" });
    expect(await database.transaction(row.IDMER, row.IDTRX)).toMatchObject({ debitResponse: "", CC: "A010" });
  });

  test("finds transactions by status, oldest first", async () => {
    await using database = await open();
    for (const last of ["3", "1", "2"]) {
      await database.insertTransaction({ ...row, IDTRX: row.IDTRX.slice(0, 31) + last });
    }
    await database.updateTransaction(row.IDMER, `${row.IDTRX.slice(0, 31)}1`, { status: "confirmed" });
    const open_ = await database.transactionsByStatus("received", "accepted");
    expect(open_.map(({ IDTRX }) => IDTRX.at(-1))).toEqual(["3", "2"]);
    expect(await database.transactionsByStatus()).toEqual([]);
  });

  test("writes log lines with the change they belong to, in order, with their values' types", async () => {
    await using database = await open();
    const lines = [
      { entry: "draw-request-received", step: "680", IDTRX: row.IDTRX, fields: { length: 144 } },
      { entry: "note", fields: { debited: true, CC: "'; drop table log; --", nothing: null } },
    ];
    await database.insertTransaction(row, lines);
    await database.appendLog([{ entry: "last", IDTRX: row.IDTRX, fields: {} }]);
    const log = await database.log();
    expect(log.map(({ entry }) => entry)).toEqual(["draw-request-received", "note", "last"]);
    expect(log[1]).toMatchObject({ step: null, IDTRX: null, fields: lines[1]?.fields });
    expect((await database.log(row.IDTRX)).map(({ entry }) => entry)).toEqual(["draw-request-received", "last"]);
  });

  test("reports a failure of the engine as STORAGE", async () => {
    const database = await open();
    await database[Symbol.asyncDispose]();
    await expect(database.transactions()).rejects.toMatchObject({ code: "STORAGE" });
  });

  test("lets no virtual time pass while the engine works", async () => {
    const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
    await using database = await openDatabase(freshUrl(engine), clock);
    const timer = clock.timer(1_000);
    await database.insertTransaction(row);
    await database.updateTransaction(row.IDMER, row.IDTRX, { status: "accepted" });
    timer.cancel();
    expect(await database.transactions()).toMatchObject([
      { created: "2031-05-06T07:08:09.000Z", updated: "2031-05-06T07:08:09.000Z" },
    ]);
  });
});

describe("opening the payment server's database", () => {
  test.each([
    ["mysql://x", "USAGE"],
    ["", "USAGE"],
    ["sqlite:/nowhere/at/all/file.db", "STORAGE"],
    ["postgres://purse@127.0.0.1:1/none", "SERVICE_ABSENT"],
  ])("of %j is refused with %s", async (url, code) => {
    await expect(openDatabase(url, systemClock)).rejects.toMatchObject({ code });
  });
});

test("a purchase's statements take less than 0.4 ms in memory", async () => {
  await using database = await openDatabase("sqlite::memory:", systemClock);
  const line = { entry: "terminal-selected", step: "682", IDTRX: row.IDTRX, fields: { IDTERM: "00000001" } };
  const purchase = async (number: number): Promise<void> => {
    const IDTRX = number.toString(16).padStart(32, "0");
    await database.insertTransaction({ ...row, IDTRX }, [line, line]);
    for (const status of ["accepted", "debit-sent", "response-received", "confirmed"] as const) {
      await database.updateTransaction(row.IDMER, IDTRX, { status }, [line, line]);
    }
  };
  for (let number = 0; number < 200; number++) await purchase(number);
  const samples: number[] = [];
  for (let number = 200; number < 1_200; number++) {
    const startMs = performance.now();
    await purchase(number);
    samples.push(performance.now() - startMs);
  }
  samples.sort((a, b) => a - b);
  expect(samples[100]).toBeLessThan(0.4); // the fastest tenth: other programs on the machine are not what is measured
});

test.each(["sqlite in a file", "postgresql"] as const)(
  "%s is migrated once, and keeps its rows when opened again",
  async (engine) => {
    const url = freshUrl(engine);
    {
      await using database = await openDatabase(url, systemClock);
      await database.insertTransaction(row);
    }
    await using again = await openDatabase(url, systemClock);
    expect(await again.transactions()).toMatchObject([row]);
  },
);
