/** What can befall a message of a collection. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { Disturbance } from "../../../harness/flows/system.ts";
import { type ElementName, elementSpec } from "../../../harness/protocol/messages/elements.ts";
import { parseTlv, type TlvNode } from "../../../harness/protocol/tlv/read-tlv.ts";
import { encodeTemplate, encodeTlv } from "../../../harness/protocol/tlv/write-tlv.ts";
import type { CaseContext } from "../../define/case.ts";
import { flipLast } from "../../payment/support/alter.ts";
import type { Hop } from "./hops.ts";

/** One blow: it falls once, upon the first message of the hop. */
export interface Blow {
  readonly what: string;
  readonly strike: (t: CaseContext, hop: Hop) => Disturbance;
}

export interface Column {
  readonly id: "LOST" | "SILENT" | "LATE" | "TWICE" | "ALTERED" | "KILLED";
  readonly title: string;
  /** Somebody waits out a timeout: where time is dear that is too long. */
  readonly isSlow: boolean;
  readonly blows: (hop: Hop) => readonly Blow[];
}

type Act = (message: Uint8Array) => Uint8Array | readonly Uint8Array[] | "lose-link" | "late";

function fault(what: string, act: (hop: Hop) => Act): Blow {
  return {
    what,
    strike: (t, hop) => {
      const { link, from, message } = hop;
      return t.system.disturb({ link, from, message, times: 1, act: act(hop), what });
    },
  };
}

const killed: Blow = {
  what: "its receiver is killed and started again",
  strike: (t, { link, from, message, to }) => {
    let hits = 0;
    const watch = t.system.when({ link, from, message }, async () => {
      if (hits++ === 0) await t.system.restart(to);
    });
    return {
      get hits() {
        return hits;
      },
      [Symbol.dispose]: () => watch[Symbol.dispose](),
    };
  },
};

export const COLUMNS: readonly Column[] = [
  { id: "LOST", title: "link lost", isSlow: false, blows: () => [fault("link lost", () => () => "lose-link")] },
  { id: "SILENT", title: "lost", isSlow: true, blows: () => [fault("lost", () => () => [])] },
  { id: "LATE", title: "late", isSlow: true, blows: () => [fault("late", () => () => "late")] },
  { id: "TWICE", title: "twice", isSlow: false, blows: () => [fault("twice", () => (message) => [message, message])] },
  {
    id: "ALTERED",
    title: "each element altered",
    isSlow: false,
    blows: ({ elements }) =>
      elements.map((name) =>
        fault(
          `${name} altered`,
          ({ link }) =>
            (message) =>
              altered(link === "batch", message, name),
        ),
      ),
  },
  { id: "KILLED", title: "receiver killed", isSlow: false, blows: () => [killed] },
];

/** On link batch the message is in hex. */
function altered(isHex: boolean, message: Uint8Array, name: ElementName): Uint8Array {
  if (!isHex) return alteredMessage(message, name);
  const bytes = alteredMessage(fromHex(new TextDecoder().decode(message)), name);
  return new TextEncoder().encode(toHex(bytes));
}

/** Every element of that name in a message, or inside of it, with another last bit. */
export function alteredMessage(message: Uint8Array, name: ElementName): Uint8Array {
  const parsed = parseTlv(message);
  if (!parsed.ok) return message;
  const { tag } = elementSpec(name);
  const rebuilt = ({ tag: own, value, children }: TlvNode): Uint8Array => {
    if (children !== undefined) return encodeTemplate(own, ...children.map(rebuilt));
    return encodeTlv(own, own === tag ? flipLast(value) : value);
  };
  const [template] = parsed.nodes;
  return template === undefined ? message : rebuilt(template);
}
