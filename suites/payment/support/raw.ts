/** Elements of a message as they stand on the link, read without the codec's opinion of what belongs there. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { MessageEvent, PurchaseObservation } from "../../../harness/flows/system.ts";
import { type ElementName, elementByTag } from "../../../harness/protocol/messages/elements.ts";
import { parseTlv } from "../../../harness/protocol/tlv/read-tlv.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { apdusOn, messagesOn } from "./observe.ts";

export const DRAW_REQUEST = 0xea;

export interface RawElement {
  readonly name: ElementName | undefined;
  readonly value: Uint8Array;
}

/** In the order in which they stand; none where the message is no TLV. */
export function rawElements(event: MessageEvent): readonly RawElement[] {
  const parsed = parseTlv(event.bytes);
  if (!parsed.ok) return [];
  return (parsed.nodes[0]?.children ?? []).map(({ tag, value }) => ({ name: elementByTag(tag), value }));
}

/** Value of one element in hex; a failed expectation when it is not there. */
export function rawHex(t: CaseContext, event: MessageEvent, name: ElementName, about?: About): string {
  const found = rawElements(event).find((each) => each.name === name);
  return toHex(t.expect.present(`${name} in the message`, found, { at: event, ...about }).value);
}

/** Everything with the tag of a draw request that the head end sent on link 236, well-formed or not. */
export function drawRequests(seen: PurchaseObservation): readonly MessageEvent[] {
  return messagesOn(seen, "236", "head-end").filter(({ bytes }) => bytes[0] === DRAW_REQUEST);
}

export function theDrawRequest(t: CaseContext, seen: PurchaseObservation, about?: About): MessageEvent {
  return t.expect.present("draw request (612) on link 236", drawRequests(seen)[0], about);
}

/** What the card answered to the INITIALIZE IEP of this purchase, without status word. */
export function initialiseAnswer(t: CaseContext, seen: PurchaseObservation): { event: MessageEvent; INITRSP: string } {
  const pair = apdusOn(seen, "235", 0x50).at(-1);
  const event = t.expect.present("the card's answer to INITIALIZE IEP on link 235", pair?.response);
  return { event, INITRSP: toHex(event.bytes.subarray(0, -2)) };
}
