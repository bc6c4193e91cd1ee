/** A program that stands in for `pursebench` in nights: what its runs do is a file beside it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NightResults } from "../results-file.ts";

/** What one certify does, by the name of its run directory. */
export interface FakeRun {
  /** Left in the run directory; none when absent. */
  readonly results?: NightResults | undefined;
  readonly exit?: number | undefined;
  /** It kills itself when the run has begun; `results` are those after it was resumed. */
  readonly crashes?: boolean | undefined;
  /** It never ends; 2: not even when it is told to. */
  readonly hangs?: 1 | 2 | undefined;
  /** It ends when that file is there. */
  readonly waitsFor?: string | undefined;
  readonly says?: string | undefined;
}

export interface FakePlan {
  readonly runs: Readonly<Record<string, FakeRun>>;
  /** What doctor misses, by bench. */
  readonly missing?: Readonly<Record<string, string>> | undefined;
}

const SCRIPT = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
const here = dirname(process.argv[1]);
const plan = JSON.parse(readFileSync(join(here, "plan.json"), "utf8"));
const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
appendFileSync(join(here, "calls"), JSON.stringify(args) + "\\n");
if (args[0] === "doctor") {
  const detail = plan.missing?.[basename(option("--bench"), ".yaml")];
  console.log(JSON.stringify([{ what: "card", ok: detail === undefined, detail: detail ?? "there", mend: "plug it in" }]));
  process.exit(detail === undefined ? 0 : 2);
}
if (args[0] === "report") process.exit(1);
const resumed = option("--resume");
const dir = resumed ?? option("--out");
const run = plan.runs[basename(dir)] ?? { exit: 0 };
if (!resumed) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "run.json"), "{}");
}
if (run.says) console.error(run.says);
if (run.crashes && !resumed) process.kill(process.pid, "SIGKILL");
if (run.results && !run.hangs) writeFileSync(join(dir, "results.json"), JSON.stringify(run.results));
if (run.hangs) {
  process.on("SIGINT", () => {
    if (run.hangs === 2) return;
    if (run.results) writeFileSync(join(dir, "results.json"), JSON.stringify(run.results));
    process.exit(130);
  });
  writeFileSync(join(dir, "hanging"), String(process.pid));
  watch(dir, () => undefined); // what is watched keeps a process from ending
} else if (run.waitsFor) {
  const look = () => existsSync(run.waitsFor) && process.exit(run.exit ?? 0);
  watch(dirname(run.waitsFor), look);
  look();
} else process.exit(run.exit ?? 0);
`;

/** Writes the program into a new folder. Returns that folder and the command that starts it. */
export function fakeProgram(plan: FakePlan): { readonly folder: string; readonly program: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "pb-night-"));
  writeFileSync(join(folder, "fake.mjs"), SCRIPT);
  setPlan(folder, plan);
  return { folder, program: [process.execPath, join(folder, "fake.mjs")] };
}

export function setPlan(folder: string, plan: FakePlan): void {
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
}
