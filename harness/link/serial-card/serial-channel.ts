import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn, remainingMs, within } from "../../core/deadline.ts";
import type { PursebenchError } from "../../core/errors.ts";
import type { CardChannel } from "../../device/contracts.ts";
import type { SerialCardPort } from "../../device/serial/serial-card-port.ts";
import type { Atr } from "../../protocol/atr/parse-atr.ts";
import { CharacterLine, type LineTimes } from "./character-line.ts";
import { badAtr, closed, mute, overdue } from "./failures.ts";
import { readAtr } from "./read-atr.ts";
import type { Session } from "./session.ts";
import { T0Session } from "./t0-session.ts";
import { type StepIfd, T1Session } from "./t1-session.ts";

export interface ChannelOptions extends LineTimes {
  /** How long the reset contact is held low, ms; 400 clock cycles at least (ISO/IEC 7816-3, 6.2). */
  readonly resetMs: number;
  /** How long the supply stays off in a cold reset, ms. */
  readonly offMs: number;
  readonly stepIfd?: StepIfd | undefined;
}

/** Time for the lines of a card that is let go. */
const RELEASE_MS = 2_000;

/**
 * A card in an interface on a serial line. It stays at F 372 and D 1: the bit rate hangs on the interface's oscillator, and nothing is
 * gained by parameter selection; the protocol is the one that the card offers first.
 */
export class SerialChannel implements CardChannel {
  readonly #port: SerialCardPort;
  readonly #line: CharacterLine;
  readonly #clock: Clock;
  readonly #options: ChannelOptions;
  #atr: Uint8Array = new Uint8Array(0);
  #protocol: "T=0" | "T=1" = "T=0";
  #session: Session | undefined;
  #parity: "even" | "odd" = "even";
  #isOpen = true;
  #lost: PursebenchError | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(port: SerialCardPort, clock: Clock, options: ChannelOptions) {
    this.#port = port;
    this.#clock = clock;
    this.#options = options;
    this.#line = new CharacterLine(port, clock, options);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get atr(): Uint8Array {
    return this.#atr;
  }

  get protocol(): "T=0" | "T=1" {
    return this.#protocol;
  }

  /** The card or the line is gone: what waits fails now, what comes fails later. */
  cut(error: PursebenchError): void {
    this.#lost ??= error;
    this.#line.cut(this.#lost);
  }

  async transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    return await this.#inTurn(deadline, async () => {
      if (!this.#session) throw mute(this.#port.name, true);
      return await this.#session.transmit(command, deadline);
    });
  }

  async reset(kind: "warm" | "cold", deadline: Deadline): Promise<Uint8Array> {
    return await this.#inTurn(deadline, () => this.#activate(kind, deadline));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.cut(closed(`the channel to the card in ${this.#port.name}`));
    const released = this.#release();
    const who = { what: `letting go of ${this.#port.name}`, owner: "reader" } as const;
    await within(deadlineIn(this.#clock, RELEASE_MS), released, who).catch(() => undefined); // the line may be gone
  }

  async #release(): Promise<void> {
    await this.#port.setReset(true);
    await this.#port.setPower?.(false);
  }

  async #activate(kind: "warm" | "cold", deadline: Deadline): Promise<Uint8Array> {
    this.#session = undefined;
    await this.#port.setReset(true);
    if (kind === "cold" && this.#port.setPower) {
      await this.#port.setPower(false);
      await this.#line.pause(this.#options.offMs);
      await this.#port.setPower(true);
    }
    const atr = await this.#answerToReset(deadline);
    this.#session = await this.#open(atr, deadline);
    this.#atr = atr.bytes;
    this.#protocol = atr.firstProtocol === 0 ? "T=0" : "T=1";
    return atr.bytes;
  }

  /** The reset contact is low. A card whose characters need the other parity is reset once more, with that. */
  async #answerToReset(deadline: Deadline): Promise<Atr> {
    this.#line.use("direct", 0);
    await this.#line.pause(this.#options.resetMs);
    if (remainingMs(deadline) === 0) throw overdue(this.#port.name, "resetting the card");
    this.#line.discard();
    await this.#port.setReset(false);
    const atr = await readAtr(this.#line, deadline);
    if (!atr) throw mute(this.#port.name, this.#port.isCardPresent !== undefined);
    const parity = atr.convention === "direct" ? "even" : "odd";
    if (parity !== this.#parity) {
      await this.#port.setReset(true);
      await this.#port.setParity(parity);
      this.#parity = parity;
      return await this.#answerToReset(deadline);
    }
    this.#line.use(atr.convention, atr.n === "shortest" ? 0 : atr.n);
    return atr;
  }

  async #open(atr: Atr, deadline: Deadline): Promise<Session> {
    const name = this.#port.name;
    const { specificMode, fi, di } = atr;
    if (specificMode && (specificMode.implicitRate || fi !== 372 || di !== 1)) {
      throw badAtr(name, "TA2 binds the card to a bit rate that this interface has not");
    }
    if (atr.firstProtocol === 0) return new T0Session(this.#line, atr.wi);
    if (atr.firstProtocol !== 1 || !atr.t1) throw badAtr(name, `the card speaks T=${atr.firstProtocol} alone`);
    const { ifsc, bwi } = atr.t1;
    if (ifsc === 0 || ifsc === 0xff || bwi > 9) throw badAtr(name, atr.anomalies.join(", "));
    const session = new T1Session(this.#line, atr.t1, this.#options.etuMs, this.#options.stepIfd);
    await session.open(deadline);
    return session;
  }

  /** One thing at a time; waiting for the turn counts against the deadline. */
  async #inTurn<T>(deadline: Deadline, work: () => Promise<T>): Promise<T> {
    const before = this.#lastTurn;
    const turn = (async () => {
      await within(deadline, before, { what: `the turn on ${this.#port.name}`, owner: "reader" });
      if (this.#lost) throw this.#lost;
      return await work();
    })();
    this.#lastTurn = Promise.allSettled([before, turn]);
    return await turn;
  }
}
