/** A purchase told in lines: which message passed which link, with the names of what is in it and none of the values. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { MessageEvent, PurchaseObservation } from "../../../harness/flows/system.ts";
import { elementByTag } from "../../../harness/protocol/messages/elements.ts";
import { parseTlv } from "../../../harness/protocol/tlv/read-tlv.ts";
import { eventsOf } from "../support/observe.ts";

const T_DEBIT = 0xf2;
/** CLA of SELECT, and of no command of a draw. */
const SELECT_CLA = 0x00;
const LAN_HEADER = 4;

/** Everything in front of the terminal's debit command. A PSAM may have to be selected first: that is left out. */
export function outlineUntilDraw(seen: PurchaseObservation): readonly string[] {
  const messages = eventsOf(seen).filter((event): event is MessageEvent => event.kind === "message");
  const end = messages.findIndex((event) => event.link === "line" && event.bytes[0] === T_DEBIT);
  const isSelecting = (at: number) => {
    const event = messages[at];
    return event?.link === "SAM" && event.from !== "psam" && event.bytes[0] === SELECT_CLA;
  };
  const lines = messages.map((event, at) =>
    isSelecting(at) || isAnswerTo(event, isSelecting(at - 1)) ? [] : lineOf(event),
  );
  return lines.slice(0, end < 0 ? undefined : end).flat();
}

function isAnswerTo({ from }: MessageEvent, isSelecting: boolean): boolean {
  return isSelecting && from === "psam";
}

function lineOf(event: MessageEvent): readonly string[] {
  const { link, bytes, from } = event;
  switch (link) {
    case "ui":
      return [];
    case "LAN":
      return [`LAN ${tlvOutline(bytes.subarray(LAN_HEADER))}`];
    case "234":
      return [httpOutline(new TextDecoder().decode(bytes), from)];
    case "235":
    case "SAM":
      return [`${link} ${apduOutline(event)}`];
    default:
      return [`${link} ${tlvOutline(bytes)}`];
  }
}

/** "EA TOKEN STATE …": template tag and the names of the elements. */
export function tlvOutline(bytes: Uint8Array): string {
  const parsed = parseTlv(bytes);
  const children = parsed.ok ? (parsed.nodes[0]?.children ?? []) : [];
  const names = children.map(({ tag }) => elementByTag(tag) ?? tag.toString(16));
  return [toHex(bytes.subarray(0, 1)), ...names].join(" ");
}

/** Header of a command; length and status word of an answer. */
function apduOutline({ from, bytes }: MessageEvent): string {
  const isAnswer = from === "card" || from === "psam";
  return isAnswer ? `${bytes.length - 2} ${toHex(bytes.subarray(-2))}` : toHex(bytes.subarray(0, 4));
}

function httpOutline(text: string, from: MessageEvent["from"]): string {
  const [head = "", body = ""] = text.split("\n\n", 2);
  if (from === "merchant") {
    const names = [...body.matchAll(/<param name="([^"]*)"/g)].map(([, name]) => name);
    return `234 page ${head} ${names.sort().join(" ")}`;
  }
  return `234 ${head} ${[...new URLSearchParams(body).keys()].join(" ")}`;
}
