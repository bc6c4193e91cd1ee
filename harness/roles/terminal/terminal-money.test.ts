/** The data store and the totals of the PSAM tell the same money, whatever the order of messages, silences and power cuts. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { cancel, forged, lost, NONE, respond, type TerminalBed, terminalBed, unheard } from "./testing/terminal-bed.ts";

const ACTS = [
  "draw",
  "draw",
  "base",
  "complete",
  "negative",
  "forged",
  "refused",
  "withdraw",
  "suspend",
  "power",
] as const;

const step = fc.record({
  act: fc.constantFrom(...ACTS),
  which: fc.nat(5),
  MPDA: fc.integer({ min: 1, max: 500 }),
  link: fc.constantFrom("good", "good", "good", "lost", "unheard"),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The card's own answers to the debit command of a transaction. */
interface Sale {
  readonly IDTRX: string;
  readonly right: Uint8Array;
  readonly negative: Uint8Array;
  readonly isSingleTrip: boolean;
}

/** INS of DEBIT, CANCEL and COMPLETE: what changes totals. */
const CHANGING = [0x72, 0x8e, 0x74];

function disturb(bed: TerminalBed, link: Step["link"]): void {
  bed.tamper.act = (command, answer) => {
    const INS = command[1] ?? 0;
    if (link === "good" || !CHANGING.includes(INS)) return answer();
    return link === "lost" ? lost(INS)(command, answer) : unheard(INS)(command, answer);
  };
}

async function act(bed: TerminalBed, { act, which, MPDA, link }: Step, sales: Sale[]): Promise<void> {
  const sale = sales.at(-1 - (which % Math.max(1, sales.length)));
  const isBase = act === "base" || (sale !== undefined && !sale.isSingleTrip && act !== "draw");
  disturb(bed, isBase ? "good" : link); // where the PSAM compares, a lost answer is repeated by the payment server
  switch (act) {
    case "power":
      return await bed.terminal.powerCycle();
    case "draw":
    case "base": {
      const IDTRX = (sales.length + 1).toString(16).padStart(32, "0").toUpperCase();
      const debit = await bed.say(bed.draw(IDTRX, MPDA, act === "draw" ? 1 : undefined));
      if (debit.kind !== "t-debit") return;
      const negative = bed.negative(debit);
      sales.push({ IDTRX, negative, right: bed.debitCard(debit), isSingleTrip: act === "draw" });
      return;
    }
  }
  if (sale === undefined) return;
  const messages = {
    complete: respond(sale.IDTRX, sale.right),
    negative: respond(sale.IDTRX, sale.negative),
    forged: respond(sale.IDTRX, forged(sale.right)),
    refused: respond(sale.IDTRX, NONE, "6985"),
    withdraw: cancel(sale.IDTRX, 0),
    suspend: cancel(sale.IDTRX, 1),
  };
  await bed.say(messages[act]);
}

/** Sum and number of the transactions whose newest record says that they count. */
async function written(bed: TerminalBed): Promise<readonly [number, number]> {
  const newest = new Map((await bed.client.readStore(bed.soon())).map((record) => [record.IDTRX, record]));
  const counted = [...newest.values()].filter(({ CC }) => CC === "0000");
  return [counted.reduce((sum, { MPDA }) => sum + MPDA, 0), counted.length];
}

it("keeps data store and totals equal over draws, reversals, completions, silences and power cuts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
      const bed = terminalBed();
      const sales: Sale[] = [];
      for (const each of steps) await act(bed, each, sales);
      disturb(bed, "good");
      await bed.client.readTotals(bed.soon());
      expect(await written(bed)).toEqual(bed.totals());
      expect(bed.terminal.state.memory.issued.map(({ IDTRX }) => IDTRX)).toEqual(
        bed.psam.state.memory.issued.map(({ IDTRX }) => IDTRX),
      );
    }),
    { numRuns: 60, seed: 706 },
  );
});
