import type { Command } from "commander";
import { Option } from "commander";
import { SUITES } from "../../../suites/define/case.ts";
import { DEFAULT_RUNS } from "../../evidence/run-directory.ts";
import { performRun } from "../../run/perform.ts";
import { prepareRun } from "../../run/prepare.ts";
import type { RunRequest } from "../../run/request.ts";
import { type CliContext, printJson } from "../context.ts";
import { RUN_EXIT_CODES } from "../exit-codes.ts";
import { interruptible } from "../interruptible.ts";
import { operatorOf, parseOperator } from "../operator.ts";
import { progressPrinter } from "../progress.ts";
import { summaryText } from "../summary.ts";

interface CertifyOptions extends Omit<RunRequest, "suites" | "cases"> {
  readonly suite: readonly string[];
  readonly case: readonly string[];
  readonly operator?: string;
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
    .option(
      "--card <spec>",
      "sim, sim:KIND, javacard, javacard:KIND, pcsc:READER NAME, vpcd:PORT (waits there for a card that speaks vpcd), " +
        "serial:PATH[@BAUD] (a Phoenix or Smartmouse interface)",
    )
    .option(
      "--psam <spec>",
      "sim, reader (ours, in a slot of the virtual reader), javacard, pcsc:READER NAME, vpcd:PORT",
    )
    .option("--terminal <spec>", "sim, serial:PATH[@BAUD]: the bench's first terminal")
    .option("--wait <seconds>", "how long to wait for a card that is not there yet (default: the bench's, 30)")
    .option("--pics <file>", "what the device claims to support (fixtures/pics/ has examples)")
    .option("--pixit <file>", "values of the specimen at hand (fixtures/pixit/ has examples)")
    .addOption(
      new Option(
        "--mode <mode>",
        "certification: the PICS alone decides what is run (default with --pics, unless --suite, --case or another --iut narrow it)",
      ).choices(["certification", "engineering"]),
    )
    .option("--golden-card <spec>", "a card known to be good, tried before the first case and after the last")
    .option("--golden-psam <spec>", "the same for a security card")
    .option("--waivers <file>", "failures that somebody accepts, by case and version of the device")
    .option(
      "--retry <n>",
      "run a case that did not pass up to n times more, after the others; a fail stays one (default: 0)",
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
    .option(
      "--operator <who>",
      "who inserts, removes, swaps and switches: terminal, none, tcp:HOST:PORT (default: terminal where you sit at one)",
    )
    .option(
      "--resume <dir>",
      "go on with a run that broke off or was interrupted (beside it only --sign, --allure, --json)",
    )
    .option("--json", "print results.json on standard output, progress on standard error")
    .addHelpText("after", HELP)
    .action((options: CertifyOptions) => certify(options, context));
}

async function certify(options: CertifyOptions, context: CliContext): Promise<void> {
  const { house, io } = context;
  const { suite: suites, case: cases, json, operator: who, ...rest } = options;
  const choice = who === undefined ? undefined : parseOperator(who);
  const prepared = await prepareRun({ ...rest, suites, cases }, house);
  const write = json ? io.err : io.out;
  const tell = (text: string) => io.err(`${text}\n`);
  const operator = await operatorOf(choice, context, prepared.bench);
  const performed = await interruptible(context.io, "closing the run", (signal) =>
    performRun(prepared, { signal, tell, operator, onProgress: progressPrinter(io, write) }),
  ).finally(() => operator?.[Symbol.dispose]?.());
  const { conducted, dir, reports, exitCode } = performed;
  write(summaryText(conducted, dir, reports));
  if (json && conducted.results) printJson(io, conducted.results);
  context.exit(exitCode);
}

const HELP = `
Examples:
  pursebench certify                                        everything, on the virtual lab where it can run
  pursebench certify --bench inproc                         the same in one process, in a minute
  pursebench certify --suite payment --card vpcd:35963      a card that another program plays, on this TCP port
  pursebench certify --suite load --suite load-negative     two of the suites
  pursebench certify --suite clearing --iut clearing-system
                                                            only what is that role's to get right
  pursebench certify --bench my-lab.yaml --pics my-card.yaml --pixit my-specimen.yaml --golden-card "pcsc:Second reader"
                                                            a certification: all that the PICS claims, and nothing else
  pursebench certify --resume reports/runs/20260802T101530Z-3FA09C
                                                            go on after a power cut, a crash or Ctrl-C
  pursebench certify --case PAY-CARD-001 --out /tmp/run     one case, while developing
  pursebench certify --bench my-lab.yaml --operator none    nobody is there: cases that need a hand are not run

A card for vpcd:PORT is a program that connects to 127.0.0.1:PORT, for example \`pursebench card serve\`. The run says when
it waits for it. Runs do not disturb each other: one takes the virtual lab that is up (\`pursebench lab up\`) when no other
run has it, and otherwise raises a private one, which ends with the run. A port that is in use is told.
Cards in a real reader (pcsc:, serial:) and the power of a real terminal need a hand. You are asked at this terminal, with a
picture of the bench: Enter says that it is done, c that it cannot be; where the reader sees it, nobody has to answer. Cards
other than the one under test are those that the bench description lists (cardsAtHand). A robot at tcp:HOST:PORT gets each step
as a line of JSON, {"step":1,"kind":"insert","place":"slot 1","card":"expired","text":"…","withinMs":60000}, and answers with
{"answer":1,"is":"done"} or "cannot"; {"over":1,"why":"noticed"} takes a step back.

In certification mode the PICS names what is under test and decides alone what is run. Before the first case and after the last a
golden card and PSAM, which are known to be good, are put to a few cases in place of those of the bench: where they do not pass before,
no case is run; where they do not pass after, the run is inconclusive, whatever its cases say. On benches without hardware they are the
harness's own; a lab names its own here or in the bench description (golden: { card: "pcsc:…", psam: "pcsc:…" }).

A fail stays one. With --retry all attempts show in evidence and report, and only what was inconclusive or an error can still become a
pass. A case that failed is run again with one device after the other replaced by the harness's own: only whose the failure is
becomes clearer (--no-diagnose leaves that away). A waiver changes no verdict and no exit code; it says in the report who accepts a failure:

  format: pursebench-waivers/1
  waivers:
    - { case: CARD-ATR-01, product: my card, version: "2.1", reason: "mask 7, mended in 2.2", approver: "R. Miles", expires: 2026-12-31 }

A run that broke off goes on with the cases that remain, in the same directory, if bench, files and devices are those that it began with.
The case that was under way is begun again; had it failed already, it stays failed.

${RUN_EXIT_CODES}`;
