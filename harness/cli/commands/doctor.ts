import type { Command } from "commander";
import { type BenchOverrides, loadBench } from "../../bench/load.ts";
import type { Bench } from "../../bench/schema.ts";
import { PursebenchError } from "../../core/errors.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

interface DoctorOptions extends BenchOverrides {
  readonly bench?: string;
  readonly json?: boolean;
}

export function addDoctor(root: Command, context: CliContext): void {
  const { house, io } = context;
  root
    .command("doctor")
    .description("Say what is attached and usable, what is missing, and how to mend it. Changes nothing.")
    .option("--bench <bench>", "look for what this bench needs; exit code 2 when something of it is missing")
    .option("--card <spec>", "with this card in place of the bench's; also --psam and --terminal, as for certify")
    .option("--psam <spec>")
    .option("--terminal <spec>")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExamples:\n  pursebench doctor\n  pursebench doctor --bench my-lab.yaml")
    .action(async (options: DoctorOptions) => {
      const bench = benchOf(options);
      const findings = await house.doctor(bench);
      if (bench && findings.some((finding) => !finding.ok)) context.exit(EXIT.unclear);
      if (options.json) return printJson(io, findings);
      for (const { ok, what, detail, mend } of findings) {
        line(io, `${ok ? "ok     " : "missing"}  ${what}: ${detail}`);
        if (!ok && mend) line(io, `         to mend: ${mend}`);
      }
    });
}

function benchOf(options: DoctorOptions): Bench | undefined {
  if (options.bench !== undefined) return loadBench(options.bench, options).bench;
  const alone = (["card", "psam", "terminal"] as const).find((name) => options[name] !== undefined);
  if (alone === undefined) return undefined;
  throw new PursebenchError("USAGE", `--${alone} without --bench: what is looked for is what a bench needs`, {
    mend: "name a bench, as --bench virtual-lab",
  });
}
