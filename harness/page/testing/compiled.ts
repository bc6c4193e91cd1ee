import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../bench/package-root.ts";

/** Compiles the browser code of the sources as they are into a folder of its own, and names it. */
export function compiledPage(): string {
  const folder = mkdtempSync(join(tmpdir(), "pb-page-"));
  const compiler = join(packageRoot(), "node_modules", "typescript", "bin", "tsc");
  const project = join(packageRoot(), "harness", "page", "browser", "tsconfig.json");
  const done = spawnSync(process.execPath, [compiler, "-p", project, "--outDir", folder], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`the browser code does not compile: ${done.stdout}${done.stderr}`);
  return folder;
}
