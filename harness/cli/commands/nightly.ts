import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import { day as daySchema } from "../../bench/day.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { interruptible } from "../interruptible.ts";

interface NightlyOptions {
  readonly json?: boolean;
  readonly date?: string;
  readonly accept?: string;
  readonly reinstate?: string;
}

export function addNightly(root: Command, context: CliContext): void {
  const { io, house } = context;
  const today = (date: string | undefined) => date ?? house.clock.wall().toISOString().slice(0, 10);
  const nightly = root
    .command("nightly")
    .description("Certify several devices on several benches, with nobody in the room, and keep the history.")
    .argument("<config>", "what is to be done (fixtures/nightly/ has examples)")
    .option("--json", "print night.json on standard output, progress on standard error")
    .option("--date <day>", "the day that the night counts for, YYYY-MM-DD (default: today, UTC)", asDay)
    .option("--accept <job>", "run nothing; make the results of the job's last run the expected ones, keeping comments")
    .option("--reinstate <bench>", "run nothing; let a bench take part again that had been taken out")
    .addHelpText("after", HELP)
    .action(async (config: string, options: NightlyOptions) => {
      const night = await import("../../nightly/index.ts");
      const loaded = night.loadNightly(config);
      if (options.accept !== undefined) return line(io, night.acceptJob(loaded, options.accept, today(options.date)));
      if (options.reinstate !== undefined) {
        return line(io, await night.reinstate(loaded, options.reinstate, house.clock));
      }
      const knownCases = (await house.cases()).map(({ id }) => id);
      const done = await interruptible(io, "the runs close their evidence", (signal) =>
        night.performNight({
          config: loaded,
          program: [process.execPath, compiledMain()],
          clock: house.clock,
          signal,
          knownCases,
          day: options.date,
          tell: (text) => io.err(`${text}\n`),
        }),
      );
      if (options.json) printJson(io, done.night);
      else io.out(night.nightText(done));
      context.exit(done.night.exitCode);
    });
  nightly
    .command("trend")
    .description("Write the trend page of the history: one file without a script.")
    .argument("<config>", "the configuration whose history it is")
    .requiredOption("--out <file>", "the page, e.g. trend.html")
    .option("--date <day>", "the last day shown (default: today, UTC)", asDay)
    .addHelpText("after", TREND_HELP)
    .action(async (config: string, options: { readonly out: string; readonly date?: string }, command: Command) => {
      const night = await import("../../nightly/index.ts");
      const { date } = command.optsWithGlobals<{ readonly date?: string }>();
      await night.writeTrend(night.loadNightly(config), options.out, today(options.date ?? date), house.clock);
      line(io, options.out);
    });
  nightly
    .command("import")
    .description("Bring runs into the history. Runs that are there already change nothing.")
    .argument("<config>", "the configuration whose history it is")
    .argument("<dirs...>", "directories of runs")
    .option("--job <name>", "the job that they count for (default: the name of their bench)")
    .addHelpText("after", IMPORT_HELP)
    .action(async (config: string, dirs: readonly string[], options: { readonly job?: string }) => {
      const night = await import("../../nightly/index.ts");
      const imported = await night.importRuns(night.loadNightly(config), dirs, { ...options, clock: house.clock });
      for (const { dir, run, added } of imported)
        line(io, `${added ? "added        " : "there already"}  ${run}  ${dir}`);
    });
}

/** The compiled command: that of which this is a part or, from the source, that beside it. */
function compiledMain(): string {
  const folder = import.meta.url.endsWith(".ts") ? "../../../.build/harness/cli" : "..";
  return fileURLToPath(new URL(`${folder}/main.js`, import.meta.url));
}

function asDay(text: string): string {
  if (daySchema.safeParse(text).success) return text;
  throw new InvalidArgumentError("Expected a day like 2026-12-31.");
}

const HELP = `
Examples:
  pursebench nightly lab.yaml                               the night: benches are checked, jobs run, results held against the expected ones
  pursebench nightly lab.yaml --accept reference-card       what the last run of this job gave is expected from now on
  pursebench nightly lab.yaml --reinstate usb               this bench is mended
  pursebench nightly trend lab.yaml --out trend.html        verdicts by night and job, counts over time, flaky cases, what grew slower
  pursebench nightly import lab.yaml reports/runs/2026*     runs that were made by hand

Exit codes: 0 all as expected, 1 unexpected results (a fail, a pass that was expected to fail, a case that is new or gone, an expectation or
waiver that is over), 2 nothing unexpected but a bench was out or a job could not be judged, 64 the configuration is wrong, 130 interrupted.
The folder of the night has a run directory and a log for each job, with report.html and junit.xml, and summary.html.
Devices that a job uses are locked for other runs on this host; set PURSEBENCH_LOCKS to a folder that all users of the host may write.`;

const TREND_HELP = `
Examples:
  pursebench nightly trend lab.yaml --out trend.html
  pursebench nightly trend lab.yaml --out 2026-06.html --date 2026-06-30`;

const IMPORT_HELP = `
Examples:
  pursebench nightly import lab.yaml reports/runs/2026*
  pursebench nightly import lab.yaml --job reference-card /archive/20260802T101530Z-3FA09C`;
