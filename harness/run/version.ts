import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../bench/package-root.ts";

/** Version of this package, from its package.json. */
export function toolVersion(): string {
  const description: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const isNamed = typeof description === "object" && description !== null && "version" in description;
  return isNamed ? String(description.version) : "unknown";
}
