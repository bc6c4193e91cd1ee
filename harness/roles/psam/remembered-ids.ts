/**
 * The last identifiers that were confirmed, as a plain value: at least 1,000 of them. Every draw and every completion
 * looks one up, so they stand in 256 buckets by their last byte; adding one copies 16 + 16 references and a short list.
 */
export interface RememberedIds {
  /** In blocks, oldest first: forgetting drops a whole block. */
  readonly order: readonly (readonly string[])[];
  /** By the last digit but one, then by the last digit (hex). */
  readonly buckets: readonly (readonly (readonly string[])[])[];
}

const BLOCK = 40;
/** One block more than 1,000 need, because the newest one may hold a single identifier. */
const BLOCKS = 1_000 / BLOCK + 1;

export const NO_IDS: RememberedIds = { order: [], buckets: Array.from({ length: 16 }, () => Array(16).fill([])) };

/** `id`: hex digits. */
export function isRemembered(ids: RememberedIds, id: string): boolean {
  return bucketOf(ids, id).includes(id);
}

/** With `id` (hex digits) as the newest. */
export function remember(ids: RememberedIds, id: string): RememberedIds {
  const added = withBucket(ids.buckets, id, [...bucketOf(ids, id), id]);
  const newest = ids.order.at(-1);
  if (newest && newest.length < BLOCK) return { order: [...ids.order.slice(0, -1), [...newest, id]], buckets: added };
  const order = [...ids.order, [id]];
  return order.length > BLOCKS ? withoutOldest(order, added) : { order, buckets: added };
}

function withoutOldest(order: RememberedIds["order"], buckets: RememberedIds["buckets"]): RememberedIds {
  const [oldest = [], ...rest] = order;
  let left = buckets;
  for (const id of oldest) {
    const bucket = bucketOf({ buckets: left }, id);
    left = withBucket(left, id, bucket.toSpliced(bucket.indexOf(id), 1));
  }
  return { order: rest, buckets: left };
}

function bucketOf({ buckets }: Pick<RememberedIds, "buckets">, id: string): readonly string[] {
  return buckets[digit(id, -2)]?.[digit(id, -1)] ?? [];
}

function withBucket(
  buckets: RememberedIds["buckets"],
  id: string,
  bucket: readonly string[],
): RememberedIds["buckets"] {
  const high = digit(id, -2);
  return buckets.with(high, (buckets[high] ?? []).with(digit(id, -1), bucket));
}

/** Value of the hex digit at `position` from the end; 0 for what is none, which only fills one bucket more. */
function digit(id: string, position: number): number {
  const value = Number.parseInt(id.at(position) ?? "0", 16);
  return Number.isNaN(value) ? 0 : value;
}
