import { describe, expect, test } from "vitest";
import type { CardLogRecord, SaleRecord, StoreRecord, TransactionRow } from "../../../harness/flows/system.ts";
import { type Standing, type Story, standingOf } from "./conservation.ts";

interface Told {
  readonly debits?: number;
  readonly sale?: SaleRecord["status"];
  readonly row?: string;
  readonly record?: string;
  readonly COMPARE?: number;
}

function story({ debits = 0, sale, row, record, COMPARE }: Told): Story {
  return {
    IDTRX: "A0",
    sale: sale && ({ status: sale } as SaleRecord),
    row: row === undefined ? undefined : ({ status: row, COMPARE: COMPARE ?? null } as TransactionRow),
    debits: Array.from({ length: debits }, () => ({ MPDA: 250 }) as CardLogRecord),
    record: record === undefined ? undefined : ({ CC: record } as StoreRecord),
  };
}

describe("how a sale stands in all books", () => {
  test.each<[Standing | undefined, Told]>([
    ["complete", { debits: 1, sale: "released", row: "confirmed", record: "0000" }],
    ["complete", { debits: 1, sale: "released", row: "confirmed", record: "9416" }],
    ["undelivered", { debits: 1, sale: "open", row: "confirmed", record: "0000" }],
    ["unresolved", { debits: 1, sale: "open", row: "unresolved", record: "A01D" }],
    ["unheard", { debits: 1, sale: "released", row: "unresolved", record: "A01D", COMPARE: 2 }],
    ["nowhere", { sale: "open", row: "refused" }],
    ["nowhere", { sale: "failed", row: "failed", record: "9404" }],
    ["nowhere", { sale: "open" }],
    [undefined, { sale: "released", row: "refused" }],
    [undefined, { sale: "open", row: "unresolved", record: "0000" }],
    [undefined, { sale: "open", row: "confirmed", record: "A01D" }],
    [undefined, { debits: 1, sale: "released", row: "confirmed", record: "A01D" }],
    [undefined, { debits: 1, sale: "released", row: "unresolved", record: "A01D", COMPARE: 1 }],
    [undefined, { debits: 1, sale: "open", row: "refused" }],
  ])("%s: %o", (standing, told) => {
    expect(standingOf(story(told))).toBe(standing);
  });
});
