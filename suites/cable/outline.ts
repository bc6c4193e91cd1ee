/** A purchase told in lines, so that one from the cable provider can be laid beside one on the Internet. */
import { toHex } from "../../harness/core/bytes.ts";
import type { LinkName } from "../../harness/core/trace.ts";
import type { MessageEvent, PurchaseObservation } from "../../harness/flows/system.ts";
import { tlvOutline } from "../payment/variants/outline.ts";

const LAN_HEADER = 4;
/** CLA of SELECT, and of no command of a draw. */
const SELECT_CLA = 0x00;
/** What passes between head end and merchant has no place in a purchase from the head end itself; the rest is the user's screen. */
const LEFT_OUT: readonly LinkName[] = ["234", "ui"];

/** Link and names of what passed, none of the values; 236 and 237 are one. A PSAM may have to be selected first: that is left out. */
export function outlineOf({ events }: PurchaseObservation): readonly string[] {
  const lines: string[] = [];
  let isSelecting = false;
  for (const event of events) {
    if (event.kind !== "message" || LEFT_OUT.includes(event.link)) continue;
    if (event.link === "SAM" && event.from !== "psam") isSelecting = event.bytes[0] === SELECT_CLA;
    if (event.link !== "SAM" || !isSelecting) lines.push(`${linkOf(event)} ${wordsOf(event)}`);
  }
  return lines;
}

function linkOf({ link }: MessageEvent): string {
  return link === "236" || link === "237" ? "payment server" : link;
}

function wordsOf({ link, from, bytes }: MessageEvent): string {
  switch (link) {
    case "LAN":
      return tlvOutline(bytes.subarray(LAN_HEADER));
    case "235":
    case "SAM":
      return from === "card" || from === "psam"
        ? `${bytes.length - 2} ${toHex(bytes.subarray(-2))}`
        : toHex(bytes.subarray(0, 4));
    default:
      return tlvOutline(bytes);
  }
}
