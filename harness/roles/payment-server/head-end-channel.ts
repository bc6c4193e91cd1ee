import { type Deadline, deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import type { PaymentOutput } from "./effects.ts";
import type { PaymentServerParts } from "./parts.ts";

export type Wait = Extract<PaymentOutput, { kind: "await-head-end" }>;

/** The head end's channel as a thread sees it: what fails on it is loss or silence, never an error. */
export class HeadEndChannel {
  readonly #channel: MessageChannel;
  readonly #parts: Pick<PaymentServerParts, "clock" | "timeouts">;
  #isLost = false;
  #hasSpoken = false;
  #deadline: Deadline | undefined;

  constructor(channel: MessageChannel, parts: Pick<PaymentServerParts, "clock" | "timeouts">) {
    this.#channel = channel;
    this.#parts = parts;
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
    const { clock, timeouts } = this.#parts;
    if (since === "now" || this.#deadline === undefined) {
      this.#deadline = deadlineIn(clock, isFirst === true ? timeouts.firstMessageMs : timeouts.debitResponseMs);
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
