/** What a card reader on a serial line reports. `name` is that of the line. */
import { messageOf, PursebenchError } from "../../core/errors.ts";

export function mute(name: string, tellsPresence: boolean): PursebenchError {
  const what = tellsPresence
    ? "the card gave no answer to reset"
    : "no answer to reset: no card is there, or a mute one";
  return new PursebenchError("DEVICE_SILENT", `${name}: ${what}`, {
    owner: "card",
    mend: "turn the card over, clean its contacts, and check the frequency switch of the interface against the baud rate",
  });
}

export function badAtr(name: string, reason: string): PursebenchError {
  return new PursebenchError("DEVICE_GARBLED", `${name}: no valid answer to reset: ${reason}`, {
    owner: "card",
    mend: "check the baud rate against the frequency of the interface: 9600 bit/s at 3.58 MHz",
  });
}

export function noCard(name: string): PursebenchError {
  return new PursebenchError("DEVICE_ABSENT", `there is no card in ${name}`, { owner: "card", mend: "insert a card" });
}

export function cardLost(name: string): PursebenchError {
  return new PursebenchError("DEVICE_LOST", `the card was removed from ${name}`, {
    owner: "card",
    mend: "leave the card in the reader",
  });
}

export function lineGone(name: string, cause: unknown): PursebenchError {
  return new PursebenchError("DEVICE_LOST", `${name} is gone: ${messageOf(cause)}`, {
    owner: "reader",
    mend: "check the cable and the adapter, then open the line again",
  });
}

export function closed(what: string): PursebenchError {
  return new PursebenchError("DEVICE_LOST", `${what} was closed`, { owner: "reader" });
}

export function overdue(name: string, doing: string): PursebenchError {
  return new PursebenchError("DEVICE_SILENT", `${name}: ${doing}: no answer before the deadline`, { owner: "card" });
}

/** The card and the reader are out of step: nothing but a reset helps (ISO/IEC 7816-3, 11.6.3.2). */
export function outOfStep(name: string, since: string): PursebenchError {
  return new PursebenchError("DEVICE_SILENT", `${name}: the card has to be reset first, since ${since}`, {
    owner: "card",
    mend: "reset the card",
  });
}

export function noEcho(name: string): PursebenchError {
  return new PursebenchError("DEVICE_SILENT", `${name}: the interface does not send back what it is sent`, {
    owner: "reader",
    mend: "check cable and supply of the interface; for one without echo say so (`echo: false`)",
  });
}

export function wrongEcho(name: string): PursebenchError {
  return new PursebenchError("DEVICE_GARBLED", `${name}: the interface sends back other bytes than it was sent`, {
    owner: "reader",
    mend: "check baud rate and parity; for an interface without echo say so (`echo: false`)",
  });
}
