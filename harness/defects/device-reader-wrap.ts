/** Readers and channels as objects that can be spread and changed. */

import type { Deadline } from "../core/deadline.ts";
import type { CardChannel, CardReader } from "../device/contracts.ts";

export function plainReader(inner: CardReader): CardReader {
  return {
    name: inner.name,
    isCardPresent: () => inner.isCardPresent(),
    onPresence: (listener) => inner.onPresence(listener),
    waitForCard: (deadline) => inner.waitForCard(deadline),
    connect: (deadline) => inner.connect(deadline),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

/** `protocol` and `atr` are those of the last reset. */
export function plainChannel(channel: CardChannel): CardChannel {
  return {
    get atr() {
      return channel.atr;
    },
    get protocol() {
      return channel.protocol;
    },
    transmit: (bytes, deadline) => channel.transmit(bytes, deadline),
    reset: (kind, deadline) => channel.reset(kind, deadline),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

/** What may be done otherwise with a powered card; what is absent stays as it is. */
export interface ChannelChange {
  readonly transmit?: (channel: CardChannel, bytes: Uint8Array, deadline: Deadline) => Promise<Uint8Array>;
  readonly reset?: CardChannel["reset"];
  readonly atr?: (own: Uint8Array) => Uint8Array;
  readonly protocol?: CardChannel["protocol"];
  readonly close?: () => Promise<void>;
}

/** The reader with each of its channels changed; `change` is called once for each. */
export function withChannels(inner: CardReader, change: (channel: CardChannel) => ChannelChange): CardReader {
  return {
    ...plainReader(inner),
    connect: async (deadline) => changed(await inner.connect(deadline), change),
  };
}

function changed(channel: CardChannel, change: (channel: CardChannel) => ChannelChange): CardChannel {
  const { transmit, reset, atr = same, protocol, close } = change(channel);
  return {
    get atr() {
      return atr(channel.atr);
    },
    get protocol() {
      return protocol ?? channel.protocol;
    },
    transmit: (bytes, deadline) => (transmit ? transmit(channel, bytes, deadline) : channel.transmit(bytes, deadline)),
    reset: async (kind, deadline) => atr(await (reset ?? channel.reset.bind(channel))(kind, deadline)),
    [Symbol.asyncDispose]: () => (close ?? (() => channel[Symbol.asyncDispose]()))() as Promise<void>,
  };
}

function same(bytes: Uint8Array): Uint8Array {
  return bytes;
}
