import type { LinkName, RoleName } from "../../core/trace.ts";
import { isCardSide, labelOf, messageBody } from "./label.ts";
import { parseMessage } from "./message.ts";

/** Steps by template tag (`messages.md` 2, 3 and 5); what has none is no step of the seed. */
const STEPS_236: ReadonlyMap<number, string> = new Map([
  [0xea, "612"],
  [0xeb, "616"],
  [0xec, "622"],
  [0xed, "634"],
]);

const STEPS_CABLE: ReadonlyMap<number, string> = new Map([
  [0xe1, "602"],
  [0xe2, "607"],
  [0xe3, "608"],
  [0xeb, "617"],
  [0xec, "621"],
  [0xe8, "641"],
]);

const STEPS_TERMINAL: ReadonlyMap<number, string> = new Map([
  [0xf1, "686"],
  [0xf2, "694"],
  [0xf3, "624"],
  [0xf4, "628"],
]);

const USER_MESSAGE_TAG = 0xe7;

/**
 * The step of the seed document that a message is, or undefined when it is none. `bytes` are what passes on the link:
 * an APDU, a TLV message (behind the terminal number on the LAN), "METHOD /path\n\nbody" or "200\n\nbody" on 234.
 * A response on 235, SAM and 234 does not say what it answers; `inReplyTo` is the request.
 */
export function stepOf(link: LinkName, from: RoleName, bytes: Uint8Array, inReplyTo?: Uint8Array): string | undefined {
  switch (link) {
    case "236":
      return STEPS_236.get(bytes[0] ?? 0);
    case "cable":
      return stepOnCable(bytes);
    case "LAN":
    case "line":
      return STEPS_TERMINAL.get(messageBody(link, bytes)[0] ?? 0);
    case "235":
      return isCardSide(from) ? stepOfCardAnswer(inReplyTo) : stepOfCardCommand(bytes);
    case "SAM":
      return isCardSide(from) ? stepOfPsamAnswer(inReplyTo) : stepOfPsamCommand(bytes);
    case "234":
      return stepOnHttp(labelOf(link, from, bytes, inReplyTo));
    case "ui":
      return undefined;
    default:
      return undefined;
  }
}

/** A user message is step 636 ("debited") with CC 0000 and no step otherwise. */
function stepOnCable(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== USER_MESSAGE_TAG) return STEPS_CABLE.get(bytes[0] ?? 0);
  const message = parseMessage(bytes);
  return message.kind === "user-message" && message.CC === "0000" ? "636" : undefined;
}

function stepOfCardCommand([, INS]: Uint8Array): string | undefined {
  if (INS === 0xa4 || INS === 0x50) return "608";
  return INS === 0x54 ? "618" : undefined;
}

function stepOfCardAnswer(inReplyTo: Uint8Array | undefined): string | undefined {
  return inReplyTo?.[1] === 0x54 ? "620" : undefined;
}

function stepOfPsamCommand([, INS, P1]: Uint8Array): string | undefined {
  if (INS === 0x72 || (INS === 0x70 && (P1 === 0x00 || P1 === 0x01))) return "688";
  return INS === 0x74 ? "626" : undefined;
}

function stepOfPsamAnswer(inReplyTo: Uint8Array | undefined): string | undefined {
  if (inReplyTo?.[1] === 0x72) return "692";
  return inReplyTo?.[1] === 0x74 ? "628" : undefined;
}

/** The page is asked for with POST /checkout; every other POST goes to a status URL. */
function stepOnHttp(label: number | string | undefined): string | undefined {
  if (typeof label !== "string") return undefined;
  const isAnswer = label.startsWith("response ");
  const request = isAnswer ? label.slice("response ".length) : label;
  if (!request.startsWith("POST ")) return undefined;
  const isCheckout = request === "POST /checkout" || request.startsWith("POST /checkout?");
  if (isCheckout) return isAnswer ? "606" : "604";
  return isAnswer ? "640" : "636";
}
