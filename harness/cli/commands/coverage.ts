import type { Command } from "commander";
import { coverage } from "../../../suites/define/coverage.ts";
import { loadNotTested, loadRequirements } from "../../../suites/define/requirements.ts";
import { didYouMean } from "../../bench/nearest.ts";
import { PursebenchError } from "../../core/errors.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

export function addCoverage(root: Command, context: CliContext): void {
  const { house, io } = context;
  root
    .command("coverage")
    .description("Hold the requirements against the cases. Exit code 1 when something is neither tested nor excused.")
    .option("--flow <name>", "only requirements of this flow, e.g. pay-base, load-bank, clearing")
    .option("--json", "as JSON")
    .addHelpText("after", HELP)
    .action(async (options: { readonly flow?: string; readonly json?: boolean }) => {
      const requirements = loadRequirements();
      checkFlow(options.flow, [...new Set(requirements.map((each) => each.flow))]);
      const found = coverage(requirements, await house.cases(), loadNotTested(), options.flow);
      if (found.uncovered.length > 0) context.exit(EXIT.failed);
      if (options.json) return printJson(io, found);
      line(io, `${found.covered.length} of ${found.requirements} requirements are tested`);
      for (const { id, reason } of found.notTested) line(io, `not tested  ${id}: ${reason}`);
      for (const id of found.uncovered) line(io, `UNCOVERED   ${id}`);
    });
}

const HELP = `
Examples:
  pursebench coverage                         every requirement, and what no bench can show
  pursebench coverage --flow pay-base         the base payment (FIG 4); also pay-alt1 to pay-alt3, pay-cable, encryption
  pursebench coverage --flow load-bank        loading from a bank account (FIG 15); also load-prefunded (FIG 17), load-negative
  pursebench coverage --flow clearing         batches, acknowledgements, settlement (FIG 1)

Exit codes: 0 everything is tested or excused, 1 something is neither, 64 the command line is wrong.`;

function checkFlow(flow: string | undefined, known: readonly string[]): void {
  if (flow === undefined || known.includes(flow)) return;
  const mend = `there is: ${known.join(", ")}`;
  throw new PursebenchError("USAGE", `no flow "${flow}"${didYouMean(flow, known)}`, { mend });
}
