import type { Deadline } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Connector, Listener, MessageChannel, ServeChannel } from "../contracts.ts";
import { memoryChannelPair } from "./message-channel-pair.ts";

/**
 * A server in process and the way to it: every `connect` opens a channel that `serve` serves. Disposing closes all
 * channels and waits until they are served; then `connect` says `SERVICE_ABSENT`.
 * What `serve` throws goes to `onFailure`, as there is nobody else to tell.
 */
export function inProcessEndpoint(
  serve: ServeChannel,
  options: { readonly name?: string; readonly onFailure?: (thrown: unknown) => void } = {},
): Connector & Listener {
  return new InProcessEndpoint(serve, options.name ?? "in process", options.onFailure ?? (() => undefined));
}

class InProcessEndpoint implements Connector, Listener {
  readonly address: string;
  readonly #serve: ServeChannel;
  readonly #onFailure: (thrown: unknown) => void;
  readonly #open = new Map<MessageChannel, Promise<void>>();
  #isClosed = false;

  constructor(serve: ServeChannel, name: string, onFailure: (thrown: unknown) => void) {
    this.#serve = serve;
    this.address = name;
    this.#onFailure = onFailure;
  }

  async connect(_deadline: Deadline): Promise<MessageChannel> {
    if (this.#isClosed) throw new PursebenchError("SERVICE_ABSENT", `nobody serves "${this.address}" any more`);
    const [near, far] = memoryChannelPair();
    this.#open.set(far, this.#attend(far));
    return near;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const served = [...this.#open.values()];
    for (const channel of [...this.#open.keys()]) await channel[Symbol.asyncDispose]();
    await Promise.all(served);
  }

  async #attend(channel: MessageChannel): Promise<void> {
    try {
      await this.#serve(channel);
    } catch (thrown) {
      if (!this.#isClosed) this.#onFailure(thrown);
    } finally {
      await channel[Symbol.asyncDispose]();
      this.#open.delete(channel);
    }
  }
}
