/** Readers that are wrong about the card: whether there is one, its answer to reset, its resets, and who has it. */
import { PursebenchError } from "../core/errors.ts";
import type { CardChannel, CardReader } from "../device/contracts.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { plainReader, withChannels } from "./device-reader-wrap.ts";

/** `what`: how the news of cards are wrong. */
const tells: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  return { reader: (inner) => telling(inner, what) };
};

function telling(inner: CardReader, what: string): CardReader {
  let wasTold = false;
  let news = 0;
  inner.onPresence((present) => {
    wasTold ||= present;
  });
  const listen = (listener: (present: boolean) => void) =>
    inner.onPresence((present) => {
      news++;
      if (what === "no-removal" && !present) return;
      if (what === "third-news-lost" && news % 3 === 0) return;
      listener(present);
      if (what === "twice") listener(present);
    });
  return {
    ...plainReader(inner),
    onPresence: listen,
    isCardPresent: () => inner.isCardPresent() || (what === "no-removal" && wasTold),
  };
}

/** `code`: an error of the reader's own where connecting fails with `is`. */
const connectsWith: Behaviour = (parameters) => {
  const [is, code] = [textOf(parameters, "is"), textOf(parameters, "becomes")];
  return {
    reader: (inner) => ({
      ...plainReader(inner),
      connect: (deadline) =>
        inner.connect(deadline).catch((thrown: unknown) => Promise.reject(renamed(thrown, is, code))),
    }),
  };
};

/** The same while a card is powered. */
const failsWith: Behaviour = (parameters) => {
  const [is, code] = [textOf(parameters, "is"), textOf(parameters, "becomes")];
  const rename = (thrown: unknown) => Promise.reject(renamed(thrown, is, code));
  return {
    reader: (inner) =>
      withChannels(inner, (channel) => ({
        transmit: (own, bytes, deadline) => own.transmit(bytes, deadline).catch(rename),
        reset: (kind, deadline) => channel.reset(kind, deadline).catch(rename),
      })),
  };
};

function renamed(thrown: unknown, is: string, code: string): unknown {
  if (!(thrown instanceof PursebenchError) || thrown.code !== is) return thrown;
  return new PursebenchError(code as PursebenchError["code"], thrown.message, { owner: "reader" });
}

/** After a card that could not be powered no other one is. */
const givesUp: Behaviour = () => ({
  reader: (inner) => {
    let failure: unknown;
    return {
      ...plainReader(inner),
      connect: async (deadline) => {
        if (failure !== undefined) throw failure;
        try {
          return await inner.connect(deadline);
        } catch (thrown) {
          const isOfCard = thrown instanceof PursebenchError && /SILENT|GARBLED/.test(thrown.code);
          if (isOfCard) failure = thrown;
          throw thrown;
        }
      },
    };
  },
});

/** `how`: what becomes of the answer to reset. */
const changesAtr: Behaviour = (parameters) => {
  const how = textOf(parameters, "how");
  let resets = 0;
  const change = (atr: Uint8Array): Uint8Array => {
    switch (how) {
      case "no-tck":
        return atr.length > 11 ? atr.subarray(0, -1) : atr;
      case "at-most-32":
        return atr.subarray(0, 32);
      case "direct":
        return atr.map((byte, at) => (at === 0 ? 0x3b : byte));
      case "no-historical":
        return atr.length <= 6 ? atr.subarray(0, 2) : atr;
      case "text":
        return atr.map((byte) => (byte === 0x0d ? 0x0a : byte));
      case "seven-bits":
        return atr.map((byte, at) => (at > 8 ? byte & 0x7f : byte));
      default:
        return ++resets > 3 ? atr.map((byte, at) => (at === 2 ? byte ^ 1 : byte)) : atr; // each time another one
    }
  };
  return { reader: (inner) => withChannels(inner, () => ({ atr: change })) };
};

/** `protocol`: said of every card. */
const saysProtocol: Behaviour = (parameters) => {
  const protocol = textOf(parameters, "protocol") === "T=0" ? "T=0" : "T=1";
  return { reader: (inner) => withChannels(inner, () => ({ protocol })) };
};

/** `kind`: warm or cold resets do not reach the card; `nth`: only each so many-th of them. */
const dropsResets: Behaviour = (parameters) => {
  const [dropped, nth] = [textOf(parameters, "kind"), numberOf(parameters, "nth")];
  return {
    reader: (inner) =>
      withChannels(inner, (channel) => {
        let count = 0;
        return {
          reset: async (kind, deadline) =>
            kind === dropped && ++count % nth === 0 ? channel.atr : await channel.reset(kind, deadline),
        };
      }),
  };
};

/** Each reset is done twice, as readers do that try a second voltage. */
const resetsTwice: Behaviour = () => ({
  reader: (inner) =>
    withChannels(inner, (channel) => ({
      reset: async (kind, deadline) => {
        await channel.reset(kind, deadline);
        await channel.transmit(Uint8Array.of(0x80, 0x10, 0, 0), deadline);
        return await channel.reset(kind, deadline);
      },
    })),
});

/** `what`: "shared": a second user gets the card as well; "kept": it is not given back by the first; "powered": nor loses its power. */
const shares: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  return {
    reader: (inner) => {
      let held: CardChannel | undefined;
      const keep = { close: async () => undefined };
      return {
        ...plainReader(inner),
        connect: async (deadline) => {
          if (held && what !== "kept" && inner.isCardPresent()) return withClose(held, keep.close);
          held = await inner.connect(deadline);
          return withClose(held, what === "shared" ? () => close(held) : keep.close);
        },
      };
      async function close(channel: CardChannel | undefined): Promise<void> {
        held = undefined;
        await channel?.[Symbol.asyncDispose]();
      }
    },
  };
};

function withClose(channel: CardChannel, close: () => Promise<void>): CardChannel {
  return {
    atr: channel.atr,
    protocol: channel.protocol,
    transmit: (bytes, deadline) => channel.transmit(bytes, deadline),
    reset: (kind, deadline) => channel.reset(kind, deadline),
    [Symbol.asyncDispose]: close,
  };
}

export const READER_CARD_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "reader-tells": tells,
  "reader-connects-with": connectsWith,
  "reader-fails-with": failsWith,
  "reader-gives-up": givesUp,
  "reader-changes-atr": changesAtr,
  "reader-says-protocol": saysProtocol,
  "reader-drops-resets": dropsResets,
  "reader-resets-twice": resetsTwice,
  "reader-shares": shares,
};
