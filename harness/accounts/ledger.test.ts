import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VirtualClock } from "../core/clock.ts";
import { memoryStores, openStore } from "../sql/open-store.ts";
import { type PrivatePostgres, startPrivatePostgres } from "../sql/private-postgres.ts";
import { type Ledger, ledgerIn, world } from "./ledger.ts";
import { LEDGER_TABLES, type LedgerSchema } from "./tables.ts";
import type { Transfer } from "./transfer.ts";

const KIND = { what: "the ledger", tables: [LEDGER_TABLES] };
const EUR = { CURR: "0978", CEXP: 2 };
const POINTS = { CURR: "0999", CEXP: 0 };
const NAMES = ["a", "b", "c"] as const;

let postgres: PrivatePostgres | undefined;
let opened = 0;
beforeAll(async () => {
  postgres = await startPrivatePostgres();
});
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
});

const inMemory = memoryStores<LedgerSchema>(KIND);

async function openOn(engine: "sqlite" | "postgresql") {
  const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  if (engine === "sqlite") return await inMemory(clock);
  if (postgres === undefined) throw new Error("the private PostgreSQL server did not start");
  const name = `ledger_${++opened}`;
  postgres.createDatabase(name);
  return await openStore<LedgerSchema>(postgres.url(name), clock, KIND);
}

/** Accounts a, b and c in both units, `a` with 100 cents. */
async function started(ledger: Ledger): Promise<Ledger> {
  for (const unit of [EUR, POINTS]) {
    await ledger.openAccounts([world(unit), ...NAMES.map((account) => ({ account, ...unit }))]);
  }
  await ledger.transfer(move("start", "world", "a", 100));
  return ledger;
}

function move(reference: string, from: string, to: string, amount: number, unit = EUR): Transfer {
  return { reference, from, to, amount, ...unit };
}

describe.each(["sqlite", "postgresql"] as const)("the ledger on %s", (engine) => {
  test("books a transfer as two entries, once", async () => {
    await using store = await openOn(engine);
    const ledger = await started(ledgerIn(store));
    const transfer = move("hold/1", "a", "b", 30);
    expect(await ledger.transfer(transfer)).toEqual({ kind: "booked" });
    expect(await ledger.transfer(transfer)).toEqual({ kind: "already" });
    expect(await ledger.entries("b")).toEqual([
      { reference: "hold/1", account: "b", ...EUR, amount: 30, at: "2031-05-06T07:08:09.000Z" },
    ]);
    expect((await ledger.entries("a")).map(({ amount }) => amount)).toEqual([100, -30]);
    expect(await ledger.booked("hold/1")).toEqual(transfer);
    expect(await ledger.balance({ account: "a", ...EUR })).toBe(70);
    expect(await ledger.balance(world(EUR))).toBe(-100);
    expect(await ledger.balance({ account: "nobody", ...EUR })).toBeUndefined();
    expect(await ledger.balances("b")).toEqual([
      { account: "b", ...EUR, balance: 30 },
      { account: "b", ...POINTS, balance: 0 },
    ]);
    expect(await ledger.sum()).toBe(0);
  });

  test.each([
    ["amount", move("x", "a", "b", 11)],
    ["to", move("x", "a", "c", 10)],
    ["from", move("x", "world", "b", 10)],
    ["CURR", move("x", "a", "b", 10, POINTS)],
  ])("refuses to book another %s under a reference that was used", async (name, other) => {
    await using store = await openOn(engine);
    const ledger = await started(ledgerIn(store));
    await ledger.transfer(move("x", "a", "b", 10));
    await expect(ledger.transfer(other)).rejects.toMatchObject({
      code: "STORAGE",
      message: expect.stringContaining(name),
    });
    expect(await ledger.balance({ account: "b", ...EUR })).toBe(10);
  });

  test.each([
    ["no-cover", move("x", "a", "b", 101)],
    ["no-cover", move("x", "a", "b", 1, POINTS)],
    ["no-account", move("x", "a", "nobody", 1)],
    ["no-account", move("x", "nobody", "a", 1)],
    ["no-account", move("x", "a", "b", 1, { CURR: "0978", CEXP: 3 })],
    ["no-room", move("x", "world", "a", Number.MAX_SAFE_INTEGER)],
  ] as const)("says %s, and books nothing", async (why, transfer) => {
    await using store = await openOn(engine);
    const ledger = await started(ledgerIn(store));
    const before = await ledger.balances();
    const both = [move("first", "a", "b", 10), transfer];
    expect(await ledger.transferAll(both)).toEqual({ kind: "refused", reference: "x", why });
    expect(await ledger.balances()).toEqual(before);
    expect(await ledger.booked("first")).toBeUndefined();
  });

  test("books several at once, what one gets being there for the next", async () => {
    await using store = await openOn(engine);
    const ledger = await started(ledgerIn(store));
    const chain = [move("1", "a", "b", 100), move("2", "b", "c", 100), move("1", "a", "b", 100)];
    expect(await ledger.transferAll(chain)).toEqual({ kind: "booked" });
    expect(await ledger.transferAll(chain)).toEqual({ kind: "already" });
    expect(await ledger.balance({ account: "c", ...EUR })).toBe(100);
    expect(await ledger.transferAll([...chain, move("3", "c", "a", 1)])).toEqual({ kind: "booked" });
  });

  test("keeps amounts that need more than four bytes", async () => {
    await using store = await openOn(engine);
    const ledger = await started(ledgerIn(store));
    const most = Number.MAX_SAFE_INTEGER - 100;
    await ledger.transfer(move("much", "world", "a", most));
    expect(await ledger.balance({ account: "a", ...EUR })).toBe(Number.MAX_SAFE_INTEGER);
    expect(await ledger.sum()).toBe(0);
  });

  test.each([0, -1, 1.5, Number.MAX_SAFE_INTEGER + 1])("takes no amount of %d", async (amount) => {
    await using store = await openOn(engine);
    const ledger = await started(ledgerIn(store));
    await expect(ledger.transfer(move("x", "a", "b", amount))).rejects.toMatchObject({ code: "INTERNAL" });
  });

  test("gives one amount once, however many ask at the same moment and in whatever order", async () => {
    await using store = await openOn(engine);
    const ledger = await started(ledgerIn(store));
    await ledger.transfer(move("b", "world", "b", 100));
    const wanted = Array.from({ length: 24 }, (_, n) =>
      n % 2 === 0 ? [move(`${n}`, "a", "b", 30)] : [move(`${n}`, "b", "a", 30), move(`${n}c`, "b", "c", 10)],
    );
    await Promise.all(wanted.map((each) => ledger.transferAll(each)));
    for (const { account, balance } of await ledger.balances()) {
      if (account !== "world") expect(balance).toBeGreaterThanOrEqual(0);
    }
    expect(await ledger.sum()).toBe(0);
    const twice = await Promise.all(Array.from({ length: 8 }, () => ledger.transfer(move("same", "world", "c", 5))));
    expect(twice.filter(({ kind }) => kind === "booked")).toHaveLength(1);
  });
});

const anyTransfer = fc.record({
  reference: fc.constantFrom("1", "2", "3", "4", "5", "6", "7", "8"),
  from: fc.constantFrom("world", ...NAMES),
  to: fc.constantFrom(...NAMES),
  amount: fc.integer({ min: 1, max: 120 }),
});

test("whatever is asked: sums are zero, nobody is below zero, balances are the sums of entries, a reference counts once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyTransfer, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
      async (asked) => {
        await using store = await openOn("sqlite");
        const ledger = await started(ledgerIn(store));
        for (const together of asked) {
          const transfers = together.filter(({ from, to }) => from !== to).map((each) => ({ ...each, ...EUR }));
          const before = await ledger.balances();
          const done = await ledger.transferAll(transfers).catch(() => "error" as const);
          if (done === "error" || done.kind !== "booked") expect(await ledger.balances()).toEqual(before);
        }
        expect(await ledger.sum()).toBe(0);
        const references = new Set<string>();
        for (const { account, CURR, balance } of await ledger.balances()) {
          if (account !== "world") expect(balance).toBeGreaterThanOrEqual(0);
          const own = (await ledger.entries(account)).filter((entry) => entry.CURR === CURR);
          expect(own.reduce((sum, { amount }) => sum + amount, 0)).toBe(balance);
          expect(new Set(own.map(({ reference }) => reference)).size).toBe(own.length);
          for (const { reference } of own) references.add(reference);
        }
        for (const reference of references) expect(await ledger.booked(reference)).toBeDefined();
      },
    ),
    { numRuns: 60 },
  );
});
