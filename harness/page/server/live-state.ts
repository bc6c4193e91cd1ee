import { PART_NAMES, type PartName, type Parts } from "../shared/state.ts";

/** A part as the stream carries it. */
export interface Change {
  /** Says how far a browser has got: everything with this id or an earlier one is known to it. */
  readonly id: string;
  readonly name: PartName;
  readonly json: string;
}

/**
 * What all browsers see, in parts that are replaced whole. A browser that comes back says what it saw last and gets what is
 * newer; nothing is kept but the newest of each part.
 */
export class LiveState {
  readonly #instance: string;
  readonly #parts = new Map<PartName, { readonly version: number; readonly value: unknown; readonly json: string }>();
  readonly #listeners = new Set<() => void>();
  #version = 0;

  /** `instance` tells the states of two starts of the server apart: letters and digits. */
  constructor(instance: string, first: Parts) {
    this.#instance = instance;
    for (const name of PART_NAMES) this.set(name, first[name]);
  }

  get<N extends PartName>(name: N): Parts[N] {
    return this.#parts.get(name)?.value as Parts[N]; // `set` has put it there under its name
  }

  /** Tells nobody when nothing changes. */
  set<N extends PartName>(name: N, value: Parts[N]): void {
    const json = JSON.stringify(value);
    if (this.#parts.get(name)?.json === json) return;
    this.#parts.set(name, { version: ++this.#version, value, json });
    for (const listener of [...this.#listeners]) listener();
  }

  /** What is newer than `lastId`, oldest first; everything for an id that is not of this instance. */
  since(lastId: string | undefined): readonly Change[] {
    const [instance, digits = ""] = (lastId ?? "").split("-");
    const known = instance === this.#instance && /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
    return [...this.#parts]
      .filter(([, { version }]) => version > known)
      .sort(([, left], [, right]) => left.version - right.version)
      .map(([name, { version, json }]) => ({ id: `${this.#instance}-${version}`, name, json }));
  }

  /** Calls `listener` after each change. Returns the undo. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
