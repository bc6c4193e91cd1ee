/** What the PSAM says when it refuses a package (`psam-edge.md` 3 and 4). */

/** Before it looks at the package: nothing has changed, and it may be in the middle of a draw still. */
export const GENERAL_REFUSALS: ReadonlySet<number> = new Set([0x6e00, 0x6d00, 0x6a86, 0x6700, 0x6985]);

/** After it has looked at it: the draw is over for the PSAM. */
export function isOwnRefusal(SW: number): boolean {
  return SW === 0x6a80 || SW >> 8 === 0x94;
}
