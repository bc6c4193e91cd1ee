/** The card's end of the transmission protocol, which a TPDU-level reader leaves to reader driver and card. */
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";

export interface IccEnd {
  /** What the card sends for `tpdu`; `null` when it stays mute. */
  transfer(tpdu: Uint8Array): Promise<Uint8Array | null>;
}

/**
 * Answers parameter selection, which may only come first after a reset (ISO/IEC 7816-3, 9), by accepting every
 * proposal: a pseudo terminal has no bit rate. Everything else goes to `end`.
 */
export function withParameterSelection(end: IccEnd): IccEnd {
  let isFirst = true;
  return {
    async transfer(tpdu) {
      const isRequest = isFirst && tpdu[0] === PPSS && tpdu.reduce((sum, byte) => sum ^ byte, 0) === 0;
      isFirst = false;
      return isRequest ? tpdu : await end.transfer(tpdu);
    },
  };
}

/** First byte of a protocol and parameters selection request. */
const PPSS = 0xff;

/** T=0 of a card that takes TPDUs: one command TPDU, one response (ISO/IEC 7816-3, 10.3); procedure bytes are the reader's business. */
export function tpduEnd(card: VirtualCard): IccEnd {
  return { transfer: async (tpdu) => await card.transmit(tpdu) };
}
