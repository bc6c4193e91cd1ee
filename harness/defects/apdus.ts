/** Behaviours of roles that say something wrong in APDUs (links 235 and SAM), by place in the bytes. */
import { bytesToUint, concat, equal, fromHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { LinkName, RoleName } from "../core/trace.ts";
import { type Behaviour, numberOf, optionalText, type Parameters, textOf } from "./behaviour.ts";

type Change = (value: Uint8Array, previous: Uint8Array | undefined) => Uint8Array;

/**
 * `from`, `message` (instruction byte), `at` (offset in command or response), `length`, and one of `change`: "flip" (last bit),
 * "zero", "remove", "swap" (order of the bytes), "previous" (as in the last such message), "add" (with `by`), "set" (with `value`).
 * `link` is "235" when absent. Messages that are too short stay as they are.
 */
const sayApdu: Behaviour = (parameters) => {
  const at = numberOf(parameters, "at");
  const length = numberOf(parameters, "length");
  const change = changeOf(parameters);
  let previous: Uint8Array | undefined;
  const act = (message: Uint8Array) => {
    if (message.length < at + length) return message;
    const value = message.slice(at, at + length);
    const changed = concat(message.subarray(0, at), change(value, previous), message.subarray(at + length));
    previous = value;
    return changed;
  };
  const from = textOf(parameters, "from") as RoleName;
  const link = (optionalText(parameters, "link") ?? "235") as LinkName;
  return { says: [{ link, from, message: numberOf(parameters, "message"), act, what: "seeded defect" }] };
};

/** `from`, `message`, `is`, `becomes` (hex): a whole message in place of another. */
const sayInstead: Behaviour = (parameters) => {
  const is = fromHex(textOf(parameters, "is"));
  const becomes = fromHex(textOf(parameters, "becomes"));
  const from = textOf(parameters, "from") as RoleName;
  const message = optionalText(parameters, "message");
  const act = (bytes: Uint8Array) => (equal(bytes, is) ? becomes : bytes);
  const only = message === undefined ? {} : { message: numberOf(parameters, "message") };
  return { says: [{ link: "235", from, ...only, act, what: "seeded defect" }] };
};

export const APDU_BEHAVIOURS: Readonly<Record<string, Behaviour>> = { "say-apdu": sayApdu, "say-instead": sayInstead };

function changeOf(parameters: Parameters): Change {
  const kind = textOf(parameters, "change");
  switch (kind) {
    case "flip":
      return (value) => value.map((byte, index) => (index === value.length - 1 ? byte ^ 1 : byte));
    case "zero":
      return (value) => new Uint8Array(value.length);
    case "remove":
      return () => new Uint8Array(0);
    case "swap":
      return (value) => value.slice().reverse();
    case "previous":
      return (value, previous) => previous ?? value;
    case "add": {
      const by = numberOf(parameters, "by");
      return (value) => uintToBytes(Math.max(0, bytesToUint(value) + by), value.length);
    }
    case "set": {
      const bytes = fromHex(textOf(parameters, "value"));
      return () => bytes;
    }
    default:
      throw new PursebenchError("USAGE", `no change of an APDU is called "${kind}"`);
  }
}
