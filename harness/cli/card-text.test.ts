import { expect, test } from "vitest";
import type { CardContent } from "../station/look-at-card.ts";
import { cardText } from "./card-text.ts";

const words = (content: CardContent) =>
  cardText({ ATR: "3B00", protocol: "T=0", atrWords: ["direct convention"], content }).join("\n");

const PURSE = {
  ATR: Uint8Array.of(0x3b, 0x00),
  PPIEP: "000123",
  IDIEP: "0000004711",
  SNIEP: "5445535400004711",
  ALGIEP: 5,
  DEXPIEP: "291231",
  BALIEP: 10_000_000,
  BALmaxIEP: 20_000_000,
  CURRIEP: "0978",
  CEXPIEP: 2,
  AMIEP: 1,
  NTIEP: 3,
  VKIEP: 1,
  log: [
    {
      TI: 1,
      NTIEP: 2,
      CC: "0000",
      MPDA: 250,
      CURRPDA: "0978",
      CEXPPDA: 2,
      BALIEP: 10_000_000,
      IDPSAM: "00A10001",
      NTPSAM: 7,
      DTHR: "20260802101500",
    },
  ],
};

test("an issued purse, with amounts in its currency and its log", () => {
  expect(words({ kind: "purse", state: "issued", purse: PURSE, isBlocked: false })).toBe(
    `A purse card of profile IEP-1, issued.
  purse number      0000004711 of provider 000123
  serial number     5445535400004711
  balance           100000.00 EUR, at most 200000.00 EUR
  good until        2029-12-31
  algorithm         AES-128, key generation 1
  next transaction  3
  log               1 transaction
    2026-08-02 10:15 UTC  no. 2  purchase  2.50 EUR, then 100000.00 EUR

Answer to reset 3B00, talking T=0
  direct convention`,
  );
});
