/** A reader in whose place the set-top box may use a card that is a program of its own. */
import type { CardTear } from "../core/card-tear.ts";
import type { CardReader } from "../device/contracts.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import type { CardKind } from "../flows/system.ts";
import { tearCard } from "./tear-card.ts";

/** A reader and the hand that moves its cards. */
export interface HandledReader {
  readonly reader: CardReader;
  /** Puts this card into the empty reader. */
  insert(kind: CardKind): Promise<void>;
  remove(): Promise<void>;
  /** `insert` takes out what is in the reader, in one go: nobody has to call `remove` before. */
  readonly exchanges?: boolean | undefined;
  /**
   * The card in the reader loses its power at that moment, once: it is out of the reader then, and `onTorn` is called. Undefined: not
   * any more. Resolves when the card knows; rejects where it cannot be torn.
   */
  tear(tear: CardTear | undefined, onTorn: () => void): Promise<void>;
}

/**
 * `inner`, which holds its specimen, until the card `virtual` is inserted: from then on a reader in process that holds it, until
 * another card is. What lies in `inner` stays there meanwhile. Disposing closes the program's reader only.
 */
export function switchingReader(inner: HandledReader, makeVirtual: () => VirtualCard): HandledReader & AsyncDisposable {
  return new SwitchingReader(inner, makeVirtual);
}

class SwitchingReader implements HandledReader, AsyncDisposable {
  readonly reader: CardReader;
  readonly exchanges: boolean;
  readonly #inner: HandledReader;
  readonly #makeVirtual: () => VirtualCard;
  readonly #program = virtualReader({ name: "card program of the set-top box" });
  readonly #listeners = new Set<(present: boolean) => void>();
  readonly #undo: () => void;
  /** Which one the set-top box looks at. */
  #current: CardReader;
  #virtual: VirtualCard | undefined;
  #innerHolds: CardKind | undefined = "specimen";

  constructor(inner: HandledReader, makeVirtual: () => VirtualCard) {
    this.#inner = inner;
    this.exchanges = inner.exchanges === true;
    this.#makeVirtual = makeVirtual;
    this.#current = inner.reader;
    const tell = (of: CardReader) => (present: boolean) => {
      if (this.#current === of) for (const listener of [...this.#listeners]) listener(present);
    };
    const undo = [inner.reader, this.#program].map((each) => each.onPresence(tell(each)));
    this.#undo = () => {
      for (const each of undo) each();
    };
    this.reader = this.#view();
  }

  async insert(kind: CardKind): Promise<void> {
    if (kind === "virtual") return this.#insertVirtual();
    const isSetAside = this.#current === this.#program;
    if (isSetAside && this.#program.isCardPresent()) this.#program.remove();
    this.#switchTo(this.#inner.reader);
    if (this.#innerHolds === kind && (isSetAside || !this.exchanges)) return;
    if (this.#innerHolds !== undefined && !this.exchanges) await this.#inner.remove();
    await this.#inner.insert(kind);
    this.#innerHolds = kind;
  }

  async remove(): Promise<void> {
    if (this.#current === this.#program) return this.#program.remove();
    await this.#inner.remove();
    this.#innerHolds = undefined;
  }

  async tear(tear: CardTear | undefined, onTorn: () => void): Promise<void> {
    if (this.#current === this.#program) {
      tearCard(this.#program, this.#virtual, tear, onTorn);
      return;
    }
    await this.#inner.tear(tear, () => {
      this.#innerHolds = undefined;
      onTorn();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#undo();
    await this.#program[Symbol.asyncDispose]();
  }

  #insertVirtual(): void {
    this.#switchTo(this.#program);
    this.#virtual ??= this.#makeVirtual();
    if (!this.#program.isCardPresent()) this.#program.insert(this.#virtual);
  }

  /** To whoever listens a card that is looked at no more has gone, and one that lies there has come. */
  #switchTo(next: CardReader): void {
    if (this.#current === next) return;
    if (this.#current.isCardPresent()) for (const listener of [...this.#listeners]) listener(false);
    this.#current = next;
    if (next.isCardPresent()) for (const listener of [...this.#listeners]) listener(true);
  }

  #view(): CardReader {
    const current = () => this.#current;
    return {
      get name() {
        return current().name;
      },
      isCardPresent: () => current().isCardPresent(),
      onPresence: (listener) => {
        const entry = (present: boolean): void => listener(present);
        this.#listeners.add(entry);
        return () => this.#listeners.delete(entry);
      },
      waitForCard: (deadline) => current().waitForCard(deadline),
      connect: (deadline) => current().connect(deadline),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}
