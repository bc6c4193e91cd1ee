/** Tables of ISO/IEC 7816-3, 8.3: what the nibbles of TA1 stand for. Undefined entries are reserved for future use. */

/** Fi, clock rate conversion, by the high nibble of TA1 (table 7). */
const FI: readonly (number | undefined)[] = [
  372,
  372,
  558,
  744,
  1116,
  1488,
  1860,
  undefined,
  undefined,
  512,
  768,
  1024,
  1536,
  2048,
  undefined,
  undefined,
];

/** f(max) in kHz, by the high nibble of TA1 (table 7). */
const F_MAX_KHZ: readonly (number | undefined)[] = [
  4000,
  5000,
  6000,
  8000,
  12000,
  16000,
  20000,
  undefined,
  undefined,
  5000,
  7500,
  10000,
  15000,
  20000,
  undefined,
  undefined,
];

/** Di, baud rate adjustment, by the low nibble of TA1 (table 8). */
const DI: readonly (number | undefined)[] = [undefined, 1, 2, 4, 8, 16, 32, 64, 12, 20];

/** Fi of a TA1 value, or undefined when it is reserved. */
export function clockRateConversion(ta1: number): number | undefined {
  return FI[(ta1 >> 4) & 0x0f];
}

/** The highest clock frequency in kHz of a TA1 value, or undefined when it is reserved. */
export function maxClockKhz(ta1: number): number | undefined {
  return F_MAX_KHZ[(ta1 >> 4) & 0x0f];
}

/** Di of a TA1 value, or undefined when it is reserved. */
export function baudRateAdjustment(ta1: number): number | undefined {
  return DI[ta1 & 0x0f];
}
