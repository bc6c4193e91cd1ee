import type { Command } from "commander";
import { writeResults } from "../../evidence/derive.ts";
import { type CliContext, line, printJson } from "../context.ts";

export function addReport(root: Command, { house, io }: CliContext): void {
  root
    .command("report")
    .description("Derive results.json and render the reports of a run again.")
    .argument("<dir>", "directory of the run")
    .option("--allure", "the Allure report too, which takes some seconds")
    .option("--json", "print results.json")
    .addHelpText("after", "\nExample:\n  pursebench report --allure reports/runs/20260802T101530Z-3FA09C")
    .action(async (dir: string, options: { readonly allure?: boolean; readonly json?: boolean }) => {
      const results = await writeResults(dir);
      const written = await house.renderReports(dir, { allure: options.allure === true });
      if (options.json) return printJson(io, results);
      for (const path of written) line(io, path);
    });
}
