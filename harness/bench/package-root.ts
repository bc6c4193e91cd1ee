import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PursebenchError } from "../core/errors.ts";

/** The folder of this package, where `fixtures/` and `suites/specification/` lie, from source and compiled code alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) throw new PursebenchError("INTERNAL", "package.json of pursebench was not found");
    folder = above;
  }
  return folder;
}
