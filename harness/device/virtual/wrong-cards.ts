/** Cards that are wrong on purpose, for tests of readers, of the bench and of what it says. */
import { fromHex } from "../../core/bytes.ts";
import type { VirtualCard } from "./virtual-card.ts";

/** T=1, IFSC 254, BWI 4, CWI 5, LRC, historical bytes "test". */
export const TEST_ATR = fromHex("3B84 81 31 FE 45 74657374 99");

/** Gives no answer to reset. */
export function muteCard(): VirtualCard {
  return { powerOn: () => null, reset: () => null, transmit: () => null };
}

/** Its answer to reset announces 15 historical bytes and ends after two. */
export function malformedAtrCard(): VirtualCard {
  const atr = fromHex("3B8F 81 4142");
  return { powerOn: () => atr, reset: () => atr, transmit: () => fromHex("6F00") };
}

/** Answers every command with `response`, as soon as `ready` of the command resolves. */
export function answeringCard(response: Uint8Array, ready?: () => Promise<void>): VirtualCard {
  const answer = ready ? () => ready().then(() => response) : () => response;
  return { powerOn: () => TEST_ATR, reset: () => TEST_ATR, transmit: answer };
}

/** Takes commands and never answers, and never gives up either. */
export function hangingCard(): VirtualCard {
  return { powerOn: () => TEST_ATR, reset: () => TEST_ATR, transmit: () => new Promise(() => undefined) };
}
