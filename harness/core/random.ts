import { createHash, randomBytes } from "node:crypto";

/** Source of challenges, identifiers and nonces: `length` fresh bytes a call. */
export type Random = (length: number) => Uint8Array;

export const systemRandom: Random = (length) => new Uint8Array(randomBytes(length));

/** A repeatable source for the in-process bench and for tests: SHA-256 in counter mode over `seed`. Not for real keys. */
export function seededRandom(seed: string): Random {
  let counter = 0;
  let pool = new Uint8Array(0);
  return (length) => {
    while (pool.length < length) {
      const block = createHash("sha256").update(`${seed}:${counter++}`).digest();
      const grown = new Uint8Array(pool.length + block.length);
      grown.set(pool);
      grown.set(block, pool.length);
      pool = grown;
    }
    const taken = pool.slice(0, length);
    pool = pool.slice(length);
    return taken;
  };
}
