import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VirtualClock } from "../../../core/clock.ts";
import { type PrivatePostgres, startPrivatePostgres } from "../../../sql/private-postgres.ts";
import { LOAD_STATUSES, type LoadDatabase, type NewLoad, TRANSITIONS } from "./contracts.ts";
import { openLoadDatabase } from "./open-database.ts";

let postgres: PrivatePostgres | undefined;
let opened = 0;
beforeAll(async () => {
  postgres = await startPrivatePostgres();
});
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
});

async function openOn(engine: "sqlite" | "postgresql"): Promise<LoadDatabase> {
  const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  if (engine === "sqlite") return await openLoadDatabase("sqlite::memory:", clock);
  if (postgres === undefined) throw new Error("the private PostgreSQL server did not start");
  const name = `loads_${++opened}`;
  postgres.createDatabase(name);
  return await openLoadDatabase(postgres.url(name), clock);
}

const ROW: NewLoad = {
  IDMER: "BANK0001",
  IDTRX: "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF",
  SOURCE: 1,
  ACCOUNT: null,
  status: "received",
  MLDA: 0xffff_ffff,
  CURRLDA: "0978",
  CEXPLDA: 2,
  PPIEP: "123456",
  IDIEP: "0000000042",
  NTIEP: 7,
  LOADINIT: "00",
  LOADRSP: "01",
  CC: null,
};

describe.each(["sqlite", "postgresql"] as const)("the load server's database on %s", (engine) => {
  test("keeps a row with its log lines, once for each account holder", async () => {
    await using database = await openOn(engine);
    const line = { entry: "load-request-received", step: "895", IDTRX: ROW.IDTRX, fields: { length: 200 } };
    expect(await database.insertLoad(ROW, [line])).toBe(true);
    expect(await database.insertLoad({ ...ROW, MLDA: 1 })).toBe(false);
    expect(await database.insertLoad({ ...ROW, IDMER: "BANK0002" })).toBe(true);
    const at = "2031-05-06T07:08:09.000Z";
    const empty = { loadCommand: null, cardResponse: null, hsmResponse: null, booked: false };
    expect(await database.load(ROW)).toEqual({ ...ROW, ...empty, created: at, updated: at });
    expect(await database.log(ROW.IDTRX)).toEqual([{ at, ...line }]);
    expect((await database.loads()).map(({ IDMER }) => IDMER)).toEqual(["BANK0001", "BANK0002"]);
    expect(await database.load({ ...ROW, IDTRX: "00" })).toBeUndefined();
  });

  test("goes from status to status only as the specification says", async () => {
    const paths = { received: [], "command-sent": ["command-sent"], refused: ["refused"] } as const;
    const ends = ["loaded", "not-loaded", "unresolved"] as const;
    const ways = [...Object.values(paths), ...ends.map((end) => ["command-sent", end] as const)];
    await using database = await openOn(engine);
    let count = 0;
    for (const way of ways) {
      for (const next of LOAD_STATUSES) {
        const IDTRX = `${++count}`;
        await database.insertLoad({ ...ROW, IDTRX });
        for (const status of way) await database.updateLoad({ ...ROW, IDTRX }, { status });
        const before = way.at(-1) ?? "received";
        const after = TRANSITIONS[next].includes(before) ? next : before;
        const row = await database.updateLoad({ ...ROW, IDTRX }, { status: next, CC: "A0FF" });
        expect([before, next, row?.status, row?.CC]).toEqual([
          before,
          next,
          after,
          after === next && after !== before ? "A0FF" : null,
        ]);
      }
    }
  });

  test("a void row stays void; what is learnt is kept where it is not given again", async () => {
    await using database = await openOn(engine);
    await database.insertLoad({ ...ROW, status: "void", CC: "A009" });
    expect(await database.updateLoad(ROW, { status: "loaded", CC: "0000" })).toMatchObject({
      status: "void",
      CC: "A009",
    });
    const other = { ...ROW, IDTRX: "B0" };
    await database.insertLoad(other);
    await database.updateLoad(other, { status: "command-sent", loadCommand: "AA", hsmResponse: "DN00" });
    const lines = [{ entry: "load-unresolved", IDTRX: "B0", fields: { CC: "A010", isTrue: true, none: null } }];
    expect(await database.updateLoad(other, { status: "unresolved", CC: "A010" }, lines)).toMatchObject({
      ...{ status: "unresolved", loadCommand: "AA", hsmResponse: "DN00", CC: "A010", booked: false },
    });
    await database.markBooked(other);
    expect((await database.loadsByStatus("unresolved")).map(({ booked }) => booked)).toEqual([true]);
    expect(await database.loadsByStatus()).toEqual([]);
    expect((await database.log()).map(({ fields }) => fields)).toEqual([{ CC: "A010", isTrue: true, none: null }]);
  });
});
