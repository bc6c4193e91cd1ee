/** The recovery of purchases (messages.md 2): the card is asked each time, and what is known is told where it cannot be. */
import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { type Bench, bench, EB, IDTRX, ORDER, PAGE, RESULT, type Script, ScriptCard } from "./test-bench.ts";

const DEBIT = 0x54;
const GET_PREVIOUS = 0x5a;

/** The debit response of the first purchase is heard and not answered. */
function lostAfterResponse(): Script {
  let isFirst = true;
  return async (far) => {
    const first = await far.hear();
    if (first?.kind === "recovery") return await far.say(RESULT);
    if (!isFirst) return;
    isFirst = false;
    await far.say(PAGE);
    await far.hear();
    await far.say(EB);
    await far.hear();
  };
}

interface Torn extends Bench {
  readonly card: ScriptCard;
}

async function torn(trick?: ScriptCard["trick"]): Promise<Torn> {
  const card = new ScriptCard();
  if (trick) card.trick = trick;
  const b = bench(lostAfterResponse(), card);
  expect((await b.box.purchase(ORDER)).CC).toBe("A01A");
  b.reader.remove();
  b.reader.insert(card);
  return { ...b, card };
}

describe("the recovery of a purchase", () => {
  it("asks the card again: an answer that was altered on its way is set right", async () => {
    const { box, card, heard } = await torn((command, answer) => {
      const bytes = answer();
      return command[1] === DEBIT ? bytes.map((byte, index) => (index === bytes.length - 3 ? byte ^ 1 : byte)) : bytes;
    });
    expect(box.pending()).toMatchObject([{ IDTRX, CARDRSP: "000000070000222EAAAAAAAAAAAAAAAB" }]);
    expect(await box.recoverPending()).toMatchObject([{ CC: "0000", CONTENT: "sunny" }]);
    expect(card.commands.at(-1)).toBe("905A010002000710");
    expect(heard.at(-1)).toMatchObject({ kind: "recovery", CARDRSP: card.previous, SW: "9000" });
    expect(box.pending()).toEqual([]);
  });

  it.each([
    [
      "another card is in the reader",
      ({ reader }: Torn) => {
        reader.remove();
        reader.insert(new ScriptCard("0000000043"));
      },
      [],
    ],
    [
      "the card has done other things since",
      ({ card }: Torn) => {
        card.trick = (command, answer) => (command[1] === GET_PREVIOUS ? fromHex("9406") : answer());
      },
      [],
    ],
    [
      "the card does not answer as one",
      ({ card }: Torn) => {
        card.trick = () => fromHex("00");
      },
      ["card"],
    ],
    ["no card is there", ({ reader }: Torn) => reader.remove(), []],
  ])("tells the answer that is known when %s", async (_what, happens, owners) => {
    const bed = await torn();
    const CARDRSP = bed.card.previous;
    happens(bed);
    const [result] = await bed.box.recoverPending();
    expect(result).toMatchObject({ CC: "0000", CONTENT: "sunny" });
    expect(result?.shown.at(-1)).toMatch(/87.50 EUR/);
    expect(result?.trouble.map(({ owner }) => owner)).toEqual(owners);
    expect(bed.heard.at(-1)).toMatchObject({ kind: "recovery", IDTRX, CARDRSP, SW: "9000" });
    expect(bed.box.pending()).toEqual([]);
  });
});
