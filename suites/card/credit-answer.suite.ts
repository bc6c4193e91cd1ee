/** LOADRSP and CARDRSP of a load (`card-edge.md` 5.2a, 5.2b): S1 and S3 over every field, dates, and what a card does not take. */
import { type Case, defineDeviceCase } from "../define/case.ts";
import { otherCurrency } from "./support/facts.ts";
import { initializeLoad, type LoadOrder, openPurse } from "./support/purse.ts";
import { Sweep } from "./support/sweep.ts";

const about = { requirement: "HSM-0054-f" };

/** One element each with other values in all of its bytes. */
const FIELDS: readonly LoadOrder[] = [
  { IDACQ: "00000000" },
  { IDACQ: "99999999" },
  { DTHR: "20991231235959" },
  { DTHR: "20000229000000" },
  { IDTRX: "00".repeat(16) },
  { IDTRX: "FFEEDDCCBBAA99887766554433221100" },
];

/** What is no date and time, one part of it after the other. */
const NO_DATES: readonly string[] = [
  "20260015120000",
  "20261315120000",
  "20269915120000",
  "20260100120000",
  "20260132120000",
  "20260431120000",
  "20260931120000",
  "20260229120000",
  "21000229120000",
  "20280230120000",
  "20260115240000",
  "20260115126000",
  "20260115120060",
  "20260115990000",
  "A0260115120000",
  "202A0115120000",
  "20261A15120000",
  "2026011F120000",
  "202601151F0000",
  "202601151200F0",
  "2026011512000A",
  "FFFFFFFFFFFFFF",
];

const DATES: readonly string[] = [
  "20280229235959",
  "20000229000000",
  "24000229000000",
  "20261231235959",
  "20260430120000",
  "20260131000000",
];

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-S1-01",
    suite: "card",
    purpose:
      "INITIALIZE IEP for load says what the card is, with S1 over that and over each byte of what it was asked, whatever amount, currency, number or identifier stands there",
    requirements: ["HSM-0054-f", "CARD-0031-e"],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const purse = await openPurse(t);
      const orders: readonly LoadOrder[] = [
        {},
        { MLDA: 0 },
        { MLDA: 0xffff_ffff },
        { MLDA: 0x0102_0304 },
        { CURRLDA: "0000" },
        { CURRLDA: "FFFF" },
        { CURRLDA: otherCurrency(purse.facts) },
        { CEXPLDA: 0 },
        { CEXPLDA: 0xff },
        ...FIELDS,
        ...Array.from({ length: 16 }, (_, at) => ({ IDTRX: `${"00".repeat(at)}80${"00".repeat(15 - at)}` })),
      ];
      for (const order of orders) await purse.openLoad(order, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-S1-02",
    suite: "card",
    purpose: "What is no date and time is '6A80' and ends the session; leap days and last moments are dates",
    requirements: ["CARD-0077-a"],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const purse = await openPurse(t);
      const sweep = new Sweep(purse.talk);
      for (const DTHR of NO_DATES) {
        await sweep.ask(`INITIALIZE IEP for load on ${DTHR}`, initializeLoad(purse.loadInit({ DTHR })), "6A80");
        await sweep.ask(`CREDIT IEP after ${DTHR}`, `905200000F${"00".repeat(15)}10`, "6985");
      }
      sweep.expectNone("what is no date", { requirement: "CARD-0077-a" });
      for (const DTHR of DATES) await purse.openLoad({ DTHR }, about);
    },
  }),
  defineDeviceCase({
    id: "CARD-LS3-01",
    suite: "card",
    purpose:
      "A completed load raises the balance by just its amount and is answered with S3 over each element, whatever stands in it",
    requirements: ["LOAD-BANK-881-c", "LOAD-BANK-881-d", "LOAD-PRE-1081-c", "LOAD-PRE-1081-d", "CARD-0022-a"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 8, writes: 8 },
    async run(t) {
      const purse = await openPurse(t);
      for (const order of [{}, { MLDA: 3 }, ...FIELDS]) await purse.load(order, { requirement: "LOAD-BANK-881-d" });
      await purse.expectSame({ requirement: "LOAD-BANK-881-c" });
    },
  }),
  defineDeviceCase({
    id: "CARD-LS3-02",
    suite: "card",
    purpose:
      "What a card does not take it refuses with a code that it signs: another currency, another exponent, nothing, too much, in this order where more than one applies",
    requirements: ["LOAD-BANK-881-e", "LOAD-PRE-1081-e", "LOAD-NEG-0129-a", "LOAD-NEG-0130-f"],
    owner: "card",
    needs: { keys: true },
    consumes: { writes: 16 },
    async run(t) {
      const purse = await openPurse(t);
      const CURRLDA = otherCurrency(purse.facts);
      const CEXPLDA = (purse.facts.CEXPIEP + 1) % 4;
      const MLDA = purse.facts.BALmaxIEP - purse.BALIEP + 1;
      const orders: readonly LoadOrder[] = [
        { CURRLDA },
        { CEXPLDA },
        { CURRLDA, CEXPLDA },
        { CURRLDA, MLDA: 0 },
        { CEXPLDA, MLDA: 0 },
        { CURRLDA, MLDA },
        { CEXPLDA, MLDA },
        { MLDA: 0 },
        { MLDA },
        { MLDA: 0xffff_ffff },
        ...FIELDS.map((field) => ({ ...field, MLDA: 0 })),
      ];
      const says = { requirement: "LOAD-BANK-881-e" };
      for (const order of orders) await purse.load(order, says);
      await purse.expectSame(says);
    },
  }),
];
