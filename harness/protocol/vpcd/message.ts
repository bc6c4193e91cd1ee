/** What a reader says to a vpcd card: one-byte messages are control codes, longer ones are command APDUs. */
import { unreachable } from "../../core/errors.ts";

export type VpcdRequest =
  /** No answer is sent to the first three. */
  | { readonly kind: "power-off" }
  | { readonly kind: "power-on" }
  | { readonly kind: "reset" }
  /** Answered with the answer to reset. */
  | { readonly kind: "atr" }
  /** Answered with the response APDU. `command` has two bytes or more: a single byte cannot be told from a control code. */
  | { readonly kind: "apdu"; readonly command: Uint8Array }
  | { readonly kind: "unrecognised"; readonly bytes: Uint8Array };

const CONTROL = { "power-off": 0x00, "power-on": 0x01, reset: 0x02, atr: 0x04 } as const;

/** The card's end: what `message` asks for. Total. */
export function decodeVpcdRequest(message: Uint8Array): VpcdRequest {
  if (message.length > 1) return { kind: "apdu", command: message };
  switch (message[0]) {
    case CONTROL["power-off"]:
      return { kind: "power-off" };
    case CONTROL["power-on"]:
      return { kind: "power-on" };
    case CONTROL.reset:
      return { kind: "reset" };
    case CONTROL.atr:
      return { kind: "atr" };
    default:
      return { kind: "unrecognised", bytes: message };
  }
}

/** The reader's end: the message for `request`. */
export function encodeVpcdRequest(request: VpcdRequest): Uint8Array {
  switch (request.kind) {
    case "power-off":
    case "power-on":
    case "reset":
    case "atr":
      return Uint8Array.of(CONTROL[request.kind]);
    case "apdu":
      return request.command;
    case "unrecognised":
      return request.bytes;
    default:
      return unreachable(request);
  }
}
