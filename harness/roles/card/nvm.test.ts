import { describe, expect, it } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { changesTo, purseIn } from "./cells.ts";
import { journalled, NonVolatileMemory, type PowerCut, type Write } from "./nvm.ts";
import { bedCard, debitFor, send } from "./testing/purse-bed.ts";

const card = bedCard("specimen");
send(card, debitFor(card, 5));
const OLD = card.state.purse;
send(card, debitFor(card, 995));
const NEW = card.state.purse;

/** What the cells hold after OLD, as bytes. */
function cellsOfOld() {
  return new Map(changesTo(OLD, new Map()).map(({ cell, value }) => [cell, value]));
}

function textOf(write: Write): string {
  if (write.kind === "mark") return `mark ${write.entries}`;
  const { cell, value } = write.change;
  return `${write.kind}${write.kind === "journal" ? ` ${write.index}` : ""}: ${cell} ${toHex(value)}`;
}

describe("the writes of a transaction", () => {
  it("are the journal, the mark, the places in the same order, the mark away", () => {
    const writes = journalled.writesFor(changesTo(NEW, cellsOfOld())).map(textOf);
    const CARDRSP = NEW.previous?.CARDRSP;
    const values = [
      "BALIEP 00989298",
      "NTIEP 0003",
      "record 1 0100020000000003E30978020098929800A100010000000720260115123059",
      "newest 01",
      `CARDRSP 010002${CARDRSP}`,
    ];
    expect(writes).toEqual([
      ...values.map((value, index) => `journal ${index}: ${value}`),
      "mark 5",
      ...values.map((value) => `place: ${value}`),
      "mark 0",
    ]);
  });

  it("are none where nothing changes", () => {
    expect(journalled.writesFor(changesTo(OLD, cellsOfOld()))).toEqual([]);
  });

  it("put the seventeenth record into the place of the first", () => {
    const life = bedCard("specimen");
    for (let MPDA = 1; MPDA <= 17; MPDA++) send(life, debitFor(life, MPDA));
    life.reset();
    expect(life.state.purse.log.map(({ MPDA }) => MPDA)).toEqual([
      17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
    ]);
  });
});

describe("the memory", () => {
  it("gives back the purse that it was made with or that was stored, from its cells alone", () => {
    for (const name of ["specimen", "supplied", "rsa", "blocked", "yen"]) {
      const { purse } = bedCard(name).state;
      expect(new NonVolatileMemory(purse).read()).toEqual(purse);
    }
    const memory = new NonVolatileMemory(OLD);
    expect(memory.store(NEW)).toBe(true);
    expect(memory.read()).toEqual(NEW);
  });

  it("recovers also when power is lost in the recovery, as often as it likes", () => {
    const parts = ["before", "within", "after"] as const;
    const cuts: readonly PowerCut[] = [1, 2, 3, 4, 5, 6].flatMap((write) => parts.map((part) => ({ write, part })));
    for (const first of cuts) {
      for (const second of cuts) {
        const memory = new NonVolatileMemory(OLD);
        expect(memory.store(NEW, { write: 8, part: "within" })).toBe(false);
        expect(memory.recover(first)).toBe(false);
        memory.recover(second);
        expect(memory.recover()).toBe(true);
        expect(memory.read()).toEqual(NEW);
      }
    }
  });

  it("does not replay an older journal whose end is still there", () => {
    const memory = new NonVolatileMemory(OLD);
    memory.store(NEW);
    memory.begin();
    const refused = { ...NEW, previous: { kind: "load", NTIEP: 3, CARDRSP: "940A".padEnd(32, "0") } } as const;
    expect(memory.store(refused, { write: 3, part: "within" })).toBe(false);
    memory.recover();
    expect(memory.read()).toEqual(refused);
  });

  it("notes what was signed, also where it is none of the values that the element has", () => {
    const [newest] = NEW.log;
    if (!newest) throw new Error("no record");
    const strange = { ...NEW, log: [{ ...newest, DTHR: "A0260115123059", CEXPPDA: 9 }, ...NEW.log.slice(1)] };
    const memory = new NonVolatileMemory(OLD);
    memory.store(strange);
    expect(memory.read()).toEqual(strange);
  });

  it("reads whatever is in its cells", () => {
    const { purse } = bedCard("specimen").state;
    const garbage = new Map([...cellsOfOld()].map(([cell, value]) => [cell, value.map(() => 0xff)]));
    expect(purseIn(garbage, { SNIEP: purse.SNIEP })).toMatchObject({ BALIEP: 0xffff_ffff, lifeCycle: "blocked" });
    expect(purseIn(new Map(), { SNIEP: purse.SNIEP })).toMatchObject({ BALIEP: 0, lifeCycle: "supplied", log: [] });
  });
});
