import { Command, CommanderError } from "commander";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { toolVersion } from "../run/version.ts";
import { addCard } from "./commands/card.ts";
import { addCases } from "./commands/cases.ts";
import { addCertify } from "./commands/certify.ts";
import { addCoverage } from "./commands/coverage.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addKeys } from "./commands/keys.ts";
import { addLab } from "./commands/lab.ts";
import { addMutants } from "./commands/mutants.ts";
import { addNightly } from "./commands/nightly.ts";
import { addRejudge } from "./commands/rejudge.ts";
import { addReport } from "./commands/report.ts";
import { addStation } from "./commands/station.ts";
import { addTerminal } from "./commands/terminal.ts";
import { addVerify } from "./commands/verify.ts";
import type { CliContext } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import type { House } from "./ports.ts";

/** Runs the command that `args` (without node and script) ask for. Resolves with the exit code; never rejects. */
export async function runCli(args: readonly string[], io: Io, house: House): Promise<number> {
  let code: number = EXIT.passed;
  const context: CliContext = {
    io,
    house,
    exit: (value) => {
      code = value;
    },
  };
  try {
    await program(context).parseAsync([...args], { from: "user" });
    return code;
  } catch (thrown) {
    return complain(thrown, io, args.includes("--debug"));
  }
}

function program(context: CliContext): Command {
  const root = new Command("pursebench")
    .description("Test harness and conformance suite for smart-card purse systems.")
    .version(toolVersion())
    .option("--debug", "with an error, print where in the code it arose")
    .addHelpText("after", HELP);
  // Before the subcommands, which inherit it.
  root.exitOverride().configureOutput({ writeOut: context.io.out, writeErr: context.io.err });
  root.showSuggestionAfterError(true);
  const add = [
    addDoctor,
    addCases,
    addCertify,
    addCoverage,
    addMutants,
    addNightly,
    addReport,
    addVerify,
    addRejudge,
    addKeys,
    addLab,
    addStation,
    addTerminal,
    addCard,
  ];
  for (const each of add) each(root, context);
  return root;
}

function complain(thrown: unknown, io: Io, debug: boolean): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.passed : EXIT.usage; // it has spoken already
  io.err(`pursebench: ${messageOf(thrown)}\n`);
  const known = thrown instanceof PursebenchError ? thrown : undefined;
  if (known?.mend) io.err(`${known.mend}\n`);
  if (!known && !debug) io.err("This is a defect of pursebench; --debug shows where it arose.\n");
  if (debug && thrown instanceof Error) io.err(`${thrown.stack ?? ""}\n`);
  return known?.code === "USAGE" ? EXIT.usage : EXIT.unclear;
}

const HELP = `
Start here:
  pursebench doctor                                   what is attached and usable, and what is missing
  pursebench certify                                  every suite, on the virtual lab where it can run
  pursebench certify --suite load                     one of them; \`pursebench cases --suite load\` lists its cases
  pursebench certify --bench virtual-lab --card vpcd:35963
                                                      a card that another program plays
  pursebench certify --bench my-lab.yaml --card "pcsc:ACS ACR39U ICC Reader 00 00"
                                                      a card in a USB reader

Exit codes: 0 every selected case passed, 1 a case failed, 2 none failed but some were inconclusive or ended in an error,
64 the command line or a bench, PICS or PIXIT file is wrong, 130 interrupted.`;
