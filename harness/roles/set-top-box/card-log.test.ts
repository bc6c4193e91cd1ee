import { describe, expect, it } from "vitest";
import { NO_TRANSACTIONS } from "./card-log.ts";
import { bench, honest } from "./test-bench.ts";
import { LoadCard } from "./testing/load-script.ts";

const PURCHASE = "01 0008 0000 000004E2 0978 02 00002BF2 11223344 00000009 20310506070809";
const LOAD = "02 0007 0000 000009C4 0978 02 000030D4 00000042 00000000 20310505235959";

describe("the card's log", () => {
  it("is shown newest first, with date, sign, amount and balance", async () => {
    const card = new LoadCard();
    card.log.push(PURCHASE, LOAD);
    const { box, heard } = bench(honest, card);
    expect(await box.showLog()).toMatchObject({
      CC: "0000",
      shown: [
        "2031-05-06 07:08 UTC: paid -12.50 EUR, balance 112.50 EUR",
        "2031-05-05 23:59 UTC: loaded +25.00 EUR, balance 125.00 EUR",
      ],
    });
    expect(card.commands.map((each) => each.slice(0, 8))).toEqual(["00A40400", "00B201C4", "00B202C4", "00B203C4"]);
    expect(heard).toEqual([]);
  });

  it("of points has no currency", async () => {
    const card = new LoadCard();
    card.log.push(LOAD.replace("0978 02", "0999 00"));
    const { shown } = await bench(honest, card).box.showLog();
    expect(shown).toEqual(["2031-05-05 23:59 UTC: loaded +2500 points, balance 12500 points"]);
  });

  it("may be empty", async () => {
    expect((await bench(honest, new LoadCard()).box.showLog()).shown).toEqual([NO_TRANSACTIONS]);
  });

  it("without end is read as far as record numbers go", async () => {
    const card = new LoadCard();
    card.log.push(...Array<string>(300).fill(LOAD));
    expect((await bench(honest, card).box.showLog()).shown).toHaveLength(254);
  });

  it.each([
    ["a damaged record", "02 0007", "card", "The card does not answer as it should."],
    ["a purse that is not issued", undefined, undefined, "This card is no purse."],
  ])("%s ends it", async (_, record, owner, text) => {
    const card = new LoadCard();
    if (record === undefined) card.trick = (command, answer) => (command[1] === 0xb2 ? REFUSED : answer());
    else card.log.push(record);
    const result = await bench(honest, card).box.showLog();
    expect(result).toMatchObject({ CC: "A016", shown: [text], trouble: owner ? [{ owner }] : [] });
  });

  it("needs a card", async () => {
    expect(await bench(honest).box.showLog()).toMatchObject({
      CC: "A015",
      shown: [expect.any(String), "No card was inserted."],
    });
  });
});

const REFUSED = Uint8Array.of(0x93, 0x04);
