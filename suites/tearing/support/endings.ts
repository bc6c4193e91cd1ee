/** How torn transactions ended, in the words of the report's matrix. */

export interface Ending {
  /** Number of the write at which it was torn; 0 where there is none. */
  readonly write: number;
  /**
   * `rolled back`: the card is as it was before, and so are all books. `committed`: done, and everybody knew at once.
   * `recovered`: done, and known by GET PREVIOUS IEP SIGNATURE when the card was back.
   */
  readonly ended: "rolled back" | "committed" | "recovered";
}

/** "rolled back"; "rolled back at writes 1 to 6, recovered at writes 7 to 12". */
export function endingsInWords(endings: readonly Ending[]): string {
  const words = [...new Set(endings.map(({ ended }) => ended))];
  const [only] = words;
  if (words.length === 1 && only !== undefined) return only;
  return words.map((word) => `${word} at ${writes(endings.filter(({ ended }) => ended === word))}`).join(", ");
}

function writes(endings: readonly Ending[]): string {
  const [from, to] = [endings[0]?.write ?? 0, endings.at(-1)?.write ?? 0];
  return from === to ? `write ${from}` : `writes ${from} to ${to}`;
}
