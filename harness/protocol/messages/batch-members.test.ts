import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeMembers, parseMembers, sumsOf } from "./batch-members.ts";
import type { DataStoreRecord } from "./store-record.ts";

const record = (COUNT: number, over: Partial<DataStoreRecord> = {}): DataStoreRecord => ({
  COUNT,
  IDTRX: COUNT.toString(16).toUpperCase().padStart(32, "0"),
  PPIEP: "000123",
  IDIEP: "0000000042",
  MPDA: 250,
  CURRPDA: "0978",
  CEXPPDA: 2,
  CC: "0000",
  NTIEP: COUNT,
  NTPSAM: COUNT,
  IDMER: "SHOP0001",
  DTHR: "20310506070809",
  ...over,
});

test("members are 60 bytes each and read as they were written", () => {
  const members = [record(3), record(7), record(8)];
  const bytes = encodeMembers(members);
  expect(bytes).toHaveLength(180);
  expect(parseMembers(bytes)).toEqual({ ok: true, value: members });
});

test.each([
  [
    "a COUNT twice",
    [record(1), record(1, { IDTRX: "AA".repeat(16) })],
    "member 1: its COUNT is not above the one before it",
  ],
  ["a lower COUNT", [record(2), record(1)], "member 1: its COUNT is not above the one before it"],
  [
    "an IDTRX twice",
    [record(1), record(2, { IDTRX: record(1).IDTRX })],
    `member 1: IDTRX ${record(1).IDTRX} is there twice`,
  ],
  ["another CC", [record(1, { CC: "9416" })], "member 0: its CC is 9416"],
  ["none", [], "0 members, not 1 to 500"],
  ["too many", Array.from({ length: 501 }, (_, index) => record(index + 1)), "501 members, not 1 to 500"],
])("members with %s are none", (_what, members, reason) => {
  expect(parseMembers(encodeMembers(members))).toEqual({ ok: false, reason });
});

test("whatever bytes come, reading them never throws", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof parseMembers(bytes).ok === "boolean"));
});

test("sums are kept apart by issuer, currency and exponent", () => {
  const members = [
    record(1),
    record(2, { PPIEP: "000456" }),
    record(3, { MPDA: 0xffff_ffff }),
    record(4, { CURRPDA: "0392", CEXPPDA: 0 }),
  ];
  expect(sumsOf(members)).toEqual([
    { PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 0xffff_ffff + 250, NTOT: 2 },
    { PPIEP: "000456", CURR: "0978", CEXP: 2, MTOT: 250, NTOT: 1 },
    { PPIEP: "000123", CURR: "0392", CEXP: 0, MTOT: 250, NTOT: 1 },
  ]);
});
