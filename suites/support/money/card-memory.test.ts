import { describe, expect, it } from "vitest";
import { toHex } from "../../../harness/core/bytes.ts";
import type { LoadRow } from "../../../harness/flows/loading.ts";
import type { CardMoney, MoneyBooks } from "../../../harness/flows/money.ts";
import type { CardLogRecord } from "../../../harness/flows/records.ts";
import { encodeLoadInit } from "../../../harness/protocol/messages/load-init.ts";
import { CardMemory } from "./card-memory.ts";
import { judgeMoney } from "./oracle.ts";

const PURSE = { PPIEP: "000123", IDIEP: "0000000042" } as const;
const [FIRST, SECOND] = ["20310506070809", "20310506070930"] as const;

function logged(over: Partial<CardLogRecord>): CardLogRecord {
  const amount = { MPDA: 2_500, CURRPDA: "0978", CEXPPDA: 2, BALIEP: 12_500 };
  return { TI: 2, NTIEP: 7, CC: "0000", ...amount, IDPSAM: "00000021", NTPSAM: 0, DTHR: SECOND, ...over };
}

function card(log: readonly CardLogRecord[]): CardMoney {
  return { ...PURSE, CURRIEP: "0978", CEXPIEP: 2, NTIEP: 8, issued: 10_000, BALIEP: 12_500, log };
}

function booksWith(log: readonly CardLogRecord[], over: Partial<MoneyBooks> = {}): MoneyBooks {
  const none = { accounts: [], holds: [], loads: [], cleared: [], rows: [], sales: [] };
  return { devices: { cards: [card(log)], psams: [] }, ...none, ...over };
}

/** A load of EUR 25.00 under NTIEP 7. */
function load(IDTRX: string, DTHR: string): LoadRow {
  const value = { MLDA: 2_500, CURRLDA: "0978", CEXPLDA: 2 };
  const LOADINIT = encodeLoadInit({ ...value, IDACQ: "00000021", DTHR, IDTRX });
  const rest = { IDMER: "BNK00001", SOURCE: 1, ACCOUNT: "ACC-0001", command: null, response: null, CC: null } as const;
  return { IDTRX, ...rest, ...value, ...PURSE, NTIEP: 7, status: "unresolved", request: toHex(LOADINIT) };
}

function held({ IDTRX, IDMER }: LoadRow, status: string) {
  const value = { MLDAmax: 5_000, MLDA: 2_500, CURRLDA: "0978", CEXPLDA: 2 };
  return { IDTRX, IDMER, ACCOUNT: "ACC-0001", ...PURSE, ...value, status };
}

function fate(log: readonly CardLogRecord[], DTHR: string) {
  const memory = new CardMemory();
  memory.see(booksWith(log));
  return memory.fateOf({ kind: "load", ...PURSE, NTIEP: 7, MLDA: 2_500, DTHR });
}

describe("what became of a load", () => {
  it("is told from its date and time where another one had the same number and amount", () => {
    expect([fate([logged({})], FIRST), fate([logged({})], SECOND)]).toEqual(["not-done", "done"]);
  });

  it("is not known when the card's log has forgotten it", () => {
    const later = Array.from({ length: 10 }, (_, index) => logged({ NTIEP: 20 - index }));
    expect(fate(later, FIRST)).toBe("unknown");
  });

  it("is told to be not done where the log still reaches back to it", () => {
    expect(fate([logged({ NTIEP: 8 })], FIRST)).toBe("not-done");
  });
});

describe("two loads of one amount under one number, of which the card has done the second", () => {
  const [first, second] = [load("0A".repeat(16), FIRST), load("0B".repeat(16), SECOND)];
  const books = (ofFirst: string, ofSecond: string) =>
    booksWith([logged({})], { loads: [first, second], holds: [held(first, ofFirst), held(second, ofSecond)] });

  it("have one amount in hold and on the card", () => {
    const memory = new CardMemory();
    expect(judgeMoney(books("held", "held"), memory).differences).toEqual([]);
  });

  it("lack it when the hold of the second was given back", () => {
    const memory = new CardMemory();
    expect(judgeMoney(books("held", "released"), memory).differences).toEqual([
      expect.stringContaining("25.00 EUR came from nowhere"),
    ]);
  });
});
