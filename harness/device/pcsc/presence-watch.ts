import type { Clock } from "../../core/clock.ts";
import { type Deadline, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { firstStatus } from "./native-calls.ts";
import { pcscError } from "./pcsc-error.ts";
import { type NativeReader, stopWatching } from "./session.ts";

/** Insertions and removals in one reader, from the events of pcscd. */
export class PresenceWatch implements Disposable {
  readonly #native: NativeReader;
  readonly #name: string;
  readonly #listeners = new Set<(present: boolean) => void>();
  readonly #failures = new Set<(error: PursebenchError) => void>();
  #isPresent = false;
  #atr: Uint8Array = new Uint8Array(0);
  #failure: PursebenchError | undefined;
  #isClosed = false;

  /** Resolves when the present state is known. */
  static async open(native: NativeReader, name: string, deadline: Deadline): Promise<PresenceWatch> {
    const known = firstStatus(native);
    const watch = new PresenceWatch(native, name);
    try {
      await within(deadline, known, { what: `pcscd, asked for the state of "${name}",`, owner: "bench" });
      return watch;
    } catch (thrown) {
      watch[Symbol.dispose]();
      throw thrown instanceof PursebenchError ? thrown : pcscError(`watching "${name}"`, thrown);
    }
  }

  private constructor(native: NativeReader, name: string) {
    this.#native = native;
    this.#name = name;
    native.on("status", ({ state, atr }) => {
      const isPresent = (state & native.SCARD_STATE_PRESENT) !== 0;
      this.#atr = new Uint8Array(isPresent ? (atr ?? []) : []);
      this.#update(isPresent);
    });
    native.on("error", (error) => this.#fail(pcscError(`watching "${name}"`, error)));
    native.on("end", () => this.#fail(lost(name)));
  }

  get isCardPresent(): boolean {
    return this.#isPresent;
  }

  /** Answer to reset of the card as pcscd powered it when it was inserted; empty when there is none. */
  get atr(): Uint8Array {
    return this.#atr;
  }

  onPresence(listener: (present: boolean) => void): () => void {
    // one entry a call, so that the same function given twice is told twice and undone once
    const entry = (present: boolean): void => listener(present);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** `DEVICE_ABSENT` past the deadline; what ended the watch, when it ended. */
  async waitForCard(deadline: Deadline): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#isPresent) return;
    const undo: (() => void)[] = [];
    const inserted = new Promise<void>((resolve, reject) => {
      undo.push(this.onPresence((present) => present && resolve()));
      this.#failures.add(reject);
      undo.push(() => this.#failures.delete(reject));
    });
    try {
      await within(deadline, inserted, { what: this.#name, owner: "card" });
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError) || thrown.code !== "DEVICE_SILENT") throw thrown;
      throw new PursebenchError("DEVICE_ABSENT", `no card was inserted into "${this.#name}" before the deadline`, {
        owner: "card",
        mend: "insert a card",
      });
    } finally {
      for (const step of undo) step();
    }
  }

  /** True when the card is gone, or goes within `milliseconds`. */
  async isGoneWithin(milliseconds: number, clock: Clock): Promise<boolean> {
    if (!this.#isPresent) return true;
    const timer = clock.timer(milliseconds);
    let undo = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      undo = this.onPresence((present) => present || resolve());
    });
    await Promise.race([gone, timer.elapsed]);
    timer.cancel();
    undo();
    return !this.#isPresent;
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#fail(lost(this.#name));
    stopWatching(this.#native);
    this.#listeners.clear();
  }

  #update(present: boolean): void {
    if (present === this.#isPresent) return;
    this.#isPresent = present;
    for (const listener of [...this.#listeners]) listener(present);
  }

  #fail(error: PursebenchError): void {
    this.#failure ??= error;
    for (const reject of [...this.#failures]) reject(this.#failure);
    this.#update(false);
  }
}

function lost(name: string): PursebenchError {
  return new PursebenchError("DEVICE_LOST", `reader "${name}" is gone`, { owner: "reader", mend: "attach it again" });
}
