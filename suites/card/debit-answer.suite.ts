/** CARDRSP of a purchase (`card-edge.md` 5.3, `keys-and-signatures.md` 4): S3 over every field, and what a card cannot pay. */
import { type Case, defineDeviceCase } from "../define/case.ts";
import { otherCurrency } from "./support/facts.ts";
import { type DebitOrder, openPurse, type Purse } from "./support/purse.ts";

const about = { requirement: "CARD-0033-c" };
const requirements = ["CARD-0033-c", "PAY-BASE-618-g", "PAY-BASE-618-h"];

/** One element each with other values in all of its bytes; those that a certificate fixes only at cards without one. */
function fields(purse: Purse): readonly DebitOrder[] {
  const psam: readonly DebitOrder[] = [{ PPPSAM: "999999" }, { IDPSAM: "01234567" }, { IDPSAM: "FFFFFFFF" }];
  return [
    ...(purse.isPublicKey ? [] : psam),
    { NTPSAM: 0 },
    { NTPSAM: 0xffff_ffff },
    { NTPSAM: 0x0102_0304 },
    { DTHR: "20991231235959" },
    { DTHR: "00000000000000" },
    { LOC: "99999999" },
    { LOC: "12345678" },
    { IDTRX: "00".repeat(16) },
    { IDTRX: "FFEEDDCCBBAA99887766554433221100" },
  ];
}

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-S3-01",
    suite: "card",
    purpose:
      "A completed debit is answered with CC, NTIEP, balance and S3 over just that and over each element of the command, whatever stands in it",
    requirements: [...requirements, "PAY-BASE-618-e", "PAY-BASE-620-b", "CARD-0030-a"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 16, value: 16, writes: 16 },
    async run(t) {
      const purse = await openPurse(t);
      for (const order of [{}, ...fields(purse)]) await purse.purchase(order, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-S3-02",
    suite: "card",
    purpose:
      "What a card cannot pay it refuses with a code that it signs like a success: another currency, another exponent, nothing, too much, in this order where more than one applies",
    requirements: [...requirements, "CARD-0082-b", "PAY-BASE-618-i"],
    owner: "card",
    needs: { keys: true },
    consumes: { writes: 12 },
    async run(t) {
      const purse = await openPurse(t);
      const { facts, BALIEP } = purse;
      const CURRPDA = otherCurrency(facts);
      const CEXPPDA = (facts.CEXPIEP + 1) % 4;
      const much = BALIEP + 1;
      const orders: readonly DebitOrder[] = [
        { CURRPDA },
        { CEXPPDA },
        { CURRPDA, CEXPPDA },
        { CURRPDA, MPDA: 0 },
        { CEXPPDA, MPDA: 0 },
        { CURRPDA, MPDA: much },
        { CEXPPDA, MPDA: much },
        { MPDA: 0 },
        { MPDA: much },
        { CEXPPDA: 0xff },
        { CURRPDA: "FFFF" },
        { MPDA: 0xffff_ffff },
      ];
      for (const order of orders) await purse.purchase(order, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-S3-03",
    suite: "card",
    purpose: "S3 of a negative completion covers each element of the command too, and the balance that stayed",
    requirements: [...requirements, "PAY-BASE-618-i"],
    owner: "card",
    needs: { keys: true },
    consumes: { writes: 16 },
    async run(t) {
      const purse = await openPurse(t);
      for (const order of fields(purse)) await purse.purchase({ ...order, MPDA: purse.BALIEP + 1 }, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-S3-04",
    suite: "card",
    purpose: "The same debit twice gives another number, another balance and another signature",
    requirements: ["CARD-0033-c", "CARD-0031-i"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 2, value: 2, writes: 2 },
    async run(t) {
      const purse = await openPurse(t);
      const [first, second] = [await purse.purchase({}, about), await purse.purchase({}, about)];
      const differ = (from: number, to: number) => first.subarray(from, to).join() !== second.subarray(from, to).join();
      t.expect.equal(
        "NTIEP, BALIEP and S3 differ",
        [differ(2, 4), differ(4, 8), differ(8, 16)],
        [true, true, true],
        about,
      );
    },
  }),
];
