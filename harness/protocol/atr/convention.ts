/** Conventions of the characters on a card's I/O contact (ISO/IEC 7816-3, 8.1), as a UART of direct convention sees them. */

/** What such a UART makes of TS 3F of a card that sends the highest bit first and inverted. */
export const INVERSE_TS_AS_SEEN = 0x03;

/** The character that is meant by the one seen, and the other way round: bits reversed and inverted. */
export function inverted(byte: number): number {
  let value = 0;
  for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) === 0) value |= 0x80 >> bit;
  return value;
}

export function invertedAll(bytes: Uint8Array): Uint8Array {
  return bytes.map(inverted);
}
