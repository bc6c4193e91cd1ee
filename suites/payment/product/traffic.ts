/** Messages by short names, so that what passed can be held against a table. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { LinkName } from "../../../harness/core/trace.ts";
import type { MessageEvent, PurchaseObservation } from "../../../harness/flows/system.ts";
import { parseMessage } from "../../../harness/protocol/messages/message.ts";
import { eventsOf, messagesOn } from "../support/observe.ts";
import type { Traffic } from "./expected.ts";

/** Bytes of the terminal number in front of a message on the LAN. */
const LAN_HEADER = 4;
/** SELECT of the security card, which is part of no transaction. */
const SELECT = 0xa4;

/** What `seen` holds link by link, in the words of the table: commands of APDU links, templates and request lines elsewhere. */
export function trafficIn(seen: PurchaseObservation): Traffic {
  const traffic: Partial<Record<LinkName, string[]>> = {};
  for (const event of eventsOf(seen)) {
    if (event.kind !== "message" || event.link === "ui" || isAside(event)) continue;
    const line = traffic[event.link] ?? [];
    line.push(labelOf(event, seen));
    traffic[event.link] = line;
  }
  return traffic;
}

/**
 * Template tag; header of a command; method and first part of the path, or the status. An answer on 235 and SAM is named by its command.
 */
export function labelOf(event: MessageEvent, seen: PurchaseObservation): string {
  const { link, bytes } = event;
  switch (link) {
    case "234":
    case "238":
      return firstWords(bytes);
    case "235":
    case "SAM":
      return isAnswer(event) ? `answer to ${commandBefore(event, seen)}` : header(event);
    case "LAN":
      return toHex(bytes.subarray(LAN_HEADER, LAN_HEADER + 1));
    default:
      return toHex(bytes.subarray(0, 1));
  }
}

/** Requests that got an answer, among messages of `near` and the other end of the link. */
export function roundTrips(seen: PurchaseObservation, link: LinkName, near: MessageEvent["from"]): number {
  const messages = messagesOn(seen, link);
  return messages.filter(({ from }, index) => {
    const next = messages[index + 1];
    return from === near && next !== undefined && next.from !== near;
  }).length;
}

/** What is no part of the table: answers of cards, SELECT of the security card, the message "debited". */
function isAside(event: MessageEvent): boolean {
  const { link, bytes } = event;
  if (link === "235" || link === "SAM") return isAnswer(event) || (link === "SAM" && bytes[1] === SELECT);
  if (link !== "cable" || bytes[0] !== 0xe7) return false;
  const message = parseMessage(bytes);
  return message.kind === "user-message" && message.CC === "0000";
}

function isAnswer({ from }: MessageEvent): boolean {
  return from === "card" || from === "psam";
}

function header({ link, bytes }: MessageEvent): string {
  return link === "SAM" ? toHex(bytes.subarray(1, 3)) : toHex(bytes.subarray(0, 4));
}

function commandBefore(answer: MessageEvent, seen: PurchaseObservation): string {
  const commands = messagesOn(seen, answer.link).filter((event) => event.n < answer.n && !isAnswer(event));
  const last = commands.at(-1);
  return last === undefined ? "nothing" : header(last);
}

function firstWords(bytes: Uint8Array): string {
  const [head = ""] = new TextDecoder().decode(bytes).split("\n");
  return /^(POST \/[a-z]+|GET \/[a-z]*|\d+)/.exec(head)?.[0] ?? head;
}
