import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ledgerIn, world } from "../../accounts/ledger.ts";
import { customerAccount } from "../../accounts/names.ts";
import { systemClock } from "../../core/clock.ts";
import { memoryStores, openStore } from "../../sql/open-store.ts";
import { type PrivatePostgres, startPrivatePostgres } from "../../sql/private-postgres.ts";
import type { SqlStore } from "../../sql/store.ts";
import type { HeldLoads, NewHeldLoad } from "./held-load.ts";
import { HOLDER_BOOKS } from "./open-books.ts";
import { heldLoadsIn } from "./sql-held-loads.ts";
import type { HolderSchema } from "./tables.ts";

const EUR = { CURR: "0978", CEXP: 2 };
const IDMER = "BNK00001";

let folder: string;
let postgres: PrivatePostgres | undefined;
let opened = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pursebench-holders-"));
  postgres = await startPrivatePostgres();
});
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function freshUrl(engine: "sqlite" | "postgresql"): string {
  const name = `holders_${++opened}`;
  if (engine === "sqlite") return `sqlite:${join(folder, name)}`;
  if (postgres === undefined) throw new Error("the private PostgreSQL server did not start");
  postgres.createDatabase(name);
  return postgres.url(name);
}

const loadOf = (number: number, over: Partial<NewHeldLoad> = {}): NewHeldLoad => ({
  IDTRX: number.toString(16).toUpperCase().padStart(32, "0"),
  IDMER,
  ACCOUNT: "A-1",
  SESSION: "0123456789ABCDEF",
  PPIEP: "000123",
  IDIEP: "0000000042",
  MLDAmax: 0xffffffff,
  CURRLDA: "0978",
  CEXPLDA: 2,
  DTHR: "20310506070809",
  RND: "A1A2A3A4A5A6A7A8",
  ...over,
});

/** An account with `funds`, and three offered loads, 1 to 3. */
async function books(store: SqlStore<HolderSchema>, funds: number) {
  const [ledger, loads] = [ledgerIn(store), heldLoadsIn(store)];
  const to = customerAccount(IDMER, "A-1");
  await ledger.openAccounts([world(EUR), { account: to, ...EUR }]);
  await ledger.transfer({ reference: "initial", from: "world", to, amount: funds, ...EUR });
  for (const number of [1, 2, 3]) await loads.offer(loadOf(number));
  const money = async () => {
    const of = (account: string) => ledger.balance({ account, ...EUR });
    return [await of(to), (await of(`hold:${IDMER}`)) ?? 0, (await of("pool:000123")) ?? 0];
  };
  return { ledger, loads, money };
}

const id = (number: number): string => loadOf(number).IDTRX;
const conclude = (loads: HeldLoads, number: number, end: "loaded" | "released") =>
  loads.conclude(id(number), end, "pool:000123");

describe.each(["sqlite", "postgresql"] as const)("loads of account holders on %s", (engine) => {
  const open = () => openStore<HolderSchema>(freshUrl(engine), systemClock, HOLDER_BOOKS);

  test("keep every element, also four-byte amounts, over a restart", async () => {
    const url = freshUrl(engine);
    {
      await using store = await openStore<HolderSchema>(url, systemClock, HOLDER_BOOKS);
      const { loads } = await books(store, 0xffffffff);
      expect(await loads.hold(id(1), 0xffffffff)).toBe("held");
    }
    await using again = await openStore<HolderSchema>(url, systemClock, HOLDER_BOOKS);
    const loads = heldLoadsIn(again);
    expect(await loads.loads()).toMatchObject([
      { ...loadOf(1), status: "held", MLDA: 0xffffffff },
      { ...loadOf(2), status: "offered", MLDA: null },
      { ...loadOf(3), status: "offered" },
    ]);
    expect(await loads.loads("BNK00002")).toEqual([]);
    expect(await loads.load(id(9))).toBeUndefined();
    expect(await loads.funds(IDMER, "A-1")).toEqual({ available: 0, ...EUR });
    expect(await loads.funds("BNK00002", "A-1")).toBeUndefined();
  });

  test("an identifier is offered once, and one that was not cannot be held", async () => {
    await using store = await open();
    const { loads } = await books(store, 100);
    await expect(loads.offer(loadOf(1))).rejects.toMatchObject({ code: "STORAGE" });
    await expect(loads.hold(id(9), 1)).rejects.toMatchObject({ code: "INTERNAL" });
  });

  test("move a hold to the pool or back, once, whoever asks at the same moment", async () => {
    await using store = await open();
    const { loads, money, ledger } = await books(store, 100);
    const held = await Promise.all([30, 30, 30, 40].map((MLDA) => loads.hold(id(1), MLDA)));
    expect(held.filter((result) => result === "held")).toHaveLength(1);
    expect(await loads.hold(id(2), 71)).toBe("no-cover");
    expect(await loads.hold(id(2), 50)).toBe("held");
    const ends = ["loaded", "released", "loaded", "released"] as const;
    const results = await Promise.all(ends.map((end) => conclude(loads, 2, end)));
    expect(results.toSorted()).toEqual(["again", "done", "other", "other"]);
    const [, hold, pool = 0] = await money();
    expect(hold).toBe((await loads.load(id(1)))?.MLDA);
    expect([0, 50]).toContain(pool);
    expect(await ledger.sum()).toBe(0);
  });

  test("an offer is closed without a transfer, and nothing is loaded that was not held", async () => {
    await using store = await open();
    const { loads, money } = await books(store, 100);
    expect(await conclude(loads, 1, "loaded")).toBe("not-held");
    expect(await conclude(loads, 1, "released")).toBe("done");
    expect(await loads.hold(id(1), 10)).toBe("other");
    expect(await money()).toEqual([100, 0, 0]);
  });
});

const memory = memoryStores<HolderSchema>(HOLDER_BOOKS);
const act = fc.record({
  number: fc.constantFrom(1, 2, 3),
  does: fc.constantFrom("hold", "loaded", "released"),
  MLDA: fc.integer({ min: 1, max: 70 }),
});

test("whatever is done in whatever order: the hold is the sum of what is held, the pool of what was loaded", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 15 }), async (acts) => {
      await using store = await memory(systemClock);
      const { loads, money, ledger } = await books(store, 100);
      for (const { number, does, MLDA } of acts) {
        await (does === "hold"
          ? loads.hold(id(number), MLDA)
          : conclude(loads, number, does === "loaded" ? does : "released"));
      }
      const rows = await loads.loads();
      const sum = (status: string) =>
        rows.filter((row) => row.status === status).reduce((total, row) => total + (row.MLDA ?? 0), 0);
      expect(await money()).toEqual([100 - sum("held") - sum("loaded"), sum("held"), sum("loaded")]);
      expect(await ledger.sum()).toBe(0);
    }),
    { numRuns: 60 },
  );
});
