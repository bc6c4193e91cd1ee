import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { type Case, SUITES } from "../../../suites/define/case.ts";
import { type Conducted, conductRun, exitCodeOf } from "../../../suites/define/conduct.ts";
import { specificationFolder } from "../../../suites/define/requirements.ts";
import { type LoadedBench, loadBench } from "../../bench/load.ts";
import { loadPics, type Pics } from "../../bench/pics.ts";
import { loadPixit } from "../../bench/pixit.ts";
import { specText } from "../../bench/spec.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { RoleName } from "../../core/trace.ts";
import { createRunDirectory, DEFAULT_RUNS, newRunName } from "../../evidence/run-directory.ts";
import type { RunIdentification, RunMode } from "../../evidence/run-identification.ts";
import { readSigningKey } from "../../evidence/seal.ts";
import { type CliContext, printJson } from "../context.ts";
import { digestOfCases, digestOfFile, digestOfFolder } from "../digests.ts";
import type { Finding } from "../ports.ts";
import { progressPrinter } from "../progress.ts";
import { parseRole, selectCases } from "../selection.ts";
import { summaryText } from "../summary.ts";
import { toolVersion } from "../version.ts";

interface CertifyOptions {
  readonly bench?: string;
  readonly iut?: string;
  readonly suite: readonly string[];
  readonly case: readonly string[];
  readonly card?: string;
  readonly psam?: string;
  readonly terminal?: string;
  readonly wait?: string;
  readonly pics?: string;
  readonly pixit?: string;
  readonly mode?: RunMode;
  readonly out?: string;
  readonly allure?: boolean;
  readonly diagnose: boolean;
  readonly sign?: string;
  readonly json?: boolean;
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function addCertify(root: Command, context: CliContext): void {
  root
    .command("certify")
    .description("Run the suite against a device or the whole reference system, and report.")
    .option(
      "--bench <bench>",
      "a bench description: a file, or one that comes along (default: virtual-lab where it can run)",
    )
    .option("--iut <role>", "what is under test; runs only the cases whose failure is that role's")
    .option("--suite <name>", `only this suite: ${SUITES.join(", ")} (repeatable)`, collect, [])
    .option("--case <id>", "only this case (repeatable)", collect, [])
    .option("--card <spec>", "sim, sim:KIND, pcsc:READER NAME, vpcd:PORT (waits there for a card that speaks vpcd)")
    .option("--psam <spec>", "sim, pcsc:READER NAME, vpcd:PORT")
    .option("--terminal <spec>", "sim, serial:PATH[@BAUD]: the bench's first terminal")
    .option("--wait <seconds>", "how long to wait for a card that is not there yet (default: the bench's, 30)")
    .option("--pics <file>", "what the device claims to support (fixtures/pics/ has examples)")
    .option("--pixit <file>", "values of the specimen at hand (fixtures/pixit/ has examples)")
    .addOption(
      new Option("--mode <mode>", "certification: the PICS alone decides what is run").choices([
        "certification",
        "engineering",
      ]),
    )
    .option("--out <dir>", `directory of the run, new or empty (default: ${DEFAULT_RUNS}/TIME-ID)`)
    .option("--allure", "make the Allure report too (later: pursebench report --allure DIR)")
    .option("--no-diagnose", "do not run cases that failed again with devices replaced, to tell whose the failure is")
    .option("--sign <key.pem>", "seal the run with this Ed25519 private key")
    .option("--json", "print results.json on standard output, progress on standard error")
    .addHelpText("after", HELP)
    .action((options: CertifyOptions) => certify(options, context));
}

async function certify(options: CertifyOptions, context: CliContext): Promise<void> {
  const { house, io } = context;
  const lab = options.bench === undefined ? await house.labFinding() : undefined;
  const bench = options.bench ?? (lab?.ok ? "virtual-lab" : "inproc");
  const prepared = prepare({ ...options, bench }, await house.cases());
  await house.checkKeys(prepared.bench, prepared.file);
  if (lab && !lab.ok) io.err(`${whyInproc(lab)}\n`);
  const started = house.clock.wall();
  const name = newRunName(started, house.random);
  const dir = createRunDirectory(options.out ?? join(DEFAULT_RUNS, name));
  const write = options.json ? io.err : io.out;
  const conducted = await interruptible(context, async (signal) =>
    conductRun({
      dir,
      run: identification(prepared, options, name, started),
      cases: prepared.cases,
      station: (record) =>
        house.openStation({ ...prepared.station, tell: (text) => io.err(`${text}\n`), signal }, record),
      describe: await house.describe(),
      clock: house.clock,
      pics: prepared.pics,
      pixit: prepared.station.pixit,
      signal,
      diagnose: options.diagnose,
      tell: (text) => io.err(`${text}\n`),
      onProgress: progressPrinter(io, write),
      signingKey: prepared.signingKey,
      open: house.openEvents,
    }),
  );
  const reports = await render(conducted, dir, options.allure === true, context);
  write(summaryText(conducted, dir, reports));
  if (options.json && conducted.results) printJson(io, conducted.results);
  context.exit(exitCodeOf(conducted));
}

/** The real stack is the default; where it cannot run, the bench that always works. */
function whyInproc({ detail, mend }: Finding): string {
  return `The virtual lab cannot run here: ${detail}${mend ? ` (to mend: ${mend})` : ""}. Using the inproc bench.`;
}

interface Prepared extends LoadedBench {
  readonly station: Parameters<CliContext["house"]["openStation"]>[0];
  readonly cases: readonly Case[];
  readonly pics: Pics | undefined;
  readonly iut: RoleName;
  readonly mode: RunMode;
  readonly signingKey: KeyObject | undefined;
}

/** Everything that can be wrong with the command line is found here, before anything is made or opened. */
function prepare(options: CertifyOptions & { readonly bench: string }, all: readonly Case[]): Prepared {
  const loaded = loadBench(options.bench, options);
  const mode = options.mode ?? (options.case.length > 0 ? "engineering" : "certification");
  if (mode === "certification" && options.case.length > 0) {
    throw new PursebenchError("USAGE", "--case with --mode certification: there the PICS alone decides what is run", {
      mend: "leave --case away, or use --mode engineering",
    });
  }
  const pics = options.pics === undefined ? undefined : loadPics(options.pics);
  const pixit = options.pixit === undefined ? undefined : loadPixit(options.pixit, pics);
  const chosen = options.iut === undefined ? undefined : parseRole(options.iut);
  const iut = chosen ?? pics?.role ?? impliedRole(options);
  const cases = selectCases(all, { suites: options.suite, cases: options.case, iut: chosen });
  if (cases.length === 0) {
    throw new PursebenchError("USAGE", "this selects no case", { mend: "`pursebench cases` lists them" });
  }
  const signingKey = options.sign === undefined ? undefined : readSigningKey(options.sign);
  return { ...loaded, signingKey, station: { bench: loaded.bench, iut, pixit }, cases, pics, iut, mode };
}

function impliedRole({ card, psam, terminal }: CertifyOptions): RoleName {
  if (card === undefined && terminal !== undefined) return "terminal";
  return card === undefined && psam !== undefined ? "psam" : "card";
}

function identification(prepared: Prepared, options: CertifyOptions, run: string, started: Date): RunIdentification {
  const { bench, file, iut, mode, cases } = prepared;
  const first = bench.terminals[0]?.terminal;
  const specs = { card: bench.card, psam: bench.psam, terminal: first };
  const spec = iut === "card" || iut === "psam" || iut === "terminal" ? specs[iut] : undefined;
  const digested = (path: string | undefined) =>
    path === undefined ? undefined : { file: path, sha256: digestOfFile(path) };
  return {
    format: "pursebench-run/1",
    run,
    started: started.toISOString(),
    mode,
    tool: { name: "pursebench", version: toolVersion() },
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    digests: { suites: digestOfCases(cases), specification: digestOfFolder(specificationFolder()) },
    bench: { name: bench.name, file },
    iut: { role: iut, spec: spec && specText(spec) },
    pics: digested(options.pics),
    pixit: digested(options.pixit),
    selection: { suites: options.suite, cases: options.case },
  };
}

/** The first Ctrl-C ends the run in good order, the second at once. */
async function interruptible<T>({ io }: CliContext, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const undo = io.onInterrupt(() => {
    if (controller.signal.aborted) return io.exitNow(130);
    io.err("\nInterrupted: closing the run. Once more ends at once.\n");
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } finally {
    undo();
  }
}

/** A report that cannot be made takes nothing from the verdict: the evidence is there and can be rendered again. */
async function render(
  { results }: Conducted,
  dir: string,
  allure: boolean,
  { house, io }: CliContext,
): Promise<readonly string[]> {
  if (!results) return [];
  try {
    return await house.renderReports(dir, { allure });
  } catch (thrown) {
    io.err(`The report could not be made: ${messageOf(thrown)}\nTry again with: pursebench report ${dir}\n`);
    return [];
  }
}

const HELP = `
Examples:
  pursebench certify                                        everything, on the virtual lab where it can run
  pursebench certify --bench inproc                         the same in one process, in a minute
  pursebench certify --suite payment --card vpcd:35963      a card that another program plays, on this TCP port
  pursebench certify --suite load --suite load-negative     two of the suites
  pursebench certify --suite clearing --iut clearing-system only what is that role's to get right
  pursebench certify --bench my-lab.yaml --iut card --pics my-card.yaml --mode certification
  pursebench certify --case PAY-CARD-001 --out /tmp/run     one case, while developing

A card for vpcd:PORT is a program that connects to 127.0.0.1:PORT, for example \`pursebench card serve\`. The run says when
it waits for it. Runs do not disturb each other: one takes the virtual lab that is up (\`pursebench lab up\`) when no other
run has it, and otherwise raises a private one, which ends with the run. A port that is in use is told.
Without --mode a run is a certification, or engineering as soon as --case is used. No verdict is looked
for twice: a case that failed is run again with one device after the other replaced by the harness's own, and stays failed; only
whose the failure is becomes clearer. --no-diagnose leaves that away.`;
