/** Every sealed element of a purchase, on whichever link, and also within what the session key opens. */
import { fromHex } from "../../harness/core/bytes.ts";
import type { MessageEvent, PurchaseObservation } from "../../harness/flows/system.ts";
import { elementOf } from "../payment/support/alter.ts";
import { messagesOn } from "../payment/support/observe.ts";
import type { TransactionKeys } from "./keys.ts";
import { openedOn } from "./opened.ts";

export const SEALED_NAMES = ["ETSK", "SEALED", "CONF", "SEXP"] as const;
export type SealedName = (typeof SEALED_NAMES)[number];

export interface SealedPart {
  readonly name: SealedName;
  readonly value: Uint8Array;
  /** "236 E4", "234 page". */
  readonly where: string;
}

const TLV_LINKS = ["cable", "236", "237"] as const;

/** What holds a sealed element in the text on link 234 and 238 (`messages.md` 4). */
const IN_TEXT: Readonly<Record<SealedName, RegExp>> = {
  ETSK: /name="encrypted-session-key" value="([0-9A-Fa-f]+)"/,
  SEALED: /(?!)/, // stands in no text
  CONF: /(?:^|[&\n])confirmation=([0-9A-Fa-f]+)/,
  SEXP: /(?:^|[&\n])expected-signature=([0-9A-Fa-f]+)/,
};

export function sealedParts(seen: PurchaseObservation, keys: TransactionKeys): readonly SealedPart[] {
  const messages = TLV_LINKS.flatMap((link) => messagesOn(seen, link)).flatMap(({ link, bytes }) =>
    partsOf(bytes, `${link} ${Buffer.from(bytes.subarray(0, 1)).toString("hex").toUpperCase()}`),
  );
  const sealed = [...openedOn(seen, "236", keys), ...openedOn(seen, "237", keys)];
  const within = sealed.flatMap(({ event, inner }) => partsOf(inner, `${event.link} within SEALED`));
  const texts = [...messagesOn(seen, "234"), ...messagesOn(seen, "238")].flatMap(textParts);
  return [...messages, ...within, ...texts];
}

function partsOf(bytes: Uint8Array, where: string): readonly SealedPart[] {
  return SEALED_NAMES.flatMap((name) => {
    const value = elementOf(bytes, name);
    return value ? [{ name, value, where }] : [];
  });
}

function textParts({ link, bytes }: MessageEvent): readonly SealedPart[] {
  const text = new TextDecoder().decode(bytes);
  return SEALED_NAMES.flatMap((name) => {
    const [, hex] = IN_TEXT[name].exec(text) ?? [];
    return hex === undefined ? [] : [{ name, value: fromHex(hex), where: `${link} text` }];
  });
}
