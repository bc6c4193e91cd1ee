/** Where sealed elements pass, how each can be altered there, and how a purchase may end then. */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import { openMessage } from "../../harness/crypto/sealed-message.ts";
import type { PurchaseObservation } from "../../harness/flows/system.ts";
import type { ElementName } from "../../harness/protocol/messages/elements.ts";
import { type Fate, refused, UNDELIVERED, unresolved } from "../payment/altered/fate.ts";
import { type Change, elementOf, inElement, setTo } from "../payment/support/alter.ts";
import { messagesOn } from "../payment/support/observe.ts";
import { INNER_TAGS } from "./opened.ts";
import { type Figure, WITH_RESULTS } from "./overlay.ts";

/** A sealed element, or a key beside it, in one message of a purchase. */
export interface Place {
  /** "E4-ETSK". */
  readonly id: string;
  readonly what: string;
  readonly link: LinkName;
  readonly from: RoleName;
  /** As in `LinkFault`. */
  readonly message: number | string;
  /** The element, or its name in the text on link 234. */
  readonly part: ElementName | RegExp;
  readonly figures?: readonly Figure["id"][];
  readonly fates: readonly Fate[];
  /** What else is put in place of the whole message. */
  readonly instead?: readonly Instead[];
}

interface Instead {
  readonly what: string;
  readonly make: (seen: Passed) => Change;
  readonly fates?: readonly Fate[];
}

/** What a change may know: an earlier purchase of the same site, and what has passed of this one. */
export interface Passed {
  readonly earlier: PurchaseObservation;
  /** The last message with that tag on link 236. */
  readonly last: (from: RoleName, tag: number) => Uint8Array | undefined;
  /** The message within SEALED, by the session key of the page of this purchase. */
  readonly inner: (message: Uint8Array) => Uint8Array | null;
}

/** Another bit than that of parity, which means nothing in a key for triple DES. */
const BIT = 0x10;

function inverted(byte: (length: number) => number): Change {
  return (value) => value.map((each, index) => (index === byte(value.length) ? each ^ BIT : each));
}

/** For every place alike. */
export const CHANGES: Readonly<Record<string, Change>> = {
  "first byte altered": inverted(() => 0),
  "a byte in the middle altered": inverted((length) => length >> 1),
  "last byte altered": inverted((length) => length - 1),
  "last byte missing": (value) => value.subarray(0, -1),
};

const CLEAR: Instead = {
  what: "in clear",
  make:
    ({ inner }) =>
    (message) =>
      inner(message) ?? message,
};
const NOT_DECIPHERED = [refused("A00C", "A001")];

export const PLACES: readonly Place[] = [
  ...(["session-key", "encrypted-session-key", "random"] as const).map(
    (name): Place => ({
      id: `PAGE-${name.toUpperCase()}`,
      what: `${name} of the page`,
      link: "234",
      from: "merchant",
      message: "response POST /checkout",
      part: new RegExp(`(name="${name}" value=")([0-9A-Fa-f]+)`),
      fates: [refused("A00C", "A017")],
    }),
  ),
  ...(["ETSK", "RND"] as const).map(
    (part): Place => ({
      id: `E4-${part}`,
      what: `${part} of the envelope`,
      link: "236",
      from: "head-end",
      message: 0xe4,
      part,
      fates: NOT_DECIPHERED,
    }),
  ),
  {
    id: "E4-SEALED",
    what: "the sealed draw request",
    link: "236",
    from: "head-end",
    message: 0xe4,
    part: "SEALED",
    fates: NOT_DECIPHERED,
    instead: [{ ...CLEAR, fates: [refused("A00B", "A00C")] }],
  },
  {
    id: "E5-COMMAND",
    what: "the sealed debit command",
    link: "236",
    from: "payment-server",
    message: 0xe5,
    part: "SEALED",
    fates: NOT_DECIPHERED,
    instead: [CLEAR, reflected("the draw request of this very purchase", "head-end", 0xe4)],
  },
  {
    id: "E5-ANSWER",
    what: "the debit response that the set-top box has sealed",
    link: "cable",
    from: "set-top-box",
    message: 0xe5,
    part: "SEALED",
    fates: [unresolved()],
    instead: [CLEAR, reflected("the debit command of this very purchase", "payment-server", 0xe5)],
  },
  {
    id: "E5-RESPONSE",
    what: "the sealed debit response for the payment server",
    link: "236",
    from: "head-end",
    message: 0xe5,
    part: "SEALED",
    figures: WITH_RESULTS,
    fates: [unresolved()],
    instead: [CLEAR, reflected("the debit command of this very purchase", "payment-server", 0xe5)],
  },
  {
    id: "EF-C",
    what: "debit result C",
    link: "236",
    from: "payment-server",
    message: 0xef,
    part: "SEALED",
    figures: WITH_RESULTS,
    fates: [unresolved()],
    instead: [
      { what: "and M in each other's place", make: () => swapped },
      { ...CLEAR, fates: [unresolved()] },
      reflected("the debit response of this very purchase", "head-end", 0xe5),
    ],
  },
  {
    id: "EF-M",
    what: "debit result M",
    link: "236",
    from: "payment-server",
    message: 0xef,
    part: "CONF",
    figures: WITH_RESULTS,
    fates: [UNDELIVERED, unresolved()],
  },
  {
    id: "POST-M",
    what: "debit result M on its way to the merchant",
    link: "234",
    from: "head-end",
    message: "POST /status",
    part: /((?:^|[&\n])confirmation=)([0-9A-Fa-f]+)/,
    figures: WITH_RESULTS,
    fates: [UNDELIVERED],
  },
  {
    id: "POST-SEXP",
    what: "the sealed expected signature on its way to the merchant",
    link: "234",
    from: "head-end",
    message: "POST /status",
    part: /((?:^|[&\n])expected-signature=)([0-9A-Fa-f]+)/,
    figures: ["FIG7"],
    fates: [unresolved()],
  },
];

/** `change` for the value at that place. */
export function changeAt({ part }: Place, change: Change): Change {
  if (typeof part === "string") return inElement(part, change);
  return (body) => {
    const text = new TextDecoder().decode(body);
    const altered = text.replace(part, (_all, name: string, hex: string) => name + toHex(change(fromHex(hex))));
    return new TextEncoder().encode(altered);
  };
}

/** The value at that place in an earlier purchase. */
export function valueIn(seen: PurchaseObservation, { link, from, message, part }: Place): Uint8Array | undefined {
  for (const { bytes } of messagesOn(seen, link, from)) {
    if (typeof part === "string") {
      if (bytes[0] !== message) continue;
      const value = elementOf(bytes, part);
      if (value) return value;
    } else {
      const [, , hex] = part.exec(new TextDecoder().decode(bytes)) ?? [];
      if (hex !== undefined) return fromHex(hex);
    }
  }
  return undefined;
}

/** Opens what passes with the session key of a page, whatever is due. */
export function openerFor(keys: { suite: Parameters<typeof openMessage>[0]; TSK: Uint8Array; IDTRX: string }) {
  return (message: Uint8Array) => {
    const SEALED = elementOf(message, "SEALED");
    return SEALED ? openMessage(keys.suite, keys.TSK, keys.IDTRX, SEALED, INNER_TAGS) : null;
  };
}

/** SEALED of another message of the same purchase, sealed under the same key. */
function reflected(what: string, from: RoleName, tag: number): Instead {
  const make = ({ last }: Passed): Change => {
    return (message) => {
      const other = elementOf(last(from, tag) ?? message, "SEALED");
      return other ? inElement("SEALED", setTo(other))(message) : message;
    };
  };
  return { what: `replaced by ${what}`, make };
}

function swapped(message: Uint8Array): Uint8Array {
  const SEALED = elementOf(message, "SEALED") ?? new Uint8Array();
  const CONF = elementOf(message, "CONF") ?? new Uint8Array();
  return inElement("CONF", setTo(SEALED))(inElement("SEALED", setTo(CONF))(message));
}
