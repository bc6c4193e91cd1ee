import { type Delivered, encodeDelivery } from "./delivery.ts";
import { encodeMessage, MAX_MESSAGE_BYTES } from "./message.ts";

/** Tag and length field of a delivery of that size. */
const HEAD_BYTES = 5;

/** A delivery (`clearing.md` 4) of as many of these, from the first on, as one message holds. */
export function encodeDeliveryPart(messages: readonly Delivered[]): Uint8Array {
  let length = HEAD_BYTES;
  const fitting: Delivered[] = [];
  for (const message of messages) {
    length += encodeMessage(message).length;
    if (length > MAX_MESSAGE_BYTES) break;
    fitting.push(message);
  }
  return encodeDelivery(fitting);
}
