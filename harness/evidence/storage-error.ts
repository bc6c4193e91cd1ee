import { PursebenchError } from "../core/errors.ts";

/** Evidence cannot be written. */
export function storageError(message: string, cause?: unknown): PursebenchError {
  return new PursebenchError("STORAGE", message, {
    owner: "bench",
    mend: "make room on the disk or choose another place with --out",
    ...(cause === undefined ? {} : { cause }),
  });
}
