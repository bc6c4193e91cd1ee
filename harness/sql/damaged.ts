import { PursebenchError } from "../core/errors.ts";

/** The database `of` a server ("the load server") holds `what`, and no version of this program has written that. */
export function damaged(of: string, what: string, cause?: unknown): PursebenchError {
  return new PursebenchError("STORAGE", `${of}'s database holds ${what}`, {
    mend: "restore the database; this program never writes that",
    cause,
  });
}
