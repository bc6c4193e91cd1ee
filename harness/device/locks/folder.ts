import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf, PursebenchError } from "../../core/errors.ts";

/** Names the folder of locks for all programs of a session or service. */
export const LOCKS_VARIABLE = "PURSEBENCH_LOCKS";

/**
 * Where locks are: `PURSEBENCH_LOCKS`, or a folder of this user's own below /tmp. (Not below XDG_RUNTIME_DIR, which a
 * service does not have: a nightly job and the technician at the same bench would then not meet.)
 */
export function defaultLockFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment[LOCKS_VARIABLE] ?? join("/tmp", `pursebench-locks-${process.getuid?.() ?? 0}`);
}

/** Makes the folder where it is not there. `USAGE` for one that cannot be used, or that another user has put in its place. */
export function openLockFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(folder, messageOf(cause));
  }
  const about = lstatSync(folder);
  if (!about.isDirectory()) throw unusable(folder, "it is no folder");
  const own = process.getuid?.();
  const isGuessable = folder === join("/tmp", `pursebench-locks-${own}`);
  if (isGuessable && about.uid !== own) throw unusable(folder, `it belongs to user ${about.uid}`);
  return folder;
}

function unusable(folder: string, why: string): PursebenchError {
  return new PursebenchError("USAGE", `the folder of device locks ${folder} cannot be used: ${why}`, {
    mend: `name a folder that everybody may write who shares these devices, in ${LOCKS_VARIABLE}`,
  });
}
