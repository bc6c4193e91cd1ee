import type { Deadline } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { MessageChannel } from "../contracts.ts";
import { MessageQueue } from "../message-queue.ts";

/** Two ends of a link in process: what one sends the other receives, in order, without timers. */
export function memoryChannelPair(): [MessageChannel, MessageChannel] {
  const left = new MessageQueue();
  const right = new MessageQueue();
  return [new MemoryChannel(left, right), new MemoryChannel(right, left)];
}

class MemoryChannel implements MessageChannel {
  readonly #incoming: MessageQueue;
  readonly #outgoing: MessageQueue;
  #isClosed = false;

  constructor(incoming: MessageQueue, outgoing: MessageQueue) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  async send(message: Uint8Array): Promise<void> {
    if (this.#isClosed || this.#outgoing.hasEnded) throw new PursebenchError("DEVICE_LOST", "the channel is closed");
    this.#outgoing.put(message.slice());
  }

  async receive(deadline: Deadline): Promise<Uint8Array | null> {
    return await this.#incoming.take(deadline, "the peer of an in-process channel");
  }

  /** Ends both directions: the peer still receives what was sent, then `null`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#outgoing.end();
    this.#incoming.end();
  }
}
