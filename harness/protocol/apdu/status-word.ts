import { PursebenchError } from "../../core/errors.ts";

declare const brand: unique symbol;

/** SW1 SW2 as one number, 6100..6FFF or 9000..9FFF (ISO/IEC 7816-4, 5.1.3). */
export type StatusWord = number & { readonly [brand]: "StatusWord" };

/** True for what the clause allows as a status: 6xxx or 9xxx, but 60xx (a procedure byte of T=0) never. */
export function isStatusWord(value: number): value is StatusWord {
  const high = value & 0xf000;
  return (value & 0xffff) === value && (high === 0x9000 || (high === 0x6000 && value >= 0x6100));
}

/** The branded value. Throws `PROTOCOL` for a number that is no status word. */
export function statusWord(value: number): StatusWord {
  if (!isStatusWord(value))
    throw new PursebenchError("PROTOCOL", `${value} is no status word (6100..6FFF, 9000..9FFF)`);
  return value;
}

/** First byte of a status word. */
export function sw1(status: StatusWord): number {
  return status >> 8;
}

/** Second byte of a status word. */
export function sw2(status: StatusWord): number {
  return status & 0xff;
}

/** The status words of the purse profile: number and meaning. 61xx, 63Cx and 6Cxx carry a number and are described apart. */
export const STATUS_WORDS = {
  SUCCESS: [0x9000, "success"],
  MEMORY_FAILURE: [0x6581, "memory failure: the card could not write"],
  WRONG_LENGTH: [0x6700, "wrong length"],
  SECURITY_STATUS: [0x6982, "security status not satisfied"],
  AUTHENTICATION_BLOCKED: [0x6983, "authentication method blocked"],
  CONDITIONS_NOT_SATISFIED: [0x6985, "conditions of use not satisfied"],
  SECURE_MESSAGING_WRONG: [0x6988, "secure messaging data objects are wrong"],
  WRONG_DATA: [0x6a80, "wrong parameters in the data field"],
  FUNCTION_NOT_SUPPORTED: [0x6a81, "function not supported"],
  FILE_NOT_FOUND: [0x6a82, "file or application not found"],
  RECORD_NOT_FOUND: [0x6a83, "record not found"],
  WRONG_P1_P2: [0x6a86, "wrong P1 P2"],
  WRONG_REFERENCE: [0x6b00, "wrong parameters P1 P2: outside of what exists"],
  INS_NOT_SUPPORTED: [0x6d00, "instruction not supported"],
  CLA_NOT_SUPPORTED: [0x6e00, "class not supported"],
  NO_DIAGNOSIS: [0x6f00, "no precise diagnosis"],
  SIGNATURE_WRONG: [0x9302, "MAC or signature wrong"],
  APPLICATION_BLOCKED: [0x9303, "application blocked"],
  INSUFFICIENT_VALUE: [0x9401, "insufficient value"],
  COUNTER_AT_MAXIMUM: [0x9402, "transaction counter at its maximum"],
  KEY_VERSION_UNKNOWN: [0x9403, "key version unknown"],
  NEGATIVE_RESULT: [0x9404, "card reported a negative result"],
  SIGNATURE_NOT_AVAILABLE: [0x9406, "signature not available"],
  TOTALS_BELOW: [0x9418, "more than the totals hold confirmed"],
  OUT_OF_TURN: [0x9419, "another collection is kept, or the update is not a new one"],
} as const satisfies Record<string, readonly [number, string]>;

export type StatusName = keyof typeof STATUS_WORDS;

/** The status word of that name: `sw("SUCCESS")` is 9000. */
export function sw(name: StatusName): StatusWord {
  return statusWord(STATUS_WORDS[name][0]);
}

/** 61xx: `available` (1 to 256) more bytes wait for GET RESPONSE. 256 is written 6100. */
export function bytesAvailable(available: number): StatusWord {
  return withLength(0x6100, available);
}

/** 6Cxx: repeat the command with Le = `exact` (1 to 256). */
export function wrongLe(exact: number): StatusWord {
  return withLength(0x6c00, exact);
}

/** Upper-case hex and meaning, e.g. "9401 insufficient value". Any number is described, a status word or not. */
export function describeStatusWord(status: number): string {
  return `${status.toString(16).toUpperCase().padStart(4, "0")} ${meaningOf(status)}`;
}

function meaningOf(status: number): string {
  const known = MEANINGS.get(status);
  if (known !== undefined) return known;
  const low = status & 0xff;
  if (status >> 8 === 0x61) return `${low || 256} more bytes available`;
  if (status >> 8 === 0x6c) return `wrong Le, ${low || 256} is right`;
  if (status >> 4 === 0x63c) return `verification failed, ${status & 0x0f} tries left`;
  return isStatusWord(status) ? "not in the purse profile" : "no status word";
}

function withLength(base: number, length: number): StatusWord {
  if (!Number.isInteger(length) || length < 1 || length > 256) {
    throw new PursebenchError("PROTOCOL", `${length} bytes cannot be told in SW2 (1 to 256)`);
  }
  return statusWord(base | (length & 0xff));
}

const MEANINGS: ReadonlyMap<number, string> = new Map(Object.values(STATUS_WORDS));
