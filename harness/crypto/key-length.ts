import { PursebenchError } from "../core/errors.ts";

/** All keys of the profile have 16 bytes. Throws `INTERNAL` without telling anything of the key. */
export function requireKey(key: Uint8Array): void {
  if (key.length !== 16) throw new PursebenchError("INTERNAL", `a key has ${key.length} bytes, 16 are needed`);
}
