/** Defects of a serial terminal that its own suite finds: on its line, in its messages, in what it keeps. */
import { concat, fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { TerminalInput, TerminalMemory, TerminalState } from "../roles/terminal/state.ts";
import { EMPTY_MEMORY } from "../roles/terminal/state.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { DEVICE_TERMINAL_LINE_BEHAVIOURS } from "./device-terminal-line.ts";
import { varyInputs, varyOutputs, varyState } from "./wrap.ts";

/** Bytes of a message before it is read. */
function onHeard(map: (bytes: Uint8Array, state: TerminalState) => Uint8Array): Behaviour {
  return () => ({
    terminal: varyInputs((input: TerminalInput, state: TerminalState) =>
      input.kind === "message" ? { ...input, bytes: map(input.bytes, state) } : input,
    ),
  });
}

/** `what` (records, issued, count, everything): is not there any more when power comes back. */
const forgetsAtPower: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  return {
    terminal: (reference) => ({
      handle: (state, input) =>
        reference.handle(input.kind === "power" ? { ...state, memory: without(state.memory, what) } : state, input),
    }),
  };
};

function without(memory: TerminalMemory, what: string): TerminalMemory {
  switch (what) {
    case "records":
      return { ...memory, records: [] };
    case "count":
      return { ...memory, count: 0 };
    case "issued":
      return { ...memory, issued: [] };
    case "everything":
      return EMPTY_MEMORY;
    default:
      throw new PursebenchError("USAGE", `a terminal forgets no "${what}"`);
  }
}

/** `most`: so many records are kept, the newest. */
const keepsFew: Behaviour = (parameters) => {
  const most = numberOf(parameters, "most");
  return {
    terminal: varyState(({ after }) => ({
      ...after,
      memory: { ...after.memory, records: after.memory.records.slice(-most) },
    })),
  };
};

/** Records are there newest first. */
const newestFirst: Behaviour = () => ({
  terminal: (reference) => ({
    handle(state, input) {
      if (input.kind !== "message" || input.bytes[0] !== 0xf8) return reference.handle(state, input);
      const records = state.memory.records.toReversed();
      const step = reference.handle({ ...state, memory: { ...state.memory, records } }, input);
      return { ...step, state };
    },
  }),
});

/** `by`: T-read-store begins so many records later than it is asked for, but not before the first. */
const readsElsewhere: Behaviour = (parameters) => {
  const by = numberOf(parameters, "by");
  return onHeard((bytes) => {
    const message = parseMessage(bytes);
    if (message.kind !== "t-read-store") return bytes;
    return encodeMessage({ ...message, INDEX: Math.min(0xffff, Math.max(0, message.INDEX + by)) });
  })(parameters);
};

/** `tag`, `at` (negative: from the end), `mask`: that byte of every such answer is altered. */
const answersOtherByte: Behaviour = (parameters) => {
  const [tag, at, mask] = [numberOf(parameters, "tag"), numberOf(parameters, "at"), numberOf(parameters, "mask")];
  return {
    terminal: varyOutputs((output) => {
      if (output.kind !== "answer" || output.bytes[0] !== tag) return [output];
      const place = at < 0 ? output.bytes.length + at : at;
      return [{ ...output, bytes: output.bytes.map((byte, index) => (index === place ? byte ^ mask : byte)) }];
    }),
  };
};

/** Refusals name no transaction. */
const refusesWithoutName: Behaviour = () => ({
  terminal: varyOutputs((output) => {
    const message = output.kind === "answer" ? parseMessage(output.bytes) : undefined;
    if (message?.kind !== "t-refusal") return [output];
    const { IDTRX: _, ...rest } = message;
    return [{ kind: "answer", bytes: encodeMessage(rest) }];
  }),
});

/** `bytes`: so many of IDTERM are looked at. */
const comparesFewBytes: Behaviour = (parameters) => {
  const count = numberOf(parameters, "bytes");
  return onHeard((bytes, { identity }) => {
    const message = parseMessage(bytes);
    if (message.kind === "unrecognised" || !("IDTERM" in message)) return bytes;
    const isOurs = message.IDTERM.slice(0, 2 * count) === identity.IDTERM.slice(0, 2 * count);
    return isOurs ? encodeMessage({ ...message, IDTERM: identity.IDTERM }) : bytes;
  })(parameters);
};

/** `mask`: bits of the template's tag that are taken for set. */
const looseTemplates: Behaviour = (parameters) => {
  const mask = numberOf(parameters, "mask");
  return onHeard((bytes) => bytes.map((byte, index) => (index === 0 ? byte | mask : byte)))(parameters);
};

/** What follows a message is passed over. */
const dropsTrailing = onHeard((bytes) => bytes.subarray(0, wholeLength(bytes) ?? bytes.length));

/** What is missing at the end counts as zeros. */
const padsMessage = onHeard((bytes) => {
  const length = wholeLength(bytes) ?? 0;
  return length > bytes.length && length <= 1_024 ? concat(bytes, new Uint8Array(length - bytes.length)) : bytes;
});

/** Lengths may be longer than they need to be. */
const takesLongLengths = onHeard((bytes) => {
  const [tag = 0, first = 0] = bytes;
  const size = first & 0x7f;
  if (first < 0x81 || size > 4) return bytes;
  const content = bytes.subarray(2 + size);
  const shortest = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return content.length > 0xff ? bytes : concat(Uint8Array.of(tag, ...shortest), content);
});

/** An element that is there twice is taken once. */
const takesTwice = onHeard((bytes) => {
  const hex = toHex(bytes);
  for (const tag of ["DF22", "DF21", "DF13", "DF39", "DF3A"]) {
    const found = new RegExp(`${tag}(0[1-9A-F]|10)`).exec(hex);
    if (!found || (bytes[1] ?? 0) >= 0x80) continue;
    const whole = hex.slice(found.index, found.index + 6 + 2 * Number.parseInt(found[1] ?? "0", 16));
    if (!hex.includes(whole + whole)) continue;
    const content = hex.slice(4).replace(whole, "");
    return fromHex(hex.slice(0, 2) + (content.length / 2).toString(16).padStart(2, "0") + content);
  }
  return bytes;
});

/** `from`, `to`: of a T-response without CARDRSP the status word `from` counts as `to`. */
const hearsOtherWord: Behaviour = (parameters) => {
  const [from, to] = [textOf(parameters, "from"), textOf(parameters, "to")];
  return onHeard((bytes) => {
    const message = parseMessage(bytes);
    const isMeant = message.kind === "t-response" && message.CARDRSP.length === 0 && message.SW === from;
    return isMeant ? encodeMessage({ ...message, SW: to }) : bytes;
  })(parameters);
};

/** `most`: the security card is told a smaller amount where it is above that. */
const limitsAmount: Behaviour = (parameters) => {
  const most = numberOf(parameters, "most");
  return onHeard((bytes) => {
    const message = parseMessage(bytes);
    return message.kind === "t-draw" ? encodeMessage({ ...message, MPDA: Math.min(message.MPDA, most) }) : bytes;
  })(parameters);
};

/** The security card is not selected anew after silence. */
const trustsAfterSilence: Behaviour = () => ({
  terminal: varyState(({ input, before, after }) =>
    input.kind === "psam-silent" ? { ...after, isPsamSelected: before.isPsamSelected } : after,
  ),
});

/** Silence of the security card counts as that answer (`as`, hex). */
const hearsInSilence: Behaviour = (parameters) => {
  const bytes = fromHex(textOf(parameters, "as"));
  return {
    terminal: varyInputs((input: TerminalInput) =>
      input.kind === "psam-silent" ? { kind: "psam-response", bytes } : input,
    ),
  };
};

export const DEVICE_TERMINAL_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...DEVICE_TERMINAL_LINE_BEHAVIOURS,
  "terminal-forgets-at-power": forgetsAtPower,
  "terminal-keeps-few": keepsFew,
  "terminal-newest-first": newestFirst,
  "terminal-reads-elsewhere": readsElsewhere,
  "terminal-answers-other-byte": answersOtherByte,
  "terminal-refuses-without-name": refusesWithoutName,
  "terminal-compares-few-bytes": comparesFewBytes,
  "terminal-loose-templates": looseTemplates,
  "terminal-drops-trailing": dropsTrailing,
  "terminal-pads-message": padsMessage,
  "terminal-takes-long-lengths": takesLongLengths,
  "terminal-takes-twice": takesTwice,
  "terminal-hears-other-word": hearsOtherWord,
  "terminal-limits-amount": limitsAmount,
  "terminal-trusts-after-silence": trustsAfterSilence,
  "terminal-hears-in-silence": hearsInSilence,
};

/** Bytes of the template as its length says; undefined before that can be read. */
function wholeLength([, first, second, third]: Uint8Array): number | undefined {
  if (first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  if (first === 0x81) return second === undefined ? undefined : 3 + second;
  if (first !== 0x82 || second === undefined || third === undefined) return undefined;
  return 4 + second * 0x100 + third;
}
