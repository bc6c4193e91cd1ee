/** A copy of `bytes` in which every byte has an odd number of one bits (DES keys; the lowest bit is the parity bit). */
export function oddParity(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (hasOddParity(byte) ? byte : byte ^ 1));
}

/** True when every byte of a DES key has odd parity, as an HSM checks it. */
export function isOddParity(bytes: Uint8Array): boolean {
  return bytes.every(hasOddParity);
}

function hasOddParity(byte: number): boolean {
  const folded = byte ^ (byte >> 4);
  const quarter = folded ^ (folded >> 2);
  return ((quarter ^ (quarter >> 1)) & 1) === 1;
}
