import type { Command } from "commander";
import { Option } from "commander";
import { SUITES } from "../../../suites/define/case.ts";
import { DEFAULT_RUNS } from "../../evidence/run-directory.ts";
import { performRun } from "../../run/perform.ts";
import { prepareRun } from "../../run/prepare.ts";
import type { RunRequest } from "../../run/request.ts";
import { type CliContext, printJson } from "../context.ts";
import { progressPrinter } from "../progress.ts";
import { summaryText } from "../summary.ts";

interface CertifyOptions extends Omit<RunRequest, "suites" | "cases"> {
  readonly suite: readonly string[];
  readonly case: readonly string[];
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
    .option(
      "--lab <file>",
      "who tests: name, address, logo, key (default: ~/.config/pursebench/laboratory.yaml, if any)",
    )
    .option("--order <file>", "for whom, and what was brought (fixtures/laboratory/ has examples of both)")
    .option("--sign <key.pem>", "seal the run with this Ed25519 private key (default: the laboratory's, if any)")
    .option("--json", "print results.json on standard output, progress on standard error")
    .addHelpText("after", HELP)
    .action((options: CertifyOptions) => certify(options, context));
}

async function certify(options: CertifyOptions, context: CliContext): Promise<void> {
  const { house, io } = context;
  const { suite: suites, case: cases, json, ...rest } = options;
  const prepared = await prepareRun({ ...rest, suites, cases }, house);
  const write = json ? io.err : io.out;
  const tell = (text: string) => io.err(`${text}\n`);
  const performed = await interruptible(context, (signal) =>
    performRun(prepared, { signal, tell, onProgress: progressPrinter(io, write) }),
  );
  const { conducted, dir, reports, exitCode } = performed;
  write(summaryText(conducted, dir, reports));
  if (json && conducted.results) printJson(io, conducted.results);
  context.exit(exitCode);
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
