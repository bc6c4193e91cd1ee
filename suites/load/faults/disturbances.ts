/** What befalls a message of a load, and what it takes to do that; the columns of the matrix. */
import type { LinkFault, ServerRole } from "../../../harness/flows/system.ts";
import { messageBody } from "../../../harness/protocol/messages/label.ts";
import type { CaseContext } from "../../define/case.ts";
import { BITS, flipped, sameParts } from "../../payment/faults/parts.ts";
import { messagesOn } from "../../payment/support/observe.ts";
import { bodyOf, eventsIn, holderRole } from "../support/page.ts";
import { type Source, siteOf } from "../support/sources.ts";
import { partsOf } from "./parts.ts";
import { type Word, wordsOf } from "./words.ts";

type Seen = Parameters<typeof eventsIn>[0];

/** One load that is disturbed. */
export interface Blow {
  readonly what: string;
  readonly act?: LinkFault["act"];
  /** What becomes of each later message of its sender on the link. */
  readonly next?: LinkFault["act"];
  /** At the moment the message passes, before it is delivered; `message` as it was recorded. */
  readonly strike?: (t: CaseContext, message: Uint8Array) => Promise<unknown>;
  /** `strike` goes on beside the load. */
  readonly isBeside?: true;
  readonly kills?: ServerRole;
  /** The card is put back when the load is over. */
  readonly isPulled?: true;
}

export interface Column {
  /** For ids. */
  readonly id: "LOST" | "AGAIN" | "FORGED" | "KILLED" | "PULLED";
  /** Of the report. */
  readonly title: string;
  /** Good loads to be listened to beforehand. */
  readonly listens: 0 | 2;
  /** None: it cannot befall that message. */
  readonly blows: (word: Word, source: Source, earlier: readonly Seen[]) => readonly Blow[];
}

const APDUS: readonly string[] = ["235"];
const CHANNELS: readonly string[] = ["cable", "236"];

export const COLUMNS: readonly Column[] = [
  { id: "LOST", title: "lost, its link lost", listens: 0, blows: lost },
  { id: "AGAIN", title: "late, twice, out of turn, from others", listens: 0, blows: again },
  { id: "FORGED", title: "altered or exchanged", listens: 2, blows: forged },
  { id: "KILLED", title: "a party killed", listens: 0, blows: killed },
  { id: "PULLED", title: "card pulled", listens: 0, blows: pulled },
];

function lost({ what }: Word): readonly Blow[] {
  return [
    { what: `${what}: lost`, act: () => [] },
    { what: `${what}: link lost`, act: () => "lose-link" },
  ];
}

/** Nobody would hear it later than never: an answer that somebody waits for on a link of requests and answers. */
function isAnswer({ link, from }: Word): boolean {
  if (link === "234") return from !== "head-end";
  return from === "card" || from === "hsm";
}

function again(word: Word, source: Source): readonly Blow[] {
  const { what, link } = word;
  const late =
    APDUS.includes(link) || isAnswer(word) ? [] : [{ what: `${what}: past its deadline`, act: () => "late" as const }];
  return [
    { what: `${what}: said twice`, act: (message) => [message, message] },
    ...late,
    ...(CHANNELS.includes(link) ? [swapped(word)] : []),
    ...intruder(word, source),
  ];
}

/** The message waits for the sender's next one. */
function swapped({ what }: Word): Blow {
  const held: Uint8Array[] = [];
  const act: Blow["act"] = (message) => {
    held.push(message);
    return [];
  };
  return { what: `${what}: after the next one of its sender`, act, next: (message) => [message, ...held.splice(0)] };
}

/** Somebody else says the same on a channel of his own, just before. */
function intruder(word: Word, source: Source): readonly Blow[] {
  const isAsked = (word.link === "236" || word.link === "234") && word.from === "head-end";
  if (!isAsked && word.from !== "load-server") return [];
  if (!isAsked && word.link !== "HSM") return [];
  const strike = async (t: CaseContext, message: Uint8Array): Promise<unknown> => {
    if (word.link === "236") return await t.system.loadSession([message]);
    if (word.link === "HSM") return await t.system.hsm(message);
    const [line = ""] = new TextDecoder().decode(message).split("\n\n", 1);
    const [, path = "/"] = line.split(" ");
    const { SITE } = siteOf(t, source);
    return await t.system.http(SITE, { method: "POST", path, body: bodyOf(message), session: "0123456789ABCDEF" });
  };
  return [{ what: `${word.what}: said by somebody else as well`, strike, isBeside: true }];
}

function forged(word: Word, source: Source, earlier: readonly Seen[]): readonly Blow[] {
  return [...alterations(word, source, earlier), ...foreignParts(word, earlier), ...otherKind(word, source, earlier)];
}

/** Every part by itself; which bit of it changes from part to part and from source to source. */
function alterations(word: Word, { id }: Source, [earlier]: readonly Seen[]): readonly Blow[] {
  return partsOf(word, spoken(word, earlier)).map(({ name }, index) => {
    const bit = BITS[(id.length + index) % BITS.length] ?? "last";
    const act: Blow["act"] = (message) => {
      const part = partsOf(word, message).find((each) => each.name === name);
      return part ? part.withValue(flipped(part.value, bit))(message) : message;
    };
    return { what: `${word.what}: ${bit} bit of ${name}`, act };
  });
}

/** Every part that differs from load to load, then all of them. */
function foreignParts(word: Word, [one, other]: readonly Seen[]): readonly Blow[] {
  const first = partsOf(word, spoken(word, one));
  const spliced = partsOf(word, spoken(word, other))
    .filter((part) => {
      const twin = first.find(({ name }) => name === part.name);
      return !sameParts(twin, part);
    })
    .map(({ name, value, withValue }) => ({ what: `${word.what}: ${name} of an earlier load`, act: withValue(value) }));
  return [...spliced, { what: `${word.what}: that of an earlier load`, act: () => spoken(word, other) }];
}

/** The next message of the link, as it was in an earlier load; the first one for the last. */
function otherKind(word: Word, source: Source, [earlier]: readonly Seen[]): readonly Blow[] {
  const isOneWay = !CHANNELS.includes(word.link);
  const words = wordsOf(source).filter(({ link, from }) => link === word.link && (!isOneWay || from === word.from));
  const next = words[(words.findIndex(({ id }) => id === word.id) + 1) % words.length] ?? word;
  return [{ what: `${word.what}: in its place the ${next.what}`, act: () => spoken(next, earlier) }];
}

/** That message of a load, as faults see it: on 234 the body alone. */
export function spoken({ link, from, message, skip = 0 }: Word, seen: Seen | undefined): Uint8Array {
  const messages = seen ? messagesOn(eventsIn(seen), link) : [];
  const found = messages.filter((event, index) => {
    if (event.from !== from) return false;
    const asked = messages[index - 1]?.bytes ?? event.bytes;
    if (link === "235") return (from === "card" ? asked : event.bytes)[1] === message;
    if (link === "HSM") return String.fromCharCode(...event.bytes.subarray(4, 6)) === message;
    if (link !== "234") return messageBody(link, event.bytes)[0] === message;
    return String(message).endsWith(firstLine(from === "head-end" ? event.bytes : asked));
  })[skip];
  const bytes = found?.bytes ?? new Uint8Array(0);
  return link === "234" ? new TextEncoder().encode(bodyOf(bytes)) : bytes;
}

function firstLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).split("\n", 1)[0] ?? "";
}

type Killable = "head-end" | "bank-server" | "load-server" | "hsm";

/** Who stands at an end of that link. */
function ends({ link }: Word, source: Source): readonly Killable[] {
  switch (link) {
    case "cable":
      return ["head-end"];
    case "234":
      return ["head-end", holderRole(source)];
    case "236":
      return ["head-end", "load-server"];
    case "HSM":
      return ["load-server", "hsm"];
    default:
      return [];
  }
}

function killed(word: Word, source: Source): readonly Blow[] {
  return ends(word, source).map((kills) => {
    // it cannot go down while the message that it has just said is held up
    const isSpeaker = kills === word.from && (kills === "head-end" || word.link === "HSM");
    const strike: Blow["strike"] = (t) => t.system.restart(kills);
    return { what: `${word.what}: ${kills} killed`, kills, strike, ...(isSpeaker ? { isBeside: true } : {}) };
  });
}

const PULLED_AT: readonly string[] = ["CABLE-A2", "CABLE-A4", "CABLE-A6", "CABLE-A9"];

function pulled({ link, id, what }: Word): readonly Blow[] {
  if (link !== "235" && !PULLED_AT.includes(id)) return [];
  return [{ what: `${what}: card pulled`, strike: (t) => t.system.removeCard(), isPulled: true }];
}
