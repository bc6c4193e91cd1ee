import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn, remainingMs, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { CardChannel } from "../contracts.ts";
import { connectExclusive, disconnect, transmit } from "./native-calls.ts";
import { pcscError } from "./pcsc-error.ts";
import type { NativeReader } from "./session.ts";

interface Parts {
  readonly reader: string;
  readonly native: NativeReader;
  /** SCARD_PROTOCOL_T0 or SCARD_PROTOCOL_T1. */
  readonly protocol: number;
  readonly readAtr: (deadline: Deadline) => Promise<Uint8Array>;
  readonly isGoneWithin: (milliseconds: number, clock: Clock) => Promise<boolean>;
  readonly clock: Clock;
}

/** Time that pcscd has to power a card down when the channel closes. */
const CLOSING_MS = 5000;

/** pcscd polls serial readers every 0.4 s (PCSCLITE_STATUS_POLL_RATE); with some time to spare. */
const POLLING_MS = 600;

/** A card opened through pcscd for this process alone. */
export class PcscChannel implements CardChannel {
  readonly #parts: Parts;
  #atr: Uint8Array = new Uint8Array(0);
  #protocol: number;
  /** A command whose deadline passed may still be at work in pcscd; nothing sensible can follow it. */
  #overdue: string | undefined;
  #isOpen = true;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#protocol = parts.protocol;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get atr(): Uint8Array {
    return this.#atr;
  }

  get protocol(): "T=0" | "T=1" {
    return this.#protocol === this.#parts.native.SCARD_PROTOCOL_T0 ? "T=0" : "T=1";
  }

  async transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    return await this.#call("sending a command to", deadline, () =>
      transmit(this.#parts.native, command, this.#protocol),
    );
  }

  /**
   * pcsclite has no SCardReconnect: the card is let go with a disposition and taken again. Another program could come
   * between; that is told as `DEVICE_BUSY`.
   */
  async reset(kind: "warm" | "cold", deadline: Deadline): Promise<Uint8Array> {
    const { native } = this.#parts;
    const disposition = kind === "warm" ? native.SCARD_RESET_CARD : native.SCARD_UNPOWER_CARD;
    await this.#call("resetting", deadline, async () => {
      await disconnect(native, disposition);
      this.#protocol = await connectExclusive(native);
    });
    return await this.refreshAtr(deadline);
  }

  /** Asks pcscd for the answer to reset of the card as it is powered now. */
  async refreshAtr(deadline: Deadline): Promise<Uint8Array> {
    const atr = await this.#parts.readAtr(deadline);
    if (atr.length === 0) throw this.#removed();
    this.#atr = atr;
    return atr;
  }

  /** Takes `atr` for the answer to reset; asks pcscd where it is empty. */
  async knowAtr(atr: Uint8Array, deadline: Deadline): Promise<void> {
    if (atr.length === 0) await this.refreshAtr(deadline);
    else this.#atr = atr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { native, clock, reader } = this.#parts;
    const closing = disconnect(native, native.SCARD_UNPOWER_CARD);
    const who = { what: `"${reader}", powering the card down,`, owner: "reader" } as const;
    // a card or a pcscd that is gone holds nothing that would have to be given back
    await within(deadlineIn(clock, CLOSING_MS), closing, who).catch(messageOf);
  }

  async #call<T>(doing: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    const what = `${doing} the card in "${this.#parts.reader}"`;
    if (!this.#isOpen) throw new PursebenchError("DEVICE_LOST", `${what}: the channel was closed`);
    if (this.#overdue)
      throw new PursebenchError("DEVICE_SILENT", `${what}: ${this.#overdue} has not ended`, { owner: "card" });
    const started = work();
    try {
      return await within(deadline, started, { what: `the card, ${what},`, owner: "card" });
    } catch (thrown) {
      if (thrown instanceof PursebenchError) {
        this.#overdue = what;
        throw thrown;
      }
      throw await this.#tell(pcscError(what, thrown), deadline);
    }
  }

  /**
   * Whatever goes wrong once the card has left the slot is told as its removal, unless pcscd itself is gone. A driver
   * tells a card that was pulled just now in the same words as one that is silent, and pcscd learns of it when it polls.
   */
  async #tell(error: PursebenchError, deadline: Deadline): Promise<PursebenchError> {
    if (error.code === "SERVICE_ABSENT" || error.owner !== "card") return error;
    if (error.code === "DEVICE_ABSENT") return this.#removed(error);
    const patienceMs = Math.min(POLLING_MS, remainingMs(deadline));
    return (await this.#parts.isGoneWithin(patienceMs, deadline.clock)) ? this.#removed(error) : error;
  }

  #removed(cause?: unknown): PursebenchError {
    return new PursebenchError("DEVICE_LOST", `the card was removed from "${this.#parts.reader}"`, {
      owner: "card",
      mend: "leave the card in the reader",
      cause,
    });
  }
}
