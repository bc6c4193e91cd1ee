import type { Command } from "commander";
import { headerOf, SUITES } from "../../../suites/define/case.ts";
import { parseRole, selectCases } from "../../run/selection.ts";
import { type CliContext, line, printJson } from "../context.ts";

interface CasesOptions {
  readonly iut?: string;
  readonly suite: readonly string[];
  readonly requirement: readonly string[];
  readonly json?: boolean;
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function addCases(root: Command, { house, io }: CliContext): void {
  root
    .command("cases")
    .description("List the cases without running anything.")
    .option("--iut <role>", "only cases whose failure is this role's")
    .option("--suite <name>", `only this suite: ${SUITES.join(", ")} (repeatable)`, collect, [])
    .option("--requirement <id>", "only cases for this requirement (repeatable)", collect, [])
    .option("--json", "as JSON")
    .addHelpText("after", HELP)
    .action(async (options: CasesOptions) => {
      const iut = options.iut === undefined ? undefined : parseRole(options.iut);
      const { suite: suites, requirement: requirements } = options;
      const cases = selectCases(await house.cases(), { suites, requirements, iut });
      if (options.json) return printJson(io, cases.map(headerOf));
      for (const { id, purpose, owner } of cases) line(io, `${id.padEnd(22)} ${owner.padEnd(9)} ${purpose}`);
      line(io, `${cases.length} case${cases.length === 1 ? "" : "s"}`);
    });
}

const HELP = `
Examples:
  pursebench cases --suite load                              loading value, from bank and pre-funded accounts
  pursebench cases --suite load-negative --suite tearing     what goes wrong while a card is loaded
  pursebench cases --iut card --requirement PAY-BASE-602     by whose failure it is, and by requirement`;
