/** Files of run directories: which there are, and nothing else. */
import { type Dirent, existsSync, readdirSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { LinkView } from "../shared/state.ts";

/** Names of run directories: what `--out` may have made, and no way out. */
const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Reports in the order in which people want them. */
const KINDS: readonly { readonly ends: string; readonly label: string }[] = [
  { ends: "report.html", label: "Report" },
  { ends: ".pdf", label: "PDF" },
  { ends: "junit.xml", label: "JUnit" },
  { ends: ".csv", label: "CSV" },
  { ends: ".pcapng", label: "Capture" },
  { ends: "events.jsonl", label: "Evidence" },
];
const ALLURE = "allure-report/index.html";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".pdf": "application/pdf",
  ".xml": "text/xml; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".jsonl": "text/plain; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};
/** Such a file can hold script: it is shown as if it came from nowhere. */
const LIVELY: ReadonlySet<string> = new Set([".html", ".xml", ".svg"]);
/** What a report may do: run its own script for filters, open links. It reaches neither the station nor anything else. */
const SANDBOX =
  "sandbox allow-scripts allow-popups allow-downloads; default-src 'none'; script-src 'unsafe-inline' 'self'; style-src 'unsafe-inline' 'self'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function isRunName(id: string): boolean {
  return RUN_NAME.test(id);
}

/** What there is to open of a run. */
export function linksOf(runs: string, id: string): readonly LinkView[] {
  const href = (path: string) => `/runs/${encodeURIComponent(id)}/${path.split("/").map(encodeURIComponent).join("/")}`;
  const files = entries(join(runs, id)).filter((entry) => entry.isFile());
  const links = KINDS.flatMap(({ ends, label }) =>
    files
      .filter(({ name }) => name.endsWith(ends))
      .map(({ name }, index) => ({ label: index === 0 ? label : `${label} ${name}`, href: href(name) })),
  );
  const allure = existsSync(join(runs, id, ALLURE)) ? [{ label: "Allure", href: href(ALLURE) }] : [];
  return [...links.slice(0, 3), ...allure, ...links.slice(3)];
}

export interface RunFile {
  readonly path: string;
  readonly bytes: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The regular file at `path` of the run `id`, if it truly lies in that run's directory, links followed. */
export async function runFile(runs: string, id: string, path: string): Promise<RunFile | undefined> {
  if (!isRunName(id) || path.includes("\0") || path.split("/").some((part) => part === "" || part.startsWith("."))) {
    return undefined;
  }
  try {
    const [base, folder, file] = await Promise.all([
      realpath(runs),
      realpath(join(runs, id)),
      realpath(join(runs, id, path)),
    ]);
    if (!folder.startsWith(base + sep) || !file.startsWith(folder + sep)) return undefined;
    const about = await stat(file);
    if (!about.isFile()) return undefined;
    return { path: file, bytes: about.size, headers: headersOf(file) };
  } catch {
    return undefined; // not there
  }
}

function headersOf(file: string): Record<string, string> {
  const ending = extname(file).toLowerCase();
  const type = TYPES[ending];
  return {
    "content-type": type ?? "application/octet-stream",
    "cache-control": "no-cache",
    ...(type === undefined ? { "content-disposition": "attachment" } : {}),
    ...(LIVELY.has(ending) ? { "content-security-policy": SANDBOX } : {}),
  };
}

function entries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
