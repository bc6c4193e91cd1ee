import type { Command } from "commander";
import { loadBench } from "../../bench/load.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

export function addDoctor(root: Command, context: CliContext): void {
  const { house, io } = context;
  root
    .command("doctor")
    .description("Say what is attached and usable, what is missing, and how to mend it. Changes nothing.")
    .option("--bench <bench>", "look for what this bench needs; exit code 2 when something of it is missing")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExamples:\n  pursebench doctor\n  pursebench doctor --bench my-lab.yaml")
    .action(async (options: { readonly bench?: string; readonly json?: boolean }) => {
      const bench = options.bench === undefined ? undefined : loadBench(options.bench).bench;
      const findings = await house.doctor(bench);
      if (bench && findings.some((finding) => !finding.ok)) context.exit(EXIT.unclear);
      if (options.json) return printJson(io, findings);
      for (const { ok, what, detail, mend } of findings) {
        line(io, `${ok ? "ok     " : "missing"}  ${what}: ${detail}`);
        if (!ok && mend) line(io, `         to mend: ${mend}`);
      }
    });
}
