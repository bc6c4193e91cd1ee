/** Return codes of the PC/SC API (pcsc-lite, pcsclite.h) told in our own terms. */
import { type ErrorCode, messageOf, type Owner, PursebenchError } from "../../core/errors.ts";

interface Meaning {
  readonly code: ErrorCode;
  readonly owner: Owner;
  readonly mend?: string;
}

const START_PCSCD = "start pcscd (systemctl start pcscd.socket), or the virtual lab with `pursebench lab up`";

const CLEAN_CONTACTS = "clean the card's contacts or put another card in: this one gives no usable answer to reset";
const ANOTHER_CARD = "put another card in: this one stopped to answer";

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [0x8010001d, { code: "SERVICE_ABSENT", owner: "bench", mend: START_PCSCD }], // SCARD_E_NO_SERVICE
  [0x8010001e, { code: "SERVICE_ABSENT", owner: "bench", mend: START_PCSCD }], // SCARD_E_SERVICE_STOPPED
  [0x80100013, { code: "SERVICE_ABSENT", owner: "bench", mend: START_PCSCD }], // SCARD_F_COMM_ERROR: pcscd hung up
  [0x80100003, { code: "SERVICE_ABSENT", owner: "bench", mend: START_PCSCD }], // SCARD_E_INVALID_HANDLE: pcscd was restarted
  [0x80100009, { code: "DEVICE_LOST", owner: "reader", mend: "attach the reader again" }], // SCARD_E_UNKNOWN_READER
  [0x80100017, { code: "DEVICE_LOST", owner: "reader", mend: "attach the reader again" }], // SCARD_E_READER_UNAVAILABLE
  [0x8010002e, { code: "DEVICE_ABSENT", owner: "reader", mend: "attach a reader" }], // SCARD_E_NO_READERS_AVAILABLE
  [0x8010000c, { code: "DEVICE_ABSENT", owner: "card", mend: "insert a card" }], // SCARD_E_NO_SMARTCARD
  [0x8010000b, { code: "DEVICE_BUSY", owner: "bench", mend: "end the program that holds the card" }], // SCARD_E_SHARING_VIOLATION
  [0x80100069, { code: "DEVICE_LOST", owner: "card", mend: "leave the card in the reader" }], // SCARD_W_REMOVED_CARD
  [0x80100068, { code: "DEVICE_LOST", owner: "bench", mend: "let no other program reset the card" }], // SCARD_W_RESET_CARD
  [0x80100067, { code: "DEVICE_SILENT", owner: "card", mend: CLEAN_CONTACTS }], // SCARD_W_UNPOWERED_CARD: no answer to reset
  [0x80100066, { code: "DEVICE_GARBLED", owner: "card", mend: CLEAN_CONTACTS }], // SCARD_W_UNRESPONSIVE_CARD: parameter selection failed
  [0x80100065, { code: "DEVICE_GARBLED", owner: "card", mend: CLEAN_CONTACTS }], // SCARD_W_UNSUPPORTED_CARD
  [0x8010000f, { code: "DEVICE_GARBLED", owner: "card", mend: CLEAN_CONTACTS }], // SCARD_E_PROTO_MISMATCH: the ATR offers no protocol
  [0x80100016, { code: "DEVICE_SILENT", owner: "card", mend: ANOTHER_CARD }], // SCARD_E_NOT_TRANSACTED: the reader gave the card up
  [0x8010000a, { code: "DEVICE_SILENT", owner: "card", mend: ANOTHER_CARD }], // SCARD_E_TIMEOUT
  [0x80100008, { code: "DEVICE_GARBLED", owner: "card" }], // SCARD_E_INSUFFICIENT_BUFFER: more than any response APDU
]);

/** What pcsclite threw or passed on while doing `what`, e.g. `connecting to "reader"`. */
export function pcscError(what: string, thrown: unknown): PursebenchError {
  const text = messageOf(thrown);
  const meaning = MEANINGS.get(returnCode(text) ?? 0);
  if (!meaning) return new PursebenchError("DEVICE_GARBLED", `${what}: ${text}`, { owner: "reader", cause: thrown });
  const { code, ...rest } = meaning;
  return new PursebenchError(code, `${what}: ${text}`, { ...rest, cause: thrown });
}

/** pcsclite offers the return code as text only: "SCardConnect error: No smart card inserted.(0x8010000c)". */
function returnCode(text: string): number | undefined {
  const digits = /\(0x([0-9a-f]{8,16})\)/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits.slice(-8), 16);
}
