/** What a defective reader does to bytes: pure changes of blocks and answers to reset. */
import { encodeAtr } from "../../protocol/atr/atr.ts";
import { parseAtr } from "../../protocol/atr/parse-atr.ts";
import { decodeT1Block } from "../../protocol/t1/decode-block.ts";
import { type EdcKind, edcLength, isEdcRight, writeEdc } from "../../protocol/t1/edc.ts";

/** The byte in the middle is another one. What was a block of T=1 is one again. */
export function altered(bytes: Uint8Array): Uint8Array {
  const middle = bytes.length >> 1;
  return mended(bytes, (copy) => {
    copy[middle] = (copy[middle] ?? 0) ^ 0x01;
  });
}

/** An I-block that is not the last one of its chain is. */
export function withoutMore(bytes: Uint8Array): Uint8Array {
  const [, pcb = 0] = bytes;
  const isChained = kindOf(bytes) !== undefined && (pcb & 0xa0) === 0x20;
  if (!isChained) return bytes;
  return mended(bytes, (copy) => {
    copy[1] = pcb & ~0x20;
  });
}

/** S(WTX request). */
export function isTimeRequest(bytes: Uint8Array): boolean {
  const kind = kindOf(bytes);
  const block = kind && decodeT1Block(bytes, kind);
  return block?.kind === "S" && block.type === "WTX" && block.direction === "request";
}

export function changedAtr(atr: Uint8Array, how: "no-tck" | "historical-byte" | "no-historical"): Uint8Array {
  const parsed = parseAtr(atr);
  if (!parsed.ok) return atr;
  const { convention, groups, historical, tck } = parsed.atr;
  switch (how) {
    case "no-tck":
      return tck === undefined ? atr : atr.subarray(0, -1);
    case "no-historical":
      return encodeAtr({ convention, groups, historical: new Uint8Array(0) });
    case "historical-byte":
      return encodeAtr({
        convention,
        groups,
        historical: historical.map((byte, at) => (at === historical.length - 1 ? byte ^ 0x01 : byte)),
      });
  }
}

/** The code that `bytes` end with, when they are a block of T=1. */
function kindOf(bytes: Uint8Array): EdcKind | undefined {
  const [, , len = 255] = bytes;
  return (["LRC", "CRC"] as const).find(
    (kind) => bytes.length === 3 + len + edcLength(kind) && isEdcRight(bytes, 3 + len, kind),
  );
}

function mended(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const kind = kindOf(bytes);
  const copy = bytes.slice();
  change(copy);
  if (kind) writeEdc(copy, copy.length - edcLength(kind), kind);
  return copy;
}
