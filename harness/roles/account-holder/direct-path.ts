import type { Clock } from "../../core/clock.ts";
import type { Deadline } from "../../core/deadline.ts";
import type { MessageChannel, ServeChannel } from "../../device/contracts.ts";
import type { LoadSelection } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { PeerChannel } from "../serving/peer-channel.ts";
import { directMessage, directQuestion } from "./direct-messages.ts";
import { answerQuestion, type HolderParts } from "./perform.ts";

export interface DirectPath {
  readonly clock: Clock;
  /** Who keeps the accounts of a site; undefined for a site that has no direct path here. */
  readonly holderOf: (SITE: string) => HolderParts | undefined;
  /** How long each later message may take, milliseconds; 35,000 when absent. */
  readonly answerMs?: number;
}

/** So many messages a channel may have: a load needs three. */
const MESSAGE_LIMIT = 16;

/**
 * A load server whose channels may begin with a load selection: then the account holder answers, and to `serve` the channel
 * has ended. Any other channel is served as it is.
 */
export function withDirectPath(serve: ServeChannel, path: DirectPath): ServeChannel {
  return (channel) => serve(new Forking(channel, path));
}

class Forking implements MessageChannel {
  readonly #channel: MessageChannel;
  readonly #path: DirectPath;
  #isFirst = true;

  constructor(channel: MessageChannel, path: DirectPath) {
    this.#channel = channel;
    this.#path = path;
  }

  send(message: Uint8Array): Promise<void> {
    return this.#channel.send(message);
  }

  async receive(deadline: Deadline): Promise<Uint8Array | null> {
    const bytes = await this.#channel.receive(deadline);
    if (bytes === null || !this.#isFirst) return bytes;
    this.#isFirst = false;
    const message = parseMessage(bytes);
    if (message.kind !== "load-selection") return bytes;
    await converse(this.#channel, this.#path, message);
    return null;
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#channel[Symbol.asyncDispose]();
  }
}

/** Answers every message of a direct session until the head end goes, falls silent or says too much. */
async function converse(
  channel: MessageChannel,
  { clock, holderOf, answerMs = 35_000 }: DirectPath,
  selection: LoadSelection,
): Promise<void> {
  const headEnd = new PeerChannel(channel, { clock, firstMessageMs: answerMs, answerMs });
  const parts = holderOf(selection.SITE);
  if (parts === undefined) return await headEnd.send(encodeMessage({ kind: "refusal", CC: "A009" }));
  let message: ReturnType<typeof parseMessage> = selection;
  for (let count = 0; count < MESSAGE_LIMIT; count++) {
    const question = directQuestion(message, selection);
    const said =
      question.kind === "none"
        ? ({ kind: "refusal", CC: question.CC } as const)
        : directMessage(await answerQuestion(parts, question));
    await headEnd.send(encodeMessage(said));
    const next = await headEnd.receive({ since: "now" });
    if (typeof next === "string") return;
    message = parseMessage(next);
  }
}
