/** Tags of BER-TLV data objects as numbers: 50, 5F20, DF8101 (ISO/IEC 7816-4, 5.2.2.1; ITU-T X.690, 8.1.2). */

/**
 * Length of a tag field in bytes, 1 to 3, or 0 when `tag` is no valid tag of at most 3 bytes.
 * A second byte of 01..1E is allowed although ISO/IEC 7816-4 asks for 1F and up: payment cards have used 9F02 for decades.
 */
export function tagLength(tag: number): 0 | 1 | 2 | 3 {
  if (!Number.isInteger(tag) || tag <= 0 || tag > 0xffffff) return 0;
  if (tag < 0x100) return (tag & 0x1f) === 0x1f ? 0 : 1;
  if (tag < 0x10000) {
    const second = tag & 0xff;
    return opensLongTag(tag >> 8) && second > 0 && second < 0x80 ? 2 : 0;
  }
  const second = (tag >> 8) & 0xff;
  return opensLongTag(tag >> 16) && second > 0x80 && (tag & 0x80) === 0 ? 3 : 0;
}

/** True when the value of the object is itself a sequence of data objects (bit 6 of the first byte). */
export function isConstructed(tag: number): boolean {
  const first = tag < 0x100 ? tag : tag < 0x10000 ? tag >> 8 : tag >> 16;
  return (first & 0x20) !== 0;
}

/** Upper-case hex of a tag, e.g. "5F20". */
export function tagName(tag: number): string {
  const text = tag.toString(16).toUpperCase();
  return text.length % 2 === 0 ? text : `0${text}`;
}

function opensLongTag(first: number): boolean {
  return (first & 0x1f) === 0x1f;
}
