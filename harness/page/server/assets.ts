import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { PursebenchError } from "../../core/errors.ts";
import { ICON, INDEX_PAGE } from "./index-page.ts";
import { STYLE } from "./style.ts";

export interface Asset {
  readonly type: string;
  readonly body: string;
  readonly etag: string;
}

/** Folder of the compiled browser code: beside this file, or in `.build` when the sources run. */
export function compiledAssets(): string {
  const folder = import.meta.url.endsWith(".ts") ? "../../../.build/harness/page" : "..";
  return fileURLToPath(new URL(folder, import.meta.url));
}

/** Everything static that a browser may fetch, by its path. Read once: what is not in here does not exist. */
export function loadAssets(folder: string): ReadonlyMap<string, Asset> {
  const scripts = ["browser", "shared"].flatMap((part) => scriptsOf(join(folder, part)));
  if (!scripts.some((file) => file.endsWith(join("browser", "main.js")))) {
    throw new PursebenchError("INTERNAL", `the browser code is not compiled: ${folder} has no browser/main.js`, {
      mend: "compile it: npm run build",
    });
  }
  return new Map([
    ["/", asset("text/html; charset=utf-8", INDEX_PAGE)],
    ["/station.css", asset("text/css; charset=utf-8", STYLE)],
    ["/icon.svg", asset("image/svg+xml", ICON)],
    ...scripts.map((file): [string, Asset] => [
      `/app/${relative(folder, file).split(sep).join("/")}`,
      asset("text/javascript; charset=utf-8", readFileSync(file, "utf8")),
    ]),
  ]);
}

function scriptsOf(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.filter((name) => /(?<!\.test)\.js$/.test(name)).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function asset(type: string, body: string): Asset {
  return { type, body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` };
}
