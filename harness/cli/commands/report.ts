import type { Command } from "commander";
import { closeRunDirectory } from "../../evidence/close.ts";
import { copyEvidence } from "../../evidence/copy-run.ts";
import { writeResults } from "../../evidence/derive.ts";
import { mayReplaceSeal } from "../../evidence/earlier-closing.ts";
import { readSigningKey } from "../../evidence/keys.ts";
import { type CliContext, line, printJson } from "../context.ts";

interface ReportCommandOptions {
  readonly allure?: boolean;
  readonly sign?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addReport(root: Command, context: CliContext): void {
  root
    .command("report")
    .description("Derive results.json, render the reports of a run again, and close its directory anew.")
    .argument("<dir>", "directory of the run")
    .option("--allure", "the Allure report too, which takes some seconds")
    .option("--sign <key.pem>", "seal it with this Ed25519 private key; a sealed run only with the same")
    .option(
      "--out <other>",
      "leave DIR as it is: make the reports beside a copy of the evidence, in this new directory",
    )
    .option("--json", "print results.json")
    .addHelpText("after", HELP)
    .action((dir: string, options: ReportCommandOptions) => report(dir, options, context));
}

async function report(dir: string, options: ReportCommandOptions, { house, io }: CliContext): Promise<void> {
  const key = options.sign === undefined ? undefined : readSigningKey(options.sign);
  if (options.out === undefined) mayReplaceSeal(dir, key);
  const place = options.out === undefined ? dir : await copyEvidence(dir, options.out);
  const results = await writeResults(place);
  const written = await house.renderReports(place, { allure: options.allure === true, results });
  const { complete, lines } = results.run;
  if (complete) await closeRunDirectory(place, key);
  else
    io.err(
      `The run broke off after line ${lines}, so it is not closed. To go on: pursebench certify --resume ${dir}\n`,
    );
  if (options.json) return printJson(io, results);
  for (const path of written) line(io, path);
}

const HELP = `
Examples:
  pursebench report --allure reports/runs/20260802T101530Z-3FA09C
  pursebench report --sign lab.pem reports/runs/20260802T101530Z-3FA09C     a run that is sealed
  pursebench report --out /tmp/reports reports/runs/20260802T101530Z-3FA09C`;
