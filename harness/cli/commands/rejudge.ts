import { existsSync, writeFileSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { Command } from "commander";
import type { Rejudgement, Spoken } from "../../../suites/define/observation/rejudge.ts";
import { loadBench } from "../../bench/load.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { readRun } from "../../evidence/reader.ts";
import type { RunIdentification } from "../../evidence/run-identification.ts";
import { outcomeText } from "../../evidence/verdict.ts";
import type { TestKeys } from "../../flows/system.ts";
import { digestOfCases } from "../../run/digests.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

interface RejudgeOptions {
  readonly case?: string;
  readonly bench?: string;
  readonly json?: boolean;
  readonly out?: string;
}

export function addRejudge(root: Command, context: CliContext): void {
  root
    .command("rejudge")
    .description("Give the verdicts of today's suites on the evidence of an old run, and list what differs.")
    .argument("<dir>", "directory of the run; nothing is changed there")
    .option("--case <id>", "only this case")
    .option("--bench <bench>", "the run's bench description, whose key set is used (default: as the run names it)")
    .option("--json", "as JSON")
    .option("--out <file>", "write the JSON to this file as well")
    .addHelpText("after", HELP)
    .action((dir: string, options: RejudgeOptions) => rejudge(dir, options, context));
}

async function rejudge(dir: string, options: RejudgeOptions, { io, house, exit }: CliContext): Promise<void> {
  if (!existsSync(dir)) {
    throw new PursebenchError("USAGE", `there is no directory ${dir}`, { mend: "name the directory of a run" });
  }
  refuseInside(dir, options.out);
  const run = await readRun(dir);
  const keys = await keysFor(run, options.bench, house);
  if ("why" in keys)
    io.err(`The run's key set is not there: ${keys.why}\nName its bench with --bench to judge what needs keys.\n`);
  const judged = await house.rejudge({ dir, keys: "why" in keys ? undefined : keys.set, only: options.case });
  if (options.case !== undefined && sizeOf(judged) === 0) {
    const mend = `\`pursebench report ${dir}\` makes a report that lists the cases of the run`;
    throw new PursebenchError("USAGE", `the run has no case ${options.case}`, { mend });
  }
  const { selected, ...differences } = judged;
  const out = { run: run.run, cases: selected.length, ...differences };
  if (options.out !== undefined) write(options.out, `${JSON.stringify(out, null, 2)}\n`);
  if (options.json) printJson(io, out);
  else for (const text of textOf(run, judged, await digestOf(selected, house))) line(io, text);
  if (judged.differ.length > 0) exit(EXIT.failed);
  else if (judged.unjudged.length > 0) exit(EXIT.unclear);
}

/** A file more in the run directory would be damage. */
function refuseInside(dir: string, out: string | undefined): void {
  if (out === undefined || !`${resolve(out)}${sep}`.startsWith(`${resolve(dir)}${sep}`)) return;
  const mend = "name a file outside of the run directory: old evidence is not touched";
  throw new PursebenchError("USAGE", `--out ${out} is in the run directory`, { mend });
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    const mend = "name a file in a directory that exists and can be written";
    throw new PursebenchError("USAGE", `--out ${path}: ${messageOf(cause)}`, { mend, cause });
  }
}

/** The key set of the bench that the run was on; of what `--bench` names, in any case. */
async function keysFor(
  { bench }: RunIdentification,
  named: string | undefined,
  { testKeysOf }: CliContext["house"],
): Promise<{ readonly set: TestKeys } | { readonly why: string }> {
  const file = bench.file !== undefined && existsSync(bench.file) ? bench.file : bench.name;
  try {
    return { set: await testKeysOf(loadBench(named ?? file).bench) };
  } catch (thrown) {
    if (named !== undefined || !(thrown instanceof PursebenchError)) throw thrown;
    return { why: thrown.message };
  }
}

/** As `run.json` has it: over what the cases of the run are today. */
async function digestOf(selected: readonly string[], { cases }: CliContext["house"]): Promise<string> {
  const today = new Map((await cases()).map((each) => [each.id, each]));
  return digestOfCases(selected.map((id) => today.get(id)).filter((each) => each !== undefined));
}

function sizeOf({ same, differ, unjudged, removed }: Rejudgement): number {
  return same + differ.length + unjudged.length + removed.length;
}

function textOf(run: RunIdentification, judged: Rejudgement, suites: string): readonly string[] {
  const { same, differ, otherReason, unjudged, added, removed } = judged;
  const isWhole = run.digests.suites === suites;
  return [
    `${run.run} of ${run.started}, judged by ${isWhole ? "the suites that it was run with" : "other suites than it was run with"}.`,
    ...differ.flatMap(({ case: id, was, now, remark }) => [
      "",
      `${id}: then ${spoken(was)}`,
      `  now: ${spoken(now)}${remark === undefined ? "" : ` (${remark})`}`,
    ]),
    ...headed(
      "The same verdict for another reason:",
      otherReason.flatMap(({ case: id, was, now }) => [`  ${id}: then ${spoken(was)}`, `    now: ${spoken(now)}`]),
    ),
    ...headed(
      "Cannot be judged from this evidence:",
      unjudged.map(({ case: id, was, why }) => `  ${id} (${outcomeText(was.verdict)}): ${why}`),
    ),
    ...headed(
      "There are no such cases any more:",
      removed.map((id) => `  ${id}`),
    ),
    "",
    [
      `${same} as then`,
      `${differ.length} otherwise`,
      `${unjudged.length} cannot be judged`,
      ...(added.length > 0 ? [`${added.length} new since`] : []),
      ...(removed.length > 0 ? [`${removed.length} removed since`] : []),
    ].join(", "),
  ];
}

function headed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function spoken({ verdict, reason }: Spoken): string {
  return `${outcomeText(verdict)}${reason === "" ? "" : `, ${reason}`}`;
}

const HELP = `
Examples:
  pursebench rejudge reports/runs/20260802T101530Z-3FA09C             after an update of the suites: does a verdict change?
  pursebench rejudge --case PAY-606-01 reports/runs/20260802T101530Z-3FA09C
  pursebench rejudge --json --out differences.json /archive/20260802T101530Z-3FA09C

A run keeps what each case asked of its bench and what it was told. That is played back to today's cases, without a device and
without waiting; where today's case asks for something else than was asked then, it cannot be judged from this evidence, and that
is said. The bench's test keys are needed, since evidence has no session key. The verdicts of the run stay what they are:
a new verdict is a reason to run the case again.

Exit codes: 0 no verdict differs, 1 a verdict differs, 2 none differs but some cases cannot be judged, 64 the command line is wrong.`;
