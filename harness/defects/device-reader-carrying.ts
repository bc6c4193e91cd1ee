/** Readers that change, lose, repeat or mix up what they carry. */
import { fromHex, toHex } from "../core/bytes.ts";
import type { Deadline } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardChannel } from "../device/contracts.ts";
import { type Behaviour, numberOf, optionalText, textOf } from "./behaviour.ts";
import { withChannels } from "./device-reader-wrap.ts";

type Transmit = (channel: CardChannel, bytes: Uint8Array, deadline: Deadline) => Promise<Uint8Array>;

/** `when`: first digits of the commands that are meant, all when absent. `protocol`: only over that. */
function meant(parameters: Parameters<Behaviour>[0], transmit: Transmit): Transmit {
  const when = optionalText(parameters, "when") ?? "";
  const protocol = optionalText(parameters, "protocol");
  return (channel, bytes, deadline) => {
    const isMeant = toHex(bytes).startsWith(when) && (protocol === undefined || channel.protocol === protocol);
    return isMeant ? transmit(channel, bytes, deadline) : channel.transmit(bytes, deadline);
  };
}

function carrying(make: (parameters: Parameters<Behaviour>[0]) => Transmit): Behaviour {
  return (parameters) => ({
    reader: (inner) => withChannels(inner, () => ({ transmit: meant(parameters, make(parameters)) })),
  });
}

/** What the card says is changed: `how`, for answers of `from` bytes of data and more. */
const altersAnswers = carrying((parameters) => {
  const [how, from] = [textOf(parameters, "how"), numberOf(parameters, "from")];
  return async (channel, bytes, deadline) => {
    const answer = await channel.transmit(bytes, deadline);
    return answer.length - 2 >= from ? spoiled(answer, how) : answer;
  };
});

/** What the card is told is changed: `how`, for commands of `from` bytes and more. */
const altersCommands = carrying((parameters) => {
  const [how, from] = [textOf(parameters, "how"), numberOf(parameters, "from")];
  return async (channel, bytes, deadline) =>
    await channel.transmit(bytes.length >= from ? spoiled(bytes, how) : bytes, deadline);
});

function spoiled(bytes: Uint8Array, how: string): Uint8Array {
  switch (how) {
    case "last-data-byte": // before status word or Le
      return Uint8Array.of(...bytes.subarray(0, -3), ...bytes.subarray(-2));
    case "middle":
      return bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 0x20 : byte));
    case "adds-le":
      return Uint8Array.of(...bytes, 0);
    case "adds-byte":
      return Uint8Array.of(0, ...bytes);
    case "p2":
      return bytes.map((byte, at) => (at === 3 ? 0 : byte));
    case "sw2":
      return bytes.map((byte, at) => (at === bytes.length - 1 ? byte & 0xf0 : byte));
    case "no-data":
      return bytes.subarray(-2);
    default:
      throw new PursebenchError("USAGE", `nothing is spoiled by "${how}"`);
  }
}

/** A byte `is` (hex) of command data is carried as `becomes`, as by a line that takes it for its own. */
const takesForItsOwn = carrying((parameters) => {
  const [is = 0, becomes = 0] = fromHex(textOf(parameters, "is") + textOf(parameters, "becomes"));
  return async (channel, bytes, deadline) =>
    await channel.transmit(
      bytes.map((byte, at) => (at > 5 && at < bytes.length - 1 && byte === is ? becomes : byte)),
      deadline,
    );
});

/** The reader acts upon '61xx' or '6Cxx' (`SW1`) by itself, and fetches what is left or repeats the command. */
const fetches = carrying((parameters) => {
  const SW1 = Number.parseInt(textOf(parameters, "SW1"), 16);
  return async (channel, bytes, deadline) => {
    const answer = await channel.transmit(bytes, deadline);
    const [own, length = 0] = answer.subarray(-2);
    if (own !== SW1) return answer;
    if (SW1 === 0x6c) return await channel.transmit(Uint8Array.of(...bytes.subarray(0, 4), length), deadline);
    const more = await channel.transmit(Uint8Array.of(0, 0xc0, 0, 0, length), deadline);
    return Uint8Array.of(...answer.subarray(0, -2), ...more);
  };
});

/** Each `nth` command is sent twice, and the second answer counts. */
const repeats = carrying((parameters) => {
  const nth = numberOf(parameters, "nth");
  let count = 0;
  return async (channel, bytes, deadline) => {
    const answer = await channel.transmit(bytes, deadline);
    return ++count % nth === 0 ? await channel.transmit(bytes, deadline) : answer;
  };
});

/** Each `nth` command is not sent, and the answer before is given again. */
const answersItself = carrying((parameters) => {
  const nth = numberOf(parameters, "nth");
  let [count, last] = [0, Uint8Array.of(0x90, 0x00)];
  return async (channel, bytes, deadline) => {
    if (++count % nth === 0) return last;
    last = Uint8Array.from(await channel.transmit(bytes, deadline));
    return last;
  };
});

/** Commands of more than `most` bytes, header and all, are refused by the reader. */
const refusesLong = carrying((parameters) => {
  const most = numberOf(parameters, "most");
  return async (channel, bytes, deadline) => {
    if (bytes.length <= most) return await channel.transmit(bytes, deadline);
    throw new PursebenchError("DEVICE_GARBLED", `a command of ${bytes.length} bytes is too long`, { owner: "reader" });
  };
});

/** Each exchange takes `ms` more; with `most` the reader gives the card up after so long. */
const slow = carrying((parameters) => {
  const ms = numberOf(parameters, "ms");
  return async (channel, bytes, deadline) => {
    const answer = await channel.transmit(bytes, deadline);
    await deadline.clock.timer(ms).elapsed;
    return answer;
  };
});

/** A card that has not answered after `ms` is given up as mute. */
const impatient = carrying((parameters) => {
  const ms = numberOf(parameters, "ms");
  return async (channel, bytes, deadline) => {
    const timer = deadline.clock.timer(ms);
    const late = timer.elapsed.then(() => {
      throw new PursebenchError("DEVICE_SILENT", "the card has not answered in time", { owner: "card" });
    });
    try {
      return await Promise.race([channel.transmit(bytes, deadline), late]);
    } finally {
      timer.cancel();
    }
  };
});

/** After a pull it takes `ms` until commands fail. */
const latePull: Behaviour = (parameters) => {
  const ms = numberOf(parameters, "ms");
  return {
    reader: (inner) =>
      withChannels(inner, () => ({
        transmit: async (channel, bytes, deadline) => {
          try {
            return await channel.transmit(bytes, deadline);
          } catch (thrown) {
            await deadline.clock.timer(ms).elapsed;
            throw thrown;
          }
        },
      })),
  };
};

/** Slots share something: `what`: "answer" (of two commands at once both get the answer of the later one), "last" (each `nth` answer is the other slot's last), "power" (letting go of one card resets the other). */
const mixesSlots: Behaviour = (parameters) => {
  const [what, nth] = [textOf(parameters, "what"), numberOf(parameters, "nth")];
  const said = new Map<string, Uint8Array>();
  const open = new Map<string, { readonly channel: CardChannel; deadline?: Deadline }>();
  let [count, busy] = [0, 0];
  return {
    reader: (inner) =>
      withChannels(inner, (own) => {
        const entry: { readonly channel: CardChannel; deadline?: Deadline } = { channel: own };
        open.set(inner.name, entry);
        return {
          transmit: async (channel, bytes, deadline) => {
            entry.deadline = deadline;
            busy++;
            const isAlone = busy === 1;
            const answer = await channel.transmit(bytes, deadline).finally(() => busy--);
            const other = [...said].find(([name]) => name !== inner.name)?.[1];
            said.set(inner.name, answer);
            const isTurn = what === "last" ? ++count % nth === 0 : what === "answer" && !isAlone;
            return other && isTurn ? other : answer;
          },
          close: async () => {
            open.delete(inner.name);
            await own[Symbol.asyncDispose]();
            if (what !== "power") return;
            for (const { channel, deadline } of open.values()) if (deadline) await channel.reset("warm", deadline);
          },
        };
      }),
  };
};

export const READER_CARRYING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "reader-alters-answers": altersAnswers,
  "reader-alters-commands": altersCommands,
  "reader-takes-for-its-own": takesForItsOwn,
  "reader-fetches": fetches,
  "reader-repeats": repeats,
  "reader-answers-itself": answersItself,
  "reader-refuses-long": refusesLong,
  "reader-slow": slow,
  "reader-impatient": impatient,
  "reader-late-pull": latePull,
  "reader-mixes-slots": mixesSlots,
};
