import { Command } from "commander";
import { toolVersion } from "../run/version.ts";
import { addCard } from "./commands/card.ts";
import { addCases } from "./commands/cases.ts";
import { addCertify } from "./commands/certify.ts";
import { addCoverage } from "./commands/coverage.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addKeys } from "./commands/keys.ts";
import { addLab } from "./commands/lab.ts";
import { addMan } from "./commands/man.ts";
import { addMutants } from "./commands/mutants.ts";
import { addNightly } from "./commands/nightly.ts";
import { addRejudge } from "./commands/rejudge.ts";
import { addReport } from "./commands/report.ts";
import { addStation } from "./commands/station.ts";
import { addTerminal } from "./commands/terminal.ts";
import { addVerify } from "./commands/verify.ts";
import type { CliContext } from "./context.ts";
import { RUN_EXIT_CODES } from "./exit-codes.ts";

/** The whole command line: what is parsed, what `--help` says and what the man pages are made of. */
export function program(context: CliContext): Command {
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
    addMan,
  ];
  for (const each of add) each(root, context);
  return root;
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

Files:
  reports/runs/                               run directories, one a run (--out names another place)
  ~/.config/pursebench/laboratory.yaml        the laboratory, when --lab does not name a file; XDG_CONFIG_HOME moves it
  ~/.config/pursebench/keys/                  where \`pursebench keys new\` puts the laboratory's keys
  fixtures/                                   of the package: benches, PICS, PIXIT, profiles, a laboratory, a night to copy
  harness/guides/                             of the package: guides for technicians, for developers, for a certification

${RUN_EXIT_CODES}`;
