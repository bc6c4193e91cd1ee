/** The card's non-volatile memory, write by write: any of them may be the last one before power is lost (card-edge.md 6). */
import { unreachable } from "../../core/errors.ts";
import { type CellName, type Cells, type Change, changesTo, type FixedPart, fixedPart, purseIn } from "./cells.ts";
import type { Purse } from "./state.ts";

export type Write =
  /** A new value, with its place, into entry `index` of the journal. */
  | { readonly kind: "journal"; readonly index: number; readonly change: Change }
  /** "Journal complete", with so many entries; 0 takes the mark away. */
  | { readonly kind: "mark"; readonly entries: number }
  /** A value into its place. */
  | { readonly kind: "place"; readonly change: Change };

/** What is in the memory, as a card finds it at power on. */
export interface MemoryImage {
  readonly cells: Cells;
  readonly journal: readonly Change[];
  /** Entries of a complete journal; 0 where there is no mark. */
  readonly marked: number;
}

/** How a card writes. A seeded defect replaces it. */
export interface WriteOrder {
  writesFor(changes: readonly Change[]): readonly Write[];
  /** What is written at power on, before anything else. */
  recovery(found: MemoryImage): readonly Write[];
}

/** All or nothing, by a journal. */
export const journalled: WriteOrder = {
  writesFor(changes) {
    if (changes.length === 0) return [];
    return [
      ...changes.map((change, index): Write => ({ kind: "journal", index, change })),
      { kind: "mark", entries: changes.length },
      ...inPlace(changes),
      { kind: "mark", entries: 0 },
    ];
  },
  recovery({ journal, marked }) {
    return marked === 0 ? [] : [...inPlace(journal.slice(0, marked)), { kind: "mark", entries: 0 }];
  },
};

/** Each value straight into its place. */
export function inPlace(changes: readonly Change[]): readonly Write[] {
  return changes.map((change) => ({ kind: "place", change }));
}

/** Where power goes: a write counted from 1 since the command came, and whether it is done, half done or not done. */
export type PowerCut = Readonly<{ write: number; part: "before" | "within" | "after" }>;

export class NonVolatileMemory {
  readonly #order: WriteOrder;
  readonly #fixed: FixedPart;
  readonly #cells = new Map<CellName, Uint8Array>();
  readonly #journal: Change[] = [];
  #mark: Uint8Array = markOf(0);
  #writes = 0;

  /** Holds `purse`, as its supplier or issuer wrote it. */
  constructor(purse: Purse, order: WriteOrder = journalled) {
    this.#order = order;
    this.#fixed = fixedPart(purse);
    for (const { cell, value } of changesTo(purse, this.#cells)) this.#cells.set(cell, value);
  }

  /** How often it was written since `begin`. */
  get writes(): number {
    return this.#writes;
  }

  /** A command begins: its writes are counted from 1. */
  begin(): void {
    this.#writes = 0;
  }

  /** Writes whatever `purse` is different in. False when power was lost on the way. */
  store(purse: Purse, cut?: PowerCut): boolean {
    return this.#perform(this.#order.writesFor(changesTo(purse, this.#cells)), cut);
  }

  /** What a card does first when power comes. False when it was lost again on the way. */
  recover(cut?: PowerCut): boolean {
    this.begin();
    const found = { cells: this.#cells, journal: this.#journal, marked: entriesOf(this.#mark) };
    return this.#perform(this.#order.recovery(found), cut);
  }

  /** The purse that a card would find at power on; changes nothing. */
  recovered(): Purse {
    const found = { cells: this.#cells, journal: this.#journal, marked: entriesOf(this.#mark) };
    const cells = new Map(this.#cells);
    for (const write of this.#order.recovery(found)) {
      if (write.kind === "place") cells.set(write.change.cell, write.change.value);
    }
    return purseIn(cells, this.#fixed);
  }

  /** The purse that the cells hold. */
  read(): Purse {
    return purseIn(this.#cells, this.#fixed);
  }

  #perform(writes: readonly Write[], cut: PowerCut | undefined): boolean {
    for (const write of writes) {
      this.#writes++;
      const part = cut?.write === this.#writes ? cut.part : undefined;
      if (part === "before") return false;
      this.#write(part === "within" ? torn(write) : write, part === "within");
      if (part !== undefined) return false;
    }
    return true;
  }

  #write(write: Write, isTorn: boolean): void {
    switch (write.kind) {
      case "journal":
        this.#journal[write.index] = write.change;
        return;
      case "mark":
        this.#mark = isTorn ? half(markOf(write.entries)) : markOf(write.entries);
        return;
      case "place":
        this.#cells.set(write.change.cell, write.change.value);
        return;
      default:
        unreachable(write);
    }
  }
}

/** The mark holds the number of entries and its complement, so that half a mark is none; erased it has no entries. */
function markOf(entries: number): Uint8Array {
  return entries === 0 ? Uint8Array.of(0xff, 0xff) : Uint8Array.of(entries, entries ^ 0xff);
}

function entriesOf(mark: Uint8Array): number {
  const [entries = 0, complement] = mark;
  return complement === (entries ^ 0xff) ? entries : 0;
}

/** A write in which power was lost: half of the value is there, the rest of the cell is erased. */
function torn(write: Write): Write {
  return write.kind === "mark" ? write : { ...write, change: { ...write.change, value: half(write.change.value) } };
}

function half(value: Uint8Array): Uint8Array {
  return value.map((byte, index) => (index < Math.floor(value.length / 2) ? byte : 0xff));
}
