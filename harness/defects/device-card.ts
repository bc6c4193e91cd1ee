/** Cards that hear, answer or forget otherwise than they should: one behaviour each, with the commands and states as parameters. */
import { concat, fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardRole } from "../roles/card/model.ts";
import type { CardInput, CardOutput, CardSession, CardState } from "../roles/card/state.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, numberOf, optionalText, type Parameters, textOf } from "./behaviour.ts";
import { DEVICE_CARD_CRYPTO_BEHAVIOURS } from "./device-card-crypto.ts";
import { DEVICE_CARD_PURSE_BEHAVIOURS } from "./device-card-purse.ts";
import { DEVICE_CARD_READER_BEHAVIOURS } from "./device-card-reader.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

/** Whether a command begins as `pattern` says: hex digits, `.` for any. */
function begins(bytes: Uint8Array, pattern: string): boolean {
  const said = toHex(bytes);
  return said.length >= pattern.length && [...pattern].every((digit, at) => digit === "." || digit === said[at]);
}

/** `when` (a pattern of hex digits): the command is meant. `session`: only in that one. */
function meant(parameters: Parameters): (input: CardInput, state: CardState) => boolean {
  const pattern = textOf(parameters, "when");
  const session = optionalText(parameters, "session");
  return (input, state) =>
    input.kind === "command" &&
    begins(input.bytes, pattern) &&
    (session === undefined || session === state.session.kind);
}

/** `at`, `value` (hex): the card takes the command to have these bytes there. */
const hearsAs: Behaviour = (parameters) => {
  const isMeant = meant(parameters);
  const at = numberOf(parameters, "at");
  const value = fromHex(textOf(parameters, "value"));
  return {
    card: varyInputs<CardState, CardInput, CardOutput>((input, state) => {
      if (input.kind !== "command" || !isMeant(input, state)) return input;
      const bytes = input.bytes.slice();
      bytes.set(value.subarray(0, Math.max(0, bytes.length - at)), at);
      return { ...input, bytes };
    }),
  };
};

/** `least`: of data that is longer, or shorter by at most `short`, the card makes that many bytes: cut, or with zeros. */
const takesLength: Behaviour = (parameters) => {
  const isMeant = meant(parameters);
  const least = numberOf(parameters, "least");
  const short = numberOf(parameters, "short");
  return {
    card: varyInputs<CardState, CardInput, CardOutput>((input, state) => {
      if (input.kind !== "command" || !isMeant(input, state) || input.bytes.length < 6) return input;
      const Lc = input.bytes[4] ?? 0;
      if (Lc < least - short || Lc === least || Lc > least + 1) return input;
      const data = concat(input.bytes.subarray(5, 5 + Lc), new Uint8Array(least)).subarray(0, least);
      const tail = input.bytes.subarray(5 + Lc);
      return { ...input, bytes: concat(input.bytes.subarray(0, 4), Uint8Array.of(least), data, tail) };
    }),
  };
};

/** The card does not look at Le: whatever stands there, or nothing, counts as `'00'`. */
const ignoresLe: Behaviour = (parameters) => {
  const isMeant = meant(parameters);
  return {
    card: varyInputs<CardState, CardInput, CardOutput>((input, state) => {
      if (input.kind !== "command" || !isMeant(input, state)) return input;
      const Lc = input.bytes.length > 5 ? 1 + (input.bytes[4] ?? 0) : 0;
      return { ...input, bytes: concat(input.bytes.subarray(0, 4 + Lc), Uint8Array.of(0)) };
    }),
  };
};

/** `is`, `becomes`: that status word becomes another one; an answer with data when `is` is 9000 and `becomes` is not loses its data. */
const saysOtherwise: Behaviour = (parameters) => {
  const isMeant = meant(parameters);
  const [is, becomes] = [textOf(parameters, "is"), fromHex(textOf(parameters, "becomes"))];
  return {
    card: varyOutputs<CardState, CardInput, CardOutput>((output, { input, before }) => {
      if (output.kind !== "response" || !isMeant(input, before)) return [output];
      return [toHex(output.bytes.subarray(-2)) === is ? { kind: "response", bytes: becomes } : output];
    }),
  };
};

/** `after` (status word; a reset without it): the session becomes `becomes`: "kept", or a kind without anything in it. */
const staysIn: Behaviour = (parameters) => {
  const after = optionalText(parameters, "after");
  const becomes = textOf(parameters, "becomes");
  const isMeant: ReturnType<typeof meant> = after === undefined ? (input) => input.kind === "reset" : meant(parameters);
  const vary: Vary<CardRole> = (reference) => ({
    handle(before, input) {
      const step = reference.handle(before, input);
      if (!isMeant(input, before) || (after !== undefined && after !== statusOf(step.outputs))) return step;
      return { ...step, state: { ...step.state, session: sessionOf(becomes, before.session) } };
    },
  });
  return { card: vary };
};

function sessionOf(becomes: string, before: CardSession): CardSession {
  if (becomes === "kept") return before;
  if (becomes === "idle" || becomes === "selected") return { kind: becomes };
  throw new PursebenchError("USAGE", `a session cannot become "${becomes}"`);
}

function statusOf(outputs: readonly CardOutput[]): string | undefined {
  const last = outputs.at(-1);
  return last?.kind === "response" ? toHex(last.bytes.subarray(-2)) : undefined;
}

export const DEVICE_CARD_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-hears-as": hearsAs,
  "card-takes-length": takesLength,
  "card-ignores-le": ignoresLe,
  "card-says-otherwise": saysOtherwise,
  "card-stays-in": staysIn,
  ...DEVICE_CARD_CRYPTO_BEHAVIOURS,
  ...DEVICE_CARD_PURSE_BEHAVIOURS,
  ...DEVICE_CARD_READER_BEHAVIOURS,
};
