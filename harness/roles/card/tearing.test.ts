import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CardTear } from "../../core/card-tear.ts";
import { inPlace, type WriteOrder } from "./nvm.ts";
import type { SimulatedCard } from "./serve.ts";
import type { Purse } from "./state.ts";
import { awaken, bedCard, creditFor, debitFor, personaliseCommand, send } from "./testing/purse-bed.ts";

interface Torn {
  readonly name: string;
  readonly INS: number;
  readonly P1: number;
  readonly card: string;
  readonly command: (card: SimulatedCard) => Uint8Array;
  /** Writes of the command; half of them, the mark included, come before the point of no return. */
  readonly writes: number;
}

const COMMANDS: readonly Torn[] = [
  { name: "DEBIT IEP", INS: 0x54, P1: 1, card: "specimen", command: (card) => debitFor(card, 995), writes: 12 },
  { name: "CREDIT IEP", INS: 0x52, P1: 0, card: "specimen", command: (card) => creditFor(card, 995), writes: 12 },
  { name: "a debit refused", INS: 0x54, P1: 1, card: "poor", command: (card) => debitFor(card, 9999), writes: 4 },
  { name: "a load refused", INS: 0x52, P1: 0, card: "at-maximum", command: (card) => creditFor(card, 1), writes: 4 },
  { name: "PERSONALISE", INS: 0x5e, P1: 0, card: "supplied", command: personaliseCommand, writes: 12 },
];

/** Every moment of a command with so many writes. */
function momentsOf(writes: number): readonly CardTear["at"][] {
  const parts = ["before", "within", "after"] as const;
  const each = Array.from({ length: writes }, (_, index) => parts.map((part) => ({ write: index + 1, part })));
  return ["before-command", ...each.flat(), "after-command"];
}

/** The card with something in its log, then the command torn; the purse after power has come back. */
function tornPurse(torn: Torn, at: CardTear["at"], writeOrder?: WriteOrder): { old: Purse; now: Purse; fired: number } {
  const card = bedCard(torn.card, writeOrder ? { writeOrder } : {});
  if (torn.card === "specimen") for (const MPDA of [5, 6, 7]) send(card, debitFor(card, MPDA));
  const command = torn.command(card);
  const old = card.state.purse;
  let fired = 0;
  card.tearAt({ INS: torn.INS, P1: torn.P1, at }, () => fired++);
  expect(send(card, command)).toBe("mute");
  expect(send(card, "905C00000D")).toBe("mute");
  awaken(card);
  return { old, now: card.state.purse, fired };
}

function undisturbed(torn: Torn): { purse: Purse; writes: number } {
  const card = bedCard(torn.card);
  if (torn.card === "specimen") for (const MPDA of [5, 6, 7]) send(card, debitFor(card, MPDA));
  expect(send(card, torn.command(card))).toMatch(/9000$/);
  const { writes } = card;
  awaken(card);
  return { purse: card.state.purse, writes };
}

describe.each(COMMANDS)("power lost in $name", (torn) => {
  const { purse: done, writes } = undisturbed(torn);

  it("has the writes that the specification names", () => {
    expect(writes).toBe(torn.writes);
  });

  it.each(
    momentsOf(torn.writes).map((at) => [typeof at === "string" ? at : `${at.part} write ${at.write}`, at] as const),
  )("%s: all old or all new", (_name, at) => {
    const { old, now, fired } = tornPurse(torn, at);
    const mark = torn.writes / 2;
    const isNew =
      typeof at === "string" ? at === "after-command" : at.write > mark || (at.write === mark && at.part === "after");
    expect(fired).toBe(1);
    expect(now).toEqual(isNew ? done : old);
    expect(done).not.toEqual(old);
  });

  it("at a write that there is not does not happen, and stays for later", () => {
    const card = bedCard(torn.card);
    let fired = 0;
    card.tearAt({ INS: torn.INS, P1: torn.P1, at: { write: torn.writes + 1, part: "before" } }, () => fired++);
    expect(send(card, torn.command(card))).toMatch(/9000$/);
    expect(fired).toBe(0);
    card.tearAt(undefined);
    expect(send(card, "905C00000D")).toMatch(/9000$/);
  });
});

describe("a tear", () => {
  it("happens once, to the command that it names", () => {
    const card = bedCard("specimen");
    let fired = 0;
    card.tearAt({ INS: 0x52, P1: 0x00, at: "after-command" }, () => fired++);
    const debit = debitFor(card, 1);
    expect(send(card, debit)).toMatch(/^0000/);
    expect([send(card, creditFor(card, 1)), send(card, "905C00000D"), fired]).toEqual(["mute", "mute", 1]);
    awaken(card);
    expect(send(card, creditFor(card, 1))).toMatch(/^0000/);
  });

  it("shows a mixture on a card that writes each value straight into its place", () => {
    const careless: WriteOrder = { writesFor: inPlace, recovery: () => [] };
    const [debit] = COMMANDS;
    if (!debit) throw new Error("no command");
    const { purse: done } = undisturbed(debit);
    const { old, now } = tornPurse(debit, { write: 2, part: "before" }, careless);
    expect(now).toMatchObject({ BALIEP: done.BALIEP, NTIEP: old.NTIEP, log: old.log });
    const half = tornPurse(debit, { write: 1, part: "within" }, careless);
    expect([old.BALIEP, done.BALIEP]).not.toContain(half.now.BALIEP);
  });
});

describe("a life of debits, loads and torn commands", () => {
  const step = fc.record({
    isLoad: fc.boolean(),
    amount: fc.integer({ min: 0, max: 900 }),
    at: fc.option(fc.constantFrom(...momentsOf(12)), { freq: 2 }),
  });

  it("keeps balance = initial + loads - debits, number by number, and answers again what was done", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
        const card = bedCard("low-maximum");
        let value = 1000;
        let done = 0;
        for (const { isLoad, amount, at } of steps) {
          const command = isLoad ? creditFor(card, amount) : debitFor(card, amount);
          const { NTIEP } = card.state.purse;
          card.tearAt(at === null ? undefined : { INS: command[1] ?? 0, P1: command[2] ?? 0, at });
          const answer = send(card, command);
          card.tearAt(undefined);
          if (answer === "mute") awaken(card);
          const isDone = card.state.purse.NTIEP > NTIEP;
          if (isDone) {
            value += isLoad ? amount : -amount;
            done++;
          }
          const again = send(card, `905A0${isLoad ? 0 : 1}0002${NTIEP.toString(16).padStart(4, "0")}10`);
          if (isDone) expect(again).toMatch(/^0000.*9000$/);
          if (answer !== "mute") expect(again).toBe(answer);
        }
        const { BALIEP, log } = card.state.purse;
        expect(BALIEP).toBe(value);
        expect(log).toHaveLength(Math.min(16, done));
        expect(log.map(({ NTIEP }) => NTIEP)).toEqual(log.map((_, index) => done - index));
        for (const [index, { TI, MPDA, BALIEP: after }] of log.entries()) {
          const before = log[index + 1]?.BALIEP ?? (log.length === done ? 1000 : undefined);
          if (before !== undefined) expect(after).toBe(before + (TI === 2 ? MPDA : -MPDA));
        }
      }),
      { numRuns: 60 },
    );
  });
});
