import type { Command } from "commander";
import { parseRole } from "../../run/selection.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

export function addMutants(root: Command, context: CliContext): void {
  const { house, io } = context;
  root
    .command("mutants")
    .description("Run the suite against reference roles with seeded defects: does it notice? Exit code 1 when not.")
    .option("--role <role>", "only defects of this role")
    .option("--json", "as JSON")
    .addHelpText("after", HELP)
    .action(async (options: { readonly role?: string; readonly json?: boolean }) => {
      const role = options.role === undefined ? undefined : parseRole(options.role);
      const matrix = await house.runMutants({
        role,
        cases: await house.cases(),
        onProgress: (done, total) => {
          if (done % 25 === 0 || done === total) io.err(`${done} of ${total} seeded defects judged\n`);
        },
      });
      const isSound = matrix.survived.length + matrix.falseAlarms.length + (role ? 0 : matrix.unproven.length) === 0;
      if (!isSound) context.exit(EXIT.failed);
      if (options.json) return printJson(io, matrix);
      line(io, `${matrix.killed} of ${matrix.mutants} seeded defects were noticed`);
      for (const id of matrix.survived) line(io, `survived     ${id}`);
      for (const id of role ? [] : matrix.unproven) line(io, `no defect    ${id}`);
      for (const id of matrix.falseAlarms) line(io, `false alarm  ${id}`);
    });
}

const HELP = `
Examples:
  pursebench mutants --role card               half a minute and more
  pursebench mutants                           all of them

Exit codes: 0 every defect was noticed, 1 one survived or a case has none or fails the reference, 64 the command line is wrong.`;
