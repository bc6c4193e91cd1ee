/** The word of `known` that `found` was probably meant to be: few of its letters differ. */
export function nearest(found: string, known: readonly string[]): string | undefined {
  const limit = Math.min(Math.max(1, Math.floor(found.length / 2)), Math.max(3, Math.floor(found.length / 3)));
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(found.toLowerCase(), word.toLowerCase(), limit);
    if (distance <= limit && (!best || distance < best.distance)) best = { word, distance };
  }
  return best?.word;
}

/** `, did you mean "x"?` or nothing. */
export function didYouMean(found: string, known: readonly string[]): string {
  const word = nearest(found, known);
  return word === undefined ? "" : `, did you mean "${word}"?`;
}

/** Insertions, deletions, replacements and swaps of neighbours between the two; anything above `limit` may be `limit + 1`. */
export function editDistance(left: string, right: string, limit = 64): number {
  if (Math.abs(left.length - right.length) > limit || left.length > 256) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replace = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replace);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? limit + 1;
}
