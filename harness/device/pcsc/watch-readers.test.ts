import { expect, test } from "vitest";
import { readStatus } from "./watch-readers.ts";

// pcsclite.h
const BITS = {
  SCARD_STATE_EMPTY: 0x0010,
  SCARD_STATE_PRESENT: 0x0020,
  SCARD_STATE_INUSE: 0x0100,
  SCARD_STATE_MUTE: 0x0200,
};
const ATR = Uint8Array.of(0x3b, 0x00);

test.each([
  [0x0022, { slot: "card", atr: ATR, inUse: false }],
  [0x00010122, { slot: "card", atr: ATR, inUse: true }],
  [0x0222, { slot: "mute", atr: new Uint8Array(0), inUse: false }],
  [0x0012, { slot: "empty", atr: new Uint8Array(0), inUse: false }],
  [0x0006, { slot: "unknown", atr: new Uint8Array(0), inUse: false }],
])("state %i of a reader", (state, expected) => {
  expect(readStatus(BITS, { state, atr: ATR })).toEqual(expected);
});
