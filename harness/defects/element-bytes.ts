/** Behaviours of roles that damage bytes within an element, or the order of messages and elements. On links without a LAN header. */
import { concat, fromHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { encodeTemplate, encodeTlv } from "../protocol/tlv/write-tlv.ts";
import { type Behaviour, numberOf, type Parameters, textOf } from "./behaviour.ts";
import { childrenOf, replaceElement, saying, tagOf } from "./messages.ts";

type Change = (value: Uint8Array, previous: Uint8Array | undefined) => Uint8Array;

/**
 * `link`, `from`, `message`, `element`, and one of `change`:
 * "set" (`offset`, `value` in hex), "add" (`offset`, `length`, `by`), "previous" (`offset`, `length`: as in the last such message),
 * "swap" (the bytes at `offset` and `with`), "text" (as if it were ASCII), "cut" (zero after the first zero byte from `offset`).
 */
const sayPart: Behaviour = (parameters) => {
  const tag = tagOf(textOf(parameters, "element"));
  const change = changeOf(parameters);
  let previous: Uint8Array | undefined;
  const act = (message: Uint8Array) =>
    replaceElement(message, tag, (value) => {
      const changed = change(value, previous);
      previous = value.slice();
      return changed;
    });
  return { says: [saying(parameters, act)] };
};

/** `link`, `from`, `message`, `first` and `second`: two elements in each other's place. */
const swapElements: Behaviour = (parameters) => {
  const first = tagOf(textOf(parameters, "first"));
  const second = tagOf(textOf(parameters, "second"));
  const act = (message: Uint8Array) => {
    const nodes = childrenOf(message);
    const other = (tag: number) => (tag === first ? second : tag === second ? first : tag);
    const swapped = nodes.map(({ tag }) => nodes.find((node) => node.tag === other(tag)));
    const parts = swapped.flatMap((node) => (node ? [encodeTlv(node.tag, node.value)] : []));
    return encodeTemplate(message[0] ?? 0, ...parts);
  };
  return { says: [saying(parameters, act)] };
};

/** `link`, `from`, `message`, `value` (hex): says that first. */
const sayBefore: Behaviour = (parameters) => {
  const value = fromHex(textOf(parameters, "value"));
  return { says: [saying(parameters, (message) => [value, message])] };
};

export const ELEMENT_BYTES_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "say-part": sayPart,
  "swap-elements": swapElements,
  "say-before": sayBefore,
};

function changeOf(parameters: Parameters): Change {
  const kind = textOf(parameters, "change");
  if (kind === "text") return (value) => value.map((byte) => (byte < 0x80 ? byte : 0x3f));
  const at = numberOf(parameters, "offset");
  switch (kind) {
    case "set": {
      const bytes = fromHex(textOf(parameters, "value"));
      return (value) => patched(value, at, bytes);
    }
    case "add": {
      const length = numberOf(parameters, "length");
      const by = BigInt(numberOf(parameters, "by"));
      return (value) => patched(value, at, sum(value.subarray(at, at + length), by));
    }
    case "previous": {
      const end = at + numberOf(parameters, "length");
      return (value, previous) => (previous ? patched(value, at, previous.subarray(at, end)) : value);
    }
    case "swap": {
      const other = numberOf(parameters, "with");
      return (value) =>
        patched(patched(value, at, value.subarray(other, other + 1)), other, value.subarray(at, at + 1));
    }
    case "cut":
      return (value) => cut(value, at);
    default:
      throw new PursebenchError("USAGE", `no change of a part is called "${kind}"`);
  }
}

function patched(value: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  if (at + bytes.length > value.length) return value;
  return concat(value.subarray(0, at), bytes, value.subarray(at + bytes.length));
}

function sum(value: Uint8Array, by: bigint): Uint8Array {
  const modulus = 1n << BigInt(8 * value.length);
  let number = 0n;
  for (const byte of value) number = number * 256n + BigInt(byte);
  return uintToBytes((number + by + modulus) % modulus, value.length);
}

/** As a copy with a string function leaves it. */
function cut(value: Uint8Array, from: number): Uint8Array {
  const end = value.indexOf(0, from);
  return end < 0 ? value : value.map((byte, index) => (index < end ? byte : 0));
}
