import { toHex } from "../core/bytes.ts";
import type { CardTear } from "../core/card-tear.ts";
import type { Disturbance } from "../flows/system.ts";
import type { HandledReader } from "./switching-reader.ts";

/** "in command 54 01, within write 6". */
export function momentText({ INS, P1, at }: CardTear): string {
  const command = `command ${toHex(Uint8Array.of(INS))} ${toHex(Uint8Array.of(P1))}`;
  if (typeof at !== "string") return `in ${command}, ${at.part} write ${at.write}`;
  return at === "before-command" ? `before ${command}` : `after ${command} was done, before its answer`;
}

/** The tears that a system's cases ask for, one at a time. */
export class Tearing {
  readonly #reader: Pick<HandledReader, "tear">;
  /** Hears of each tear that has happened. */
  readonly #onTorn: (tear: CardTear) => void;
  #armed: Promise<void> = Promise.resolve();
  #latest = 0;

  constructor(reader: Pick<HandledReader, "tear">, onTorn: (tear: CardTear) => void) {
    this.#reader = reader;
    this.#onTorn = onTorn;
  }

  /** Resolves when the card knows of the last tear; rejects when it cannot be torn. To be awaited before the card is used. */
  ready(): Promise<void> {
    return this.#armed;
  }

  /** Disposing takes it away unless it has happened or another one has taken its place. */
  tear(tear: CardTear): Disturbance {
    const turn = ++this.#latest;
    let hits = 0;
    this.#arm(tear, () => {
      hits++;
      this.#onTorn(tear);
    });
    return {
      get hits() {
        return hits;
      },
      [Symbol.dispose]: () => {
        if (hits === 0 && turn === this.#latest) this.#arm(undefined, () => undefined);
      },
    };
  }

  #arm(tear: CardTear | undefined, onTorn: () => void): void {
    const armed = this.#armed.then(() => this.#reader.tear(tear, onTorn));
    armed.catch(() => undefined); // whoever uses the card next hears of it
    this.#armed = armed;
  }
}
