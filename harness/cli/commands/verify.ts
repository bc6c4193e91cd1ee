import { existsSync } from "node:fs";
import type { Command } from "commander";
import { PursebenchError } from "../../core/errors.ts";
import { readVerifyingKey } from "../../evidence/keys.ts";
import { verifyRun } from "../../evidence/verify.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

export function addVerify(root: Command, context: CliContext): void {
  const { io } = context;
  root
    .command("verify")
    .description(
      "Check offline that nothing in a run was changed, removed, added or cut. Exit code 1 when something was.",
    )
    .argument("<dir>", "directory of the run")
    .option("--key <key.pub>", "the run has to be sealed with this public key")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  pursebench verify reports/runs/20260802T101530Z-3FA09C")
    .action(async (dir: string, options: { readonly key?: string; readonly json?: boolean }) => {
      if (!existsSync(dir)) {
        throw new PursebenchError("USAGE", `there is no directory ${dir}`, { mend: "name the directory of a run" });
      }
      const verification = await verifyRun(dir, options.key === undefined ? undefined : readVerifyingKey(options.key));
      if (!verification.ok) context.exit(EXIT.failed);
      if (options.json) return printJson(io, verification);
      if (verification.ok) line(io, `untouched: ${verification.lines} lines, head ${verification.head}`);
      for (const { file, line: number, what } of verification.damage) {
        line(io, number === undefined ? `${file}: ${what}` : `${file}:${number}: this line ${what}`);
      }
    });
}
