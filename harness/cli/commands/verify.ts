import { existsSync } from "node:fs";
import type { Command } from "commander";
import { PursebenchError } from "../../core/errors.ts";
import { readVerifyingKey } from "../../evidence/keys.ts";
import { type Verification, verifyRun } from "../../evidence/verify.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

interface VerifyOptions {
  readonly key?: string;
  readonly json?: boolean;
}

export function addVerify(root: Command, context: CliContext): void {
  root
    .command("verify")
    .description(
      "Check offline that nothing in a run was changed, removed, added or reordered, in no file. Exit code 1 when something was.",
    )
    .argument("<dir>", "directory of the run")
    .option("--key <key.pub>", "the run has to be sealed with this public key")
    .option("--json", "as JSON")
    .addHelpText("after", HELP)
    .action((dir: string, options: VerifyOptions) => verify(dir, options, context));
}

async function verify(dir: string, { key, json }: VerifyOptions, { io, exit }: CliContext): Promise<void> {
  if (!existsSync(dir)) {
    throw new PursebenchError("USAGE", `there is no directory ${dir}`, { mend: "name the directory of a run" });
  }
  const verification = await verifyRun(dir, key === undefined ? undefined : readVerifyingKey(key));
  if (!verification.ok) exit(EXIT.failed);
  if (json) return printJson(io, verification);
  if (verification.ok) line(io, `untouched: ${verification.lines} lines, head ${verification.head}`);
  if (verification.ok) line(io, signature(verification, key));
  for (const { file, line: number, what } of verification.damage) {
    line(io, number === undefined ? `${file}: ${what}` : `${file}:${number}: this line ${what}`);
  }
  if (verification.stopped) line(io, `It can go on: pursebench certify --resume ${dir}`);
}

function signature({ sealedBy }: Verification, key: string | undefined): string {
  if (sealedBy === undefined) return "not signed: whoever could write the directory could have rewritten it whole";
  if (key !== undefined) return `sealed by ${sealedBy}, the key of ${key}`;
  return `sealed by ${sealedBy}: is that the laboratory's? --key with its public key makes sure`;
}

const HELP = `
Needs nothing but the directory: the hash chain of the events, manifest.json over every file, results that follow from the events,
and seal.json, which only the laboratory's private key can make.

Examples:
  pursebench verify reports/runs/20260802T101530Z-3FA09C
  pursebench verify --key lab.pub reports/runs/20260802T101530Z-3FA09C

Exit codes: 0 untouched, 1 something was changed or the seal is not of that key, 64 the command line is wrong.`;
