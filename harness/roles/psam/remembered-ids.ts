/**
 * The last identifiers that were confirmed, as a plain value: at least 1,000 of them, in blocks, so that adding one copies
 * one short block and forgetting drops a whole one.
 */
export type RememberedIds = readonly (readonly string[])[];

const BLOCK = 40;
/** One block more than 1,000 need, because the newest one may hold a single identifier. */
const BLOCKS = 1_000 / BLOCK + 1;

export const NO_IDS: RememberedIds = [];

export function isRemembered(ids: RememberedIds, id: string): boolean {
  return ids.some((block) => block.includes(id));
}

/** With `id` as the newest. */
export function remember(ids: RememberedIds, id: string): RememberedIds {
  const newest = ids.at(-1);
  if (newest && newest.length < BLOCK) return [...ids.slice(0, -1), [...newest, id]];
  return [...ids.slice(-(BLOCKS - 1)), [id]];
}
