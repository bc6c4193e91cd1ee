import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { MessageChannel } from "../../device/contracts.ts";

/** Time runs from now, or goes on from the last time that it was `now`. */
export interface Wait {
  readonly since: "now" | "before";
  /** For the first message of a channel. */
  readonly isFirst?: true;
}

export interface PeerWaits {
  readonly clock: Clock;
  /** How long the first message of a channel may take, in milliseconds. */
  readonly firstMessageMs: number;
  /** And each later one. */
  readonly answerMs: number;
}

/** A peer's channel as a server's thread sees it: what fails on it is loss or silence, never an error. */
export class PeerChannel {
  readonly #channel: MessageChannel;
  readonly #waits: PeerWaits;
  #isLost = false;
  #hasSpoken = false;
  #deadline: Deadline | undefined;

  constructor(channel: MessageChannel, waits: PeerWaits) {
    this.#channel = channel;
    this.#waits = waits;
  }

  /** Something has come, if only its end. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** A message that cannot be sent is noticed at the next wait; to the transaction it may have left. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#isLost) return;
    try {
      await this.#channel.send(bytes);
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
      this.#isLost = true;
    }
  }

  /** The next message, within the time that the wait has. */
  async receive({ since, isFirst }: Wait): Promise<Uint8Array | "silence" | "lost"> {
    if (this.#isLost) return "lost";
    const { clock, firstMessageMs, answerMs } = this.#waits;
    if (since === "now" || this.#deadline === undefined) {
      this.#deadline = deadlineIn(clock, isFirst === true ? firstMessageMs : answerMs);
    }
    try {
      const bytes = await this.#channel.receive(this.#deadline);
      this.#hasSpoken = true;
      if (bytes !== null) return bytes;
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
      if (thrown.code === "DEVICE_SILENT") return "silence";
    }
    this.#isLost = true;
    return "lost";
  }
}
