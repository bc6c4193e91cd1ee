/** CRC of the exerciser: CCITT, polynomial 1021, start FFFF, highest bit first, not inverted at the end (`test-cards.md` 4). */
export const CRC_START = 0xffff;

export function crcOver(bytes: Uint8Array, start = CRC_START): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
