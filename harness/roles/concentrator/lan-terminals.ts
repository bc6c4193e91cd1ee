import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn, remainingMs, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Connector, MessageChannel } from "../../device/contracts.ts";
import type { TerminalAccess } from "../../link/exchange.ts";
import { canAnswer } from "./answers.ts";
import { encodeLanFrame, parseLanFrame } from "./lan-frame.ts";

/** Requests of one terminal that may still be answered; the concentrator lets no more wait. */
const GIVEN_UP_BOUND = 17;

/** A request that waits for its answer. */
interface Pending {
  readonly message: Uint8Array;
  readonly deadline: Deadline;
  resolve(answer: Uint8Array): void;
  reject(error: PursebenchError): void;
}

/**
 * The payment server's end of the LAN: one channel, several terminals at once, one exchange at a time for each. Answers
 * find their request by IDTERM. One that belongs to a request that was given up is dropped. The channel is opened when it
 * is needed and again after it was lost; a request that was under way then rejects with `DEVICE_LOST`, because
 * the terminal may have acted on it.
 */
export function lanTerminals(connector: Connector, clock: Clock): TerminalAccess & AsyncDisposable {
  return new LanTerminals(connector, clock);
}

class LanTerminals implements TerminalAccess, AsyncDisposable {
  readonly #connector: Connector;
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();
  /** Requests that were given up and may still be answered, by terminal. */
  readonly #givenUp = new Map<string, Uint8Array[]>();
  /** The last exchange of each terminal; the next one waits for its end. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #channel: MessageChannel | undefined;
  #ready: Promise<void> | undefined;
  #users = 0;
  #isReceiving = false;

  constructor(connector: Connector, clock: Clock) {
    this.#connector = connector;
    this.#clock = clock;
  }

  async exchange(IDTERM: string, message: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const before = this.#turns.get(IDTERM) ?? Promise.resolve();
    const mine = before.then(() => this.#ask(IDTERM, message, deadline));
    this.#turns.set(
      IDTERM,
      mine.catch(() => undefined), // its caller hears of it
    );
    return await within(deadline, mine, { what: `terminal ${IDTERM}`, owner: "terminal" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lose("the payment server closed it");
  }

  async #ask(IDTERM: string, message: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    if (remainingMs(deadline) === 0) throw silent(IDTERM);
    this.#users++;
    try {
      if (this.#users === 1) this.#ready = undefined;
      this.#ready ??= this.#prepare(deadline);
      await this.#ready;
      return await this.#send(IDTERM, message, deadline);
    } finally {
      this.#users--;
    }
  }

  async #send(IDTERM: string, message: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      this.#pending.set(IDTERM, { message, deadline, resolve, reject }); // the only one for IDTERM: it has its turn
    });
    try {
      if (this.#channel === undefined) throw lost(IDTERM, "it was closed");
      const sent = this.#channel.send(encodeLanFrame({ IDTERM, message }));
      void this.#receiveAll();
      const done = Promise.all([answer, sent]).then(([bytes]) => bytes);
      return await within(deadline, done, { what: `terminal ${IDTERM}`, owner: "terminal" });
    } catch (thrown) {
      this.#givenUp.set(IDTERM, [...(this.#givenUp.get(IDTERM) ?? []), message].slice(-GIVEN_UP_BOUND));
      throw thrown;
    } finally {
      this.#pending.delete(IDTERM);
    }
  }

  /** An open channel with nothing left over in it. Nobody reads between exchanges, so what came meanwhile is found here. */
  async #prepare(deadline: Deadline): Promise<void> {
    try {
      // A receiver that is still at work would hear of a lost channel, and drops what is late.
      if (this.#channel !== undefined && (this.#isReceiving || (await this.#drained(this.#channel)))) return;
      this.#givenUp.clear();
      this.#channel = await this.#connector.connect(deadline);
    } catch (thrown) {
      this.#ready = undefined;
      throw thrown;
    }
  }

  /** Lets go of answers that came too late. False when the channel is gone. */
  async #drained(channel: MessageChannel): Promise<boolean> {
    try {
      for (;;) {
        const frame = await channel.receive(deadlineIn(this.#clock, 0));
        if (frame === null) break;
        this.#deliver(frame);
      }
    } catch (thrown) {
      if (isSilence(thrown)) return true;
      if (thrown instanceof PursebenchError && thrown.code === "INTERNAL") throw thrown;
    }
    await this.#lose("the concentrator closed it");
    return false;
  }

  /** Reads as long as somebody waits. */
  async #receiveAll(): Promise<void> {
    if (this.#isReceiving) return;
    this.#isReceiving = true;
    try {
      while (this.#pending.size > 0 && this.#channel !== undefined) await this.#receiveOne(this.#channel);
    } finally {
      this.#isReceiving = false;
    }
  }

  async #receiveOne(channel: MessageChannel): Promise<void> {
    try {
      const bytes = await channel.receive(this.#latest());
      if (bytes === null) await this.#lose("the concentrator closed it");
      else this.#deliver(bytes);
    } catch (thrown) {
      if (!isSilence(thrown)) await this.#lose(thrown instanceof Error ? thrown.message : "it failed");
    }
  }

  #latest(): Deadline {
    const latest = Math.max(...[...this.#pending.values()].map(({ deadline }) => deadline.atMs));
    return { clock: this.#clock, atMs: latest };
  }

  #deliver(bytes: Uint8Array): void {
    const frame = parseLanFrame(bytes);
    if (!frame) return;
    const pending = this.#pending.get(frame.IDTERM);
    const givenUp = this.#givenUp.get(frame.IDTERM) ?? [];
    const late = givenUp.findIndex((request) => canAnswer(request, frame.message));
    if (!pending || (late >= 0 && !canAnswer(pending.message, frame.message))) {
      this.#givenUp.set(frame.IDTERM, givenUp.slice(late + 1));
      return;
    }
    this.#givenUp.delete(frame.IDTERM); // answers come in order: an earlier request will not be answered any more
    this.#pending.delete(frame.IDTERM); // at once, so that nobody reads on without a request
    pending.resolve(frame.message);
  }

  async #lose(why: string): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#ready = undefined;
    for (const [IDTERM, { reject }] of this.#pending) reject(lost(IDTERM, why));
    await channel?.[Symbol.asyncDispose]();
  }
}

function silent(IDTERM: string): PursebenchError {
  return new PursebenchError("DEVICE_SILENT", `terminal ${IDTERM} was busy until the deadline`, { owner: "terminal" });
}

function lost(IDTERM: string, why: string): PursebenchError {
  const message = `the LAN was lost while terminal ${IDTERM} was asked: ${why}`;
  return new PursebenchError("DEVICE_LOST", message, { owner: "server" });
}

function isSilence(thrown: unknown): boolean {
  return thrown instanceof PursebenchError && thrown.code === "DEVICE_SILENT";
}
