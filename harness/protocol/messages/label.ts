import type { LinkName, RoleName } from "../../core/trace.ts";

/** Bytes before the message itself: a LAN frame names the terminal first (`messages.md` 5). */
const LAN_HEADER_BYTES = 4;

/** The link's message proper: without the terminal number on the LAN. */
export function messageBody(link: LinkName, bytes: Uint8Array): Uint8Array {
  return link === "LAN" ? bytes.subarray(LAN_HEADER_BYTES) : bytes;
}

/**
 * What a message is known by on its link: the template tag; on 235 and SAM the instruction byte, of a response that of
 * the command it answers (undefined when that is not known); on 234, 238 and batch the first line, of a response that of the request
 * behind "response "; on HSM the command or answer code of two letters.
 */
export function labelOf(
  link: LinkName,
  from: RoleName,
  bytes: Uint8Array,
  inReplyTo?: Uint8Array,
): number | string | undefined {
  switch (link) {
    case "cable":
    case "236":
    case "237":
    case "line":
    case "LAN":
      return messageBody(link, bytes)[0];
    case "235":
    case "SAM":
      return isCardSide(from) ? inReplyTo?.[1] : bytes[1];
    case "HSM":
      return ASCII.decode(bytes.subarray(4, 6));
    case "234":
    case "238":
    case "batch":
      return isHttpServer(from, bytes)
        ? `response ${inReplyTo ? firstLine(inReplyTo) : ""}`.trimEnd()
        : firstLine(bytes);
    case "ui":
      return undefined;
    default:
      return undefined;
  }
}

const ASCII = new TextDecoder("latin1");

/** Roles that ask on one link and answer on another are told apart by the line: an answer begins with its status. */
function isHttpServer(from: RoleName, bytes: Uint8Array): boolean {
  if (from === "merchant" || from === "bank-server") return true;
  return (bytes[0] ?? 0) >= 0x31 && (bytes[0] ?? 0) <= 0x35;
}

/** True for the role that answers APDUs. */
export function isCardSide(role: RoleName): boolean {
  return role === "card" || role === "psam";
}

/** Text up to the first line feed, e.g. "POST /checkout". */
export function firstLine(bytes: Uint8Array): string {
  const end = bytes.indexOf(0x0a);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
