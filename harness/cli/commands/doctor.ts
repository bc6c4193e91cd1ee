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
    .option("--card <spec>", "with this card in place of the bench's, as for certify")
    .option("--psam <spec>", "with this security card")
    .option("--terminal <spec>", "with this terminal")
    .option("--json", "as JSON")
    .addHelpText("after", HELP)
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

const HELP = `
Examples:
  pursebench doctor                            everything that is attached
  pursebench doctor --bench my-lab.yaml        what this bench needs
  pursebench doctor --bench virtual-lab --card javacard

Exit codes: 0 looked, 2 something that the bench needs is missing, 64 the command line or the bench description is wrong.`;
