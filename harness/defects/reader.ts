/** Behaviours of a card reader (IFD) that changes what it carries, or does not see its card. */
import { fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardChannel, CardReader } from "../device/contracts.ts";
import { encodeCommandApdu, parseCommandApdu } from "../protocol/apdu/command-apdu.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";

/** Zero bytes at the end of a command body are lost; Lc follows. */
const stripsZeros: Behaviour = () => ({
  reader: carrying({
    command(bytes) {
      const parsed = parseCommandApdu(bytes);
      if (!parsed.ok) return bytes;
      const { data } = parsed.apdu;
      let length = data.length;
      while (length > 0 && data[length - 1] === 0) length--;
      return encodeCommandApdu({ ...parsed.apdu, data: data.slice(0, length) });
    },
  }),
});

/** `at`: answers have no more data than that. */
const shortens: Behaviour = (parameters) => {
  const at = numberOf(parameters, "at");
  return {
    reader: carrying({
      response: (bytes) =>
        bytes.length <= at + 2 ? bytes : Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(-2)),
    }),
  };
};

/** `is`, `becomes` (hex): a status word of its own in place of the card's. */
const ownStatus: Behaviour = (parameters) => {
  const [is, becomes] = [fromHex(textOf(parameters, "is")), fromHex(textOf(parameters, "becomes"))];
  return {
    reader: carrying({
      response: (bytes) => {
        const isMeant = bytes.at(-2) === is[0] && bytes.at(-1) === is[1];
        return isMeant ? Uint8Array.of(...bytes.subarray(0, -2), ...becomes) : bytes;
      },
    }),
  };
};

/** A card that was there from the start is not seen until it is put in again. */
const overlooksFirstCard: Behaviour = () => ({
  reader: (inner) => {
    let seen = false;
    inner.onPresence((present) => {
      seen = present;
    });
    return blind(inner, () => seen);
  },
});

/** A card that is put in later is never seen. */
const overlooksLaterCards: Behaviour = () => ({
  reader: (inner) => {
    let pulled = false;
    inner.onPresence((present) => {
      pulled ||= !present;
    });
    return blind(inner, () => !pulled);
  },
});

export const READER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "reader-strips-zeros": stripsZeros,
  "reader-shortens": shortens,
  "reader-own-status": ownStatus,
  "reader-overlooks-first-card": overlooksFirstCard,
  "reader-overlooks-later-cards": overlooksLaterCards,
};

interface Carrying {
  readonly command?: (bytes: Uint8Array) => Uint8Array;
  readonly response?: (bytes: Uint8Array) => Uint8Array;
}

/** The reader with other bytes on the way to the card, or back. */
function carrying({ command = same, response = same }: Carrying): (inner: CardReader) => CardReader {
  return (inner) => ({
    ...passing(inner),
    async connect(deadline) {
      const channel = await inner.connect(deadline);
      return {
        ...passingChannel(channel),
        transmit: async (bytes, until) => response(await channel.transmit(command(bytes), until)),
      };
    },
  });
}

function blind(inner: CardReader, sees: () => boolean): CardReader {
  const absent = () => new PursebenchError("DEVICE_ABSENT", `there is no card in "${inner.name}"`, { owner: "card" });
  return {
    ...passing(inner),
    isCardPresent: () => sees() && inner.isCardPresent(),
    waitForCard: async (deadline) => {
      await inner.waitForCard(deadline);
      if (!sees()) throw absent();
    },
    connect: async (deadline) => {
      if (!sees()) throw absent();
      return await inner.connect(deadline);
    },
  };
}

function passing(inner: CardReader): CardReader {
  return {
    name: inner.name,
    isCardPresent: () => inner.isCardPresent(),
    onPresence: (listener) => inner.onPresence(listener),
    waitForCard: (deadline) => inner.waitForCard(deadline),
    connect: (deadline) => inner.connect(deadline),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

function passingChannel(channel: CardChannel): CardChannel {
  return {
    atr: channel.atr,
    protocol: channel.protocol,
    transmit: (bytes, deadline) => channel.transmit(bytes, deadline),
    reset: (kind, deadline) => channel.reset(kind, deadline),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

function same(bytes: Uint8Array): Uint8Array {
  return bytes;
}
