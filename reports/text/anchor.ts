/** Fragment identifiers for ids that may hold anything. */

/** Letters, digits, dots and hyphens stay; everything else becomes its code point, so that different ids stay different. */
export function anchor(prefix: string, id: string): string {
  return `${prefix}-${id.replace(/[^A-Za-z0-9.-]/gu, (found) => `_${(found.codePointAt(0) ?? 0).toString(16)}_`)}`;
}
