import { type Deadline, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CardChannel, CardReader } from "../contracts.ts";
import { PcscChannel } from "./channel.ts";
import { type CardStatus, connectExclusive, firstStatus } from "./native-calls.ts";
import { pcscError } from "./pcsc-error.ts";
import { PresenceWatch } from "./presence-watch.ts";
import { type NativeReader, type PcscSession, stopWatching } from "./session.ts";

/** A reader behind pcscd. Holds two reader objects of pcsclite: one watches, one works (see `session.ts`). */
export class PcscReader implements CardReader {
  readonly name: string;
  readonly #session: PcscSession;
  readonly #watch: PresenceWatch;
  readonly #worker: NativeReader;
  #channel: PcscChannel | undefined;
  #isClosed = false;

  /** `name` as pcscd lists it. Takes over `session` and closes it in the end, also when opening fails. */
  static async open(session: PcscSession, name: string, deadline: Deadline): Promise<PcscReader> {
    try {
      const watching = session.makeReader(name);
      const watch = await PresenceWatch.open(watching, name, deadline);
      return new PcscReader(session, name, watch, session.makeWorker(watching));
    } catch (thrown) {
      session[Symbol.dispose]();
      throw thrown;
    }
  }

  private constructor(session: PcscSession, name: string, watch: PresenceWatch, worker: NativeReader) {
    this.#session = session;
    this.name = name;
    this.#watch = watch;
    this.#worker = worker;
  }

  isCardPresent(): boolean {
    return this.#watch.isCardPresent;
  }

  onPresence(listener: (present: boolean) => void): () => void {
    return this.#watch.onPresence(listener);
  }

  async waitForCard(deadline: Deadline): Promise<void> {
    await this.#watch.waitForCard(deadline);
  }

  async connect(deadline: Deadline): Promise<CardChannel> {
    this.#assertUsable();
    const what = `connecting to the card in "${this.name}"`;
    const protocol = await this.#exclusive(what, deadline);
    const channel = new PcscChannel({
      reader: this.name,
      native: this.#worker,
      protocol,
      readAtr: (until) => this.#readAtr(until),
      isGoneWithin: (milliseconds, clock) => this.#watch.isGoneWithin(milliseconds, clock),
      clock: deadline.clock,
    });
    this.#channel = channel;
    try {
      // A card that is powered anew answers as it did when it was inserted; asking pcscd takes an object with a thread.
      await channel.knowAtr(this.#watch.atr, deadline);
      return channel;
    } catch (thrown) {
      await channel[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch[Symbol.dispose](); // before the card is powered down, which would be news for it
    await this.#channel?.[Symbol.asyncDispose]();
    this.#session[Symbol.dispose]();
  }

  #assertUsable(): void {
    if (this.#isClosed) throw new PursebenchError("DEVICE_LOST", `reader "${this.name}" was closed`);
    if (this.#channel?.isOpen) {
      throw new PursebenchError("DEVICE_BUSY", `the card in "${this.name}" is already connected by this process`, {
        mend: "close the first channel before opening another",
      });
    }
  }

  async #exclusive(what: string, deadline: Deadline): Promise<number> {
    const who = { what: `"${this.name}", ${what},`, owner: "reader" } as const;
    try {
      return await within(deadline, connectExclusive(this.#worker), who);
    } catch (thrown) {
      if (thrown instanceof PursebenchError) throw thrown;
      throw pcscError(what, thrown);
    }
  }

  /** pcscd tells the answer to reset with the reader state only, and a new reader object gets that at once. */
  async #readAtr(deadline: Deadline): Promise<Uint8Array> {
    const native = this.#session.makeReader(this.name);
    try {
      return (await statusOf(native, this.name, deadline)).atr;
    } finally {
      stopWatching(native);
    }
  }
}

async function statusOf(native: NativeReader, name: string, deadline: Deadline): Promise<CardStatus> {
  try {
    return await within(deadline, firstStatus(native), {
      what: `pcscd, asked for the state of "${name}",`,
      owner: "bench",
    });
  } catch (thrown) {
    if (thrown instanceof PursebenchError) throw thrown;
    throw pcscError(`asking for the state of "${name}"`, thrown);
  }
}
