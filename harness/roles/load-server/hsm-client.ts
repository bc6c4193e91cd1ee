import type { Clock } from "../../core/clock.ts";
import { type Deadline, noDeadline, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Connector, MessageChannel } from "../../device/contracts.ts";
import { answerCode } from "../../protocol/hsm/answers.ts";
import { encodeHsmCommand, type HsmCommand } from "../../protocol/hsm/commands.ts";
import { encodeHsmFrame, parseHsmFrame } from "../../protocol/hsm/frame.ts";

/** An HSM that can be asked. */
export interface HsmAccess extends AsyncDisposable {
  /** What follows the answer code. Rejects with a `PursebenchError`: silent, not reachable, or an answer to something else. */
  ask(command: HsmCommand, deadline: Deadline): Promise<string>;
}

type Settle = (frame: { readonly code: string; readonly body: string } | PursebenchError) => void;

const HEADERS = 0x1_0000;

/**
 * Link HSM at the load server's end: one connection, opened when it is needed and again after it was lost; exchanges
 * overlap and are told apart by their header (4 hex digits, counted). A late or unknown answer is dropped.
 */
export function hsmOver(connector: Connector, clock: Clock): HsmAccess {
  return new HsmClient(connector, clock);
}

class HsmClient implements HsmAccess {
  readonly #connector: Connector;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Settle>();
  #channel: Promise<MessageChannel> | undefined;
  #asked = 0;

  constructor(connector: Connector, clock: Clock) {
    this.#connector = connector;
    this.#clock = clock;
  }

  async ask(command: HsmCommand, deadline: Deadline): Promise<string> {
    const header = (this.#asked++ % HEADERS).toString(16).toUpperCase().padStart(4, "0");
    const { code } = command;
    const answer = new Promise<string>((resolve, reject) => {
      this.#waiting.set(header, (frame) => {
        if (frame instanceof PursebenchError) reject(frame);
        else if (frame.code !== answerCode(code)) reject(garbled(`answered ${code} with ${frame.code}`));
        else resolve(frame.body);
      });
    });
    try {
      const asked = this.#send(encodeHsmFrame({ header, code, body: encodeHsmCommand(command) }), deadline);
      const done = Promise.all([answer, asked]).then(([body]) => body);
      return await within(deadline, done, { what: "the HSM", owner: "server" });
    } finally {
      this.#waiting.delete(header);
      answer.catch(() => undefined); // who asked has heard why
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    await (await channel?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  async #send(frame: Uint8Array, deadline: Deadline): Promise<void> {
    this.#channel ??= this.#open(deadline);
    const channel = await this.#channel;
    await channel.send(frame);
  }

  async #open(deadline: Deadline): Promise<MessageChannel> {
    try {
      const channel = await this.#connector.connect(deadline);
      void this.#receiveAll(channel);
      return channel;
    } catch (thrown) {
      this.#channel = undefined;
      throw thrown;
    }
  }

  /** Reads until the connection is gone; who then still waits hears of it. */
  async #receiveAll(channel: MessageChannel): Promise<void> {
    let why = garbled("closed the connection");
    try {
      const forever = noDeadline(this.#clock);
      for (let bytes = await channel.receive(forever); bytes; bytes = await channel.receive(forever)) {
        const frame = parseHsmFrame(bytes);
        if (frame === undefined) break;
        this.#waiting.get(frame.header)?.(frame);
      }
    } catch (thrown) {
      why = thrown instanceof PursebenchError ? thrown : garbled("failed");
    }
    this.#channel = undefined;
    for (const settle of [...this.#waiting.values()]) settle(why);
    await channel[Symbol.asyncDispose]();
  }
}

function garbled(what: string): PursebenchError {
  return new PursebenchError("DEVICE_GARBLED", `the HSM ${what}`, { owner: "server", mend: "see what the HSM logs" });
}
