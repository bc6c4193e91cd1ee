/** Cards that are wrong in what their reader sees of them: the answer to reset, and how long they take. */
import { fromHex } from "../core/bytes.ts";
import type { Deadline } from "../core/deadline.ts";
import { signLoadS2 } from "../crypto/load-signatures.ts";
import { signS2 } from "../crypto/purse-signatures.ts";
import type { CardChannel, CardReader } from "../device/contracts.ts";
import { type CardCrypto, cardCrypto } from "../roles/card/crypto.ts";
import { createCardRole } from "../roles/card/model.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, numberOf, optionalText, textOf } from "./behaviour.ts";

/** `ATR` (hex): another answer to reset; `after`: only after a "warm" or "cold" one, and not when the card is powered. */
const answersReset: Behaviour = (parameters) => {
  const ATR = fromHex(textOf(parameters, "ATR"));
  const after = optionalText(parameters, "after");
  return {
    reader: withChannel((channel) => ({
      ...channel,
      atr: after === undefined ? ATR : channel.atr,
      reset: async (kind, deadline) => {
        const own = await channel.reset(kind, deadline);
        return after === undefined || after === kind ? ATR : own;
      },
    })),
  };
};

/** `ms` for each byte of S2 that is right before the first wrong one: it is compared byte by byte, up to there. */
const waitsPerByte: Behaviour = (parameters) => {
  const ms = numberOf(parameters, "ms");
  let right = 0;
  const count = (due: Uint8Array, given: Uint8Array) => {
    const wrong = due.findIndex((byte, at) => byte !== given[at]);
    right = wrong < 0 ? due.length : wrong;
    return wrong < 0;
  };
  const crypto: CardCrypto = {
    ...cardCrypto,
    verifyS2: ({ ALGIEP, INITRSP, DEBITDATA }, { KS2 }) =>
      count(signS2(ALGIEP, KS2, INITRSP, DEBITDATA), DEBITDATA.subarray(45)),
    verifyLoadS2: ({ ALGL, keys, request }, S1, S2) => count(signLoadS2(ALGL, keys.KS2, request, S1), S2),
  };
  const reader = withChannel((channel) => ({
    ...channel,
    transmit: async (command, deadline) => {
      right = 0;
      const answer = await channel.transmit(command, deadline);
      if (right > 0) await deadline.clock.timer(right * ms).elapsed;
      return answer;
    },
  }));
  return { card: () => createCardRole(crypto), reader };
};

/** The reader with each of its channels changed. */
function withChannel(change: (channel: CardChannel) => CardChannel): Vary<CardReader> {
  return (inner) => ({
    name: inner.name,
    isCardPresent: () => inner.isCardPresent(),
    onPresence: (listener) => inner.onPresence(listener),
    waitForCard: (deadline) => inner.waitForCard(deadline),
    connect: async (deadline: Deadline) => change(plain(await inner.connect(deadline))),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  });
}

/** The channel as an object that can be spread. */
function plain(channel: CardChannel): CardChannel {
  return {
    atr: channel.atr,
    protocol: channel.protocol,
    transmit: (command, deadline) => channel.transmit(command, deadline),
    reset: (kind, deadline) => channel.reset(kind, deadline),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

export const DEVICE_CARD_READER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-answers-reset": answersReset,
  "card-waits-per-byte": waitsPerByte,
};
