/** The callbacks of pcsclite as promises. */
import type { NativeReader } from "./session.ts";

export interface CardStatus {
  /** Bits SCARD_STATE_*. */
  readonly state: number;
  readonly atr: Uint8Array;
}

/** Connects for this process alone; resolves with the protocol, SCARD_PROTOCOL_T0 or _T1. */
export function connectExclusive(native: NativeReader): Promise<number> {
  const options = {
    share_mode: native.SCARD_SHARE_EXCLUSIVE,
    protocol: native.SCARD_PROTOCOL_T0 | native.SCARD_PROTOCOL_T1,
  };
  return new Promise((resolve, reject) => {
    native.connect(options, (error, protocol) => (error ? reject(error) : resolve(protocol)));
  });
}

export function disconnect(native: NativeReader, disposition: number): Promise<void> {
  return new Promise((resolve, reject) => {
    native.disconnect(disposition, (error) => (error ? reject(error) : resolve()));
  });
}

/** Bytes of the longest short response APDU, with room to notice a longer one. */
const RESPONSE_BOUND = 258 + 256;

export function transmit(native: NativeReader, command: Uint8Array, protocol: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    native.transmit(Buffer.from(command), RESPONSE_BOUND, protocol, (error, response) =>
      error ? reject(error) : resolve(new Uint8Array(response)),
    );
  });
}

/** The first status of a reader object that was just made. */
export function firstStatus(native: NativeReader): Promise<CardStatus> {
  return new Promise((resolve, reject) => {
    native.once("status", ({ state, atr }) => resolve({ state, atr: new Uint8Array(atr ?? []) }));
    native.once("error", reject);
  });
}
