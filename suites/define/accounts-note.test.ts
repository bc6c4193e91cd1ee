import { expect, test } from "vitest";
import { systemClock } from "../../harness/core/clock.ts";
import { noteAccounts } from "./accounts-note.ts";

const unit = { CURR: "0978", CEXP: 2 } as const;
const account = (name: string, opening: number, balance: number) => ({ account: name, ...unit, opening, balance });

async function noted(money: Parameters<typeof noteAccounts>[0]["money"]): Promise<readonly string[]> {
  const notes: string[] = [];
  await noteAccounts({ money }, (text) => notes.push(text), systemClock);
  return notes;
}

test("accounts that have moved are noted with before, after and difference, and no others", async () => {
  const accounts = [
    account("hold:BNK00001", 0, 2500),
    account("pool:000123", 700, 700),
    account("customer:A", 9000, 6500),
  ];
  expect(await noted(async () => ({ accounts }))).toEqual([
    "accounts, before and after: hold:BNK00001 0.00 EUR, now 25.00 EUR (+25.00 EUR); customer:A 90.00 EUR, now 65.00 EUR (-25.00 EUR)",
  ]);
  expect(await noted(async () => ({ accounts: [] }))).toEqual([]);
});

test("a bench that cannot say it fails nothing", async () => {
  expect(await noted(() => Promise.reject(new Error("gone")))).toEqual(["the accounts could not be read"]);
});
