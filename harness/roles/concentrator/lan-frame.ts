import { concat, fromHex, toHex } from "../../core/bytes.ts";

/** What passes on the LAN (`messages.md` 5): terminal number in 4 bytes, message. The carrier adds the length. */
export interface LanFrame {
  /** 8 hex digits. */
  readonly IDTERM: string;
  readonly message: Uint8Array;
}

const HEADER_BYTES = 4;

/** `IDTERM`: 8 hex digits. */
export function encodeLanFrame({ IDTERM, message }: LanFrame): Uint8Array {
  return concat(fromHex(IDTERM), message);
}

/** Undefined when the header is not complete. `message` is a view, and may be empty. */
export function parseLanFrame(bytes: Uint8Array): LanFrame | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  return { IDTERM: toHex(bytes.subarray(0, HEADER_BYTES)), message: bytes.subarray(HEADER_BYTES) };
}
