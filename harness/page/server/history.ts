import { type FSWatcher, mkdirSync, watch } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { RESULTS_FILE, RUN_FILE } from "../../evidence/run-directory.ts";
import type { PastRun } from "../shared/state.ts";
import { isRunName, linksOf } from "./run-files.ts";

/** So many runs are shown. */
const MOST = 25;
/** No results are longer. */
const MOST_BYTES = 128 << 20;
/** A run directory gets its files one after the other. */
const SETTLE_MS = 400;

const count = z.number().int().min(0);
const counts = z.object({ pass: count, fail: count, inconc: count, error: count, notApplicable: count, notRun: count });
const device = z.looseObject({
  device: z.looseObject({ vendor: z.string(), product: z.string(), version: z.string() }),
});

/** As much of `results.json` as the page needs. */
export const shortResults = z.object({
  run: z.object({
    id: z.string(),
    started: z.string(),
    ended: z.string(),
    complete: z.boolean(),
    interrupted: z.string().optional(),
  }),
  iut: z.object({ role: z.string(), description: z.string() }),
  bench: z.object({ name: z.string() }),
  mode: z.string(),
  claims: z
    .object({ pics: device.optional().catch(undefined) })
    .optional()
    .catch(undefined),
  verdict: z.enum(["none", "pass", "inconc", "fail", "error"]),
  summary: counts,
  cases: z.array(
    z.object({
      id: z.string(),
      purpose: z.string(),
      verdict: z.enum(["pass", "fail", "inconc", "error", "notApplicable", "notRun"]),
      reason: z.string(),
      owner: z.string(),
      durationMs: z.number(),
      waiver: z.object({ approver: z.string() }).optional(),
    }),
  ),
});
export type ShortResults = z.infer<typeof shortResults>;

const shortRun = z.object({
  run: z.string(),
  started: z.string(),
  mode: z.string(),
  bench: z.object({ name: z.string() }),
  iut: z.object({ role: z.string(), spec: z.string().optional() }),
});

/** Results of a run; undefined when there are none that could be read. */
export async function readShortResults(dir: string): Promise<ShortResults | undefined> {
  try {
    const file = join(dir, RESULTS_FILE);
    if ((await stat(file)).size > MOST_BYTES) return undefined;
    return shortResults.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** What a device is called: by its PICS, or by where it was. */
export function deviceName({ iut, claims }: Pick<ShortResults, "iut" | "claims">): string {
  const said = claims?.pics?.device;
  return said ? `${said.vendor} ${said.product} ${said.version}` : `${iut.role} (${iut.description})`;
}

/** The last runs of a folder, read from what lies there: they are kept whatever becomes of the station. */
export class History implements Disposable {
  readonly #runs: string;
  readonly #tell: (runs: readonly PastRun[]) => void;
  readonly #cache = new Map<string, { readonly key: string; readonly past: PastRun }>();
  #watcher: FSWatcher | undefined;
  #settle: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(runs: string, tell: (runs: readonly PastRun[]) => void) {
    this.#runs = runs;
    this.#tell = tell;
    mkdirSync(runs, { recursive: true });
    this.#watcher = watch(runs, () => {
      clearTimeout(this.#settle);
      this.#settle = setTimeout(() => void this.refresh(), SETTLE_MS);
    });
    this.#watcher.on("error", () => this.#watcher?.close());
    void this.refresh();
  }

  /** Reads what is new, and tells. Never rejects. */
  async refresh(): Promise<void> {
    this.#reading = this.#reading.then(async () => this.#tell(await this.#read()));
    await this.#reading;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#settle);
    this.#watcher?.close();
  }

  async #read(): Promise<readonly PastRun[]> {
    const names = (await readdir(this.#runs).catch(() => [])).filter(isRunName).sort().reverse();
    const found: PastRun[] = [];
    for (const name of names) {
      if (found.length === MOST) break;
      const past = await this.#past(name);
      if (past) found.push(past);
    }
    return found.sort((left, right) => right.started.localeCompare(left.started));
  }

  async #past(id: string): Promise<PastRun | undefined> {
    const dir = join(this.#runs, id);
    const about = await stat(join(dir, RESULTS_FILE)).catch(() => undefined);
    const links = linksOf(this.#runs, id);
    const key = `${about?.mtimeMs} ${about?.size} ${links.map(({ href }) => href).join()}`;
    const cached = this.#cache.get(id);
    if (cached?.key === key) return cached.past;
    const results = about ? await readShortResults(dir) : undefined;
    const past = results ? { ...pastOf(results), id, links } : await brokenOff(dir, id, links);
    if (past) this.#cache.set(id, { key, past });
    return past;
  }
}

function pastOf(results: ShortResults): Omit<PastRun, "id" | "links"> {
  const { run, bench, mode, verdict, summary } = results;
  return {
    started: run.started,
    device: deviceName(results),
    bench: bench.name,
    mode,
    word: verdict,
    incomplete: !run.complete || run.interrupted !== undefined,
    counts: summary,
  };
}

/** A run that has no results: it is under way, or broke off. */
async function brokenOff(dir: string, id: string, links: PastRun["links"]): Promise<PastRun | undefined> {
  try {
    const { started, mode, bench, iut } = shortRun.parse(JSON.parse(await readFile(join(dir, RUN_FILE), "utf8")));
    const device = iut.spec === undefined ? iut.role : `${iut.role} (${iut.spec})`;
    return { id, started, device, bench: bench.name, mode, word: "none", incomplete: true, links };
  } catch {
    return undefined; // no run directory
  }
}
