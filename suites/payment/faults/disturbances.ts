/** What befalls a message, and what it takes to do that. */
import type { LinkFault, PurchaseObservation, ServerRole } from "../../../harness/flows/system.ts";
import { messageBody } from "../../../harness/protocol/messages/label.ts";
import type { CaseContext } from "../../define/case.ts";
import { messagesOn } from "../support/observe.ts";
import { BITS, flipped, partsOf, sameParts } from "./parts.ts";
import type { Scheme } from "./schemes.ts";
import { type Word, wordsOf } from "./words.ts";

/** One purchase that is disturbed. */
export interface Blow {
  readonly what: string;
  readonly act?: LinkFault["act"];
  /** What becomes of each later message of its sender on the link. */
  readonly next?: LinkFault["act"];
  /** At the moment the message passes, before it is delivered; `message` as it was recorded. */
  readonly strike?: (t: CaseContext, message: Uint8Array) => Promise<unknown>;
  /** `strike` goes on beside the purchase. */
  readonly isBeside?: true;
  readonly kills?: ServerRole;
  /** The card is put back when the purchase is over. */
  readonly isPulled?: true;
}

/** One way to disturb a message; several make a column of the matrix (`columns.ts`). */
export interface Affliction {
  readonly befalls: (word: Word, scheme: Scheme) => boolean;
  /** How many good purchases are listened to beforehand. */
  readonly listens: 0 | 1 | 2;
  readonly blows: (word: Word, scheme: Scheme, earlier: readonly PurchaseObservation[]) => readonly Blow[];
}

const CHANNELS: readonly string[] = ["cable", "236", "237"];
const APDUS: readonly string[] = ["235", "SAM"];

/** Nobody would hear it later than never: an answer that somebody waits for on a link of requests and answers. */
function isAnswer(word: Word): boolean {
  if (word.link === "LAN") return word.from === "concentrator";
  if (word.link === "line") return word.from === "terminal";
  return word.from === "merchant" || word.from === "card" || word.from === "psam";
}

function acting(how: string, act: LinkFault["act"], befalls: Affliction["befalls"] = () => true): Affliction {
  return { befalls, listens: 0, blows: ({ what }) => [{ what: `${what}: ${how}`, act }] };
}

/** The message waits for the sender's next one. */
function swapped({ what }: Word): readonly Blow[] {
  const held: Uint8Array[] = [];
  const act: Blow["act"] = (message) => {
    held.push(message);
    return [];
  };
  return [{ what: `${what}: after the next one of its sender`, act, next: (message) => [message, ...held.splice(0)] }];
}

/** Every part by itself; which bit of it changes from part to part and from scheme to scheme. */
function alterations(word: Word, { id }: Scheme, [earlier]: readonly PurchaseObservation[]): readonly Blow[] {
  const seed = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return partsOf(word.link, word.from, bytesOf(word, earlier)).map(({ name }, index) => {
    const bit = BITS[(seed + index) % BITS.length] ?? "last";
    const act: LinkFault["act"] = (message) => {
      const part = partsOf(word.link, word.from, message).find((each) => each.name === name);
      return part ? part.withValue(flipped(part.value, bit))(message) : message;
    };
    return { what: `${word.what}: ${bit} bit of ${name}`, act };
  });
}

/** Every part that differs from purchase to purchase, then all of them. */
function foreignParts(word: Word, _: Scheme, [one, other]: readonly PurchaseObservation[]): readonly Blow[] {
  const first = partsOf(word.link, word.from, bytesOf(word, one));
  const old = partsOf(word.link, word.from, bytesOf(word, other));
  const varying = old.filter(
    (part) =>
      !sameParts(
        first.find(({ name }) => name === part.name),
        part,
      ),
  );
  const spliced = varying.map(({ name, value, withValue }) => {
    return { what: `${word.what}: ${name} of an earlier purchase`, act: withValue(value) };
  });
  return [...spliced, { what: `${word.what}: that of an earlier purchase`, act: () => bytesOf(word, other) }];
}

/** The next message of the link, as it was in an earlier purchase; the first one for the last. */
function otherKind(word: Word, scheme: Scheme, [earlier]: readonly PurchaseObservation[]): readonly Blow[] {
  const words = wordsOf(scheme).filter(
    ({ link, from }) => (link === word.link && !APDUS.includes(link)) || (link === word.link && from === word.from),
  );
  const next = words[(words.findIndex(({ id }) => id === word.id) + 1) % words.length] ?? word;
  const bytes = bytesOf(next, earlier);
  return [{ what: `${word.what}: in its place the ${next.what}`, act: () => bytes }];
}

/** As faults see it: on 234 the body alone. */
function bytesOf(word: Word, seen: PurchaseObservation | undefined): Uint8Array {
  const { link, from, message } = word;
  const messages = seen ? messagesOn(seen, link) : [];
  const found = messages.filter((event, index) => {
    if (event.from !== from) return false;
    const { bytes } = event;
    if (link === "234") return event.step === word.step;
    if (!APDUS.includes(link)) return messageBody(link, bytes)[0] === message;
    const isAsked = from !== "card" && from !== "psam";
    return (isAsked ? bytes : messages[index - 1]?.bytes)?.[1] === message;
  })[word.skip ?? 0];
  const bytes = found?.bytes ?? new Uint8Array(0);
  if (link !== "234") return bytes;
  const text = new TextDecoder().decode(bytes);
  return new TextEncoder().encode(text.slice(text.indexOf("\n\n") + 2));
}

/** Somebody else says the same on a channel of his own, just before. */
function intruder(word: Word, { site }: Scheme): readonly Blow[] {
  const strike = async (t: CaseContext, message: Uint8Array): Promise<unknown> => {
    if (word.link === "236") return await t.system.paymentSession([message]);
    if (word.link !== "234") {
      const IDTERM = [...message.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return await t.system.terminalMessage(IDTERM, message.subarray(4));
    }
    const text = new TextDecoder().decode(message);
    const [line = "", body = ""] = text.split("\n\n", 2);
    const [, path = "/"] = line.split(" ");
    return await t.system.http(t.siteFor(site).SITE, { method: "POST", path, body, session: "0123456789ABCDEF" });
  };
  return [{ what: `${word.what}: said by somebody else as well`, strike, isBeside: true }];
}

const KILLED_AT: Readonly<
  Record<"head-end" | "payment-server" | "concentrator" | "terminal" | "merchant", readonly string[]>
> = {
  "head-end": ["cable", "234", "236", "237"],
  "payment-server": ["236", "LAN"],
  concentrator: ["LAN", "line"],
  terminal: ["line", "SAM"],
  merchant: ["234"],
};

function killing(role: keyof typeof KILLED_AT): Affliction {
  return {
    listens: 0,
    befalls: ({ link }, { site }) =>
      KILLED_AT[role].includes(link === "237" ? "236" : link) && (role !== "merchant" || site.kind === "internet"),
    blows: ({ what, from, link }, { server }) => {
      const kills = role === "payment-server" ? server : role;
      const strike: Blow["strike"] = (t) => t.system.restart(kills);
      // it cannot go down while the message that it has just said is held up
      const isSpeaker = kills === from && (kills === "head-end" || kills === "concentrator");
      // the security card goes down with its terminal, and what is on the way to it
      const act: Blow["act"] = link === "SAM" ? () => "lose-link" : undefined;
      const beside = isSpeaker ? ({ isBeside: true } as const) : {};
      return [{ what: `${what}: ${kills} killed`, kills, strike, ...(act ? { act } : {}), ...beside }];
    },
  };
}

/** After two purchases the totals of both terminals hold something: what is taken back too often shows. */
export const LOST: Affliction = { ...acting("lost", () => []), listens: 2 };
export const LINK_LOST = acting("link lost", () => "lose-link");
/** Not a cancellation on the contacts of the security card: its protocol hands over each command once, and the second answer is of another meaning. */
export const TWICE = acting(
  "said twice",
  (message) => [message, message],
  ({ link, given }) => link !== "SAM" || given === undefined,
);
export const LATE = acting(
  "past its deadline",
  () => "late",
  (word) => !APDUS.includes(word.link) && !isAnswer(word),
);
export const SWAPPED: Affliction = { listens: 0, befalls: ({ link }) => CHANNELS.includes(link), blows: swapped };
export const INTRUDED: Affliction = {
  listens: 0,
  befalls: ({ link, from }) =>
    ((link === "236" || link === "234") && from === "head-end") || (link === "LAN" && from !== "concentrator"),
  blows: intruder,
};
/** What no good purchase has cannot be listened to. */
export const ALTERED: Affliction = { listens: 1, befalls: ({ given }) => given === undefined, blows: alterations };
/** A terminal and its security card are one device: what passes its contacts may be damaged, but nobody says old things there. */
const isNetwork: Affliction["befalls"] = ({ link, from, given }) =>
  given === undefined && (link !== "SAM" || from !== "terminal");

export const EXCHANGED: Affliction = { listens: 2, befalls: isNetwork, blows: foreignParts };
export const OTHER_KIND: Affliction = { listens: 1, befalls: isNetwork, blows: otherKind };
export const KILLED: readonly Affliction[] = [
  killing("head-end"),
  killing("payment-server"),
  killing("concentrator"),
  killing("terminal"),
  killing("merchant"),
];
export const PULLED: Affliction = {
  listens: 0,
  befalls: ({ link, id }) => link === "235" || ["CABLE-E2", "CABLE-E3", "CABLE-EB"].includes(id),
  blows: ({ what }) => [{ what: `${what}: card pulled`, strike: (t) => t.system.removeCard(), isPulled: true }],
};
