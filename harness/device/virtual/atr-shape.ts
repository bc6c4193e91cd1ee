/**
 * The protocol that a reader would start after `atr`: T of the first TD, T=0 when there is none (ISO/IEC 7816-3, 8.2.3);
 * `undefined` when the answer is malformed or offers nothing else. What the driver of a real reader decides, no more:
 * the full reading is `protocol/atr`, which a device does not import.
 */
export function offersProtocol(atr: Uint8Array): "T=0" | "T=1" | undefined {
  const [ts, t0] = atr;
  if ((ts !== 0x3b && ts !== 0x3f) || t0 === undefined || atr.length > 33) return undefined;
  const protocols: number[] = [];
  let at = 2;
  let indicator: number | undefined = t0 >> 4; // Y(i): which of TA, TB, TC, TD follow
  while (indicator !== undefined) {
    at += bits(indicator & 0x07);
    const td: number | undefined = indicator & 0x08 ? atr[at++] : undefined;
    if (indicator & 0x08 && td === undefined) return undefined;
    if (td !== undefined) protocols.push(td & 0x0f);
    indicator = td === undefined ? undefined : td >> 4;
  }
  const hasTck = protocols.some((protocol) => protocol !== 0);
  if (atr.length !== at + (t0 & 0x0f) + (hasTck ? 1 : 0)) return undefined;
  if (hasTck && atr.subarray(1).reduce((sum, byte) => sum ^ byte, 0) !== 0) return undefined;
  const [first = 0] = protocols;
  return first === 0 ? "T=0" : first === 1 ? "T=1" : undefined;
}

function bits(value: number): number {
  return (value & 1) + ((value >> 1) & 1) + ((value >> 2) & 1);
}
