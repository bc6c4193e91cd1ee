/** The manual page of a command, made of the same object that parses its command line and prints its help. */
import type { Command, Help, Option } from "commander";
import { type HelpText, helpTextOf, type Prose } from "./help-text.ts";
import { bold, entry, italic, paragraph, plain, prose, section, textLine, verbatim } from "./roff.ts";

export interface ManPage {
  /** Of the file, e.g. `pursebench-card-info.1`. */
  readonly file: string;
  readonly text: string;
}

/** One page for the command and one for each of its subcommands, and theirs. */
export function manPages(root: Command): readonly ManPage[] {
  const pageOf = (command: Command): readonly ManPage[] => [
    { file: `${pageName(command)}.1`, text: manPage(command) },
    ...subcommands(command).flatMap(pageOf),
  ];
  return pageOf(root);
}

/** `commands` without the one that commander adds to ask for help. */
export function subcommands(command: Command): readonly Command[] {
  return command.commands.filter((each) => each.name() !== "help");
}

/** All names from the root on. */
export function fullName(command: Command): readonly string[] {
  return command.parent === null ? [command.name()] : [...fullName(command.parent), command.name()];
}

const pageName = (command: Command) => fullName(command).join("-");

function manPage(command: Command): string {
  const root = rootOf(command);
  const help = command.createHelp();
  const text = helpTextOf(command);
  const exitCodes = text.exitCodes ?? COMMON_EXIT_CODES;
  return `${[
    `.TH ${plain(pageName(command).toUpperCase())} 1 "" "pursebench ${plain(root.version() ?? "")}" "User Commands"`,
    ".nh",
    ".ad l",
    ...section("NAME", [
      textLine(`${plain(pageName(command))} \\- ${prose(command.description().replace(/\.$/, ""))}`),
    ]),
    ...section("SYNOPSIS", synopsis(command)),
    ...section("DESCRIPTION", [...paragraph(prose(command.description())), ...text.prose.flatMap(proseLines)]),
    ...section("ARGUMENTS", argumentLines(command, help)),
    ...section("OPTIONS", optionLines(command, help)),
    ...section("COMMANDS", commandLines(command, help)),
    ...section("EXAMPLES", exampleLines(text)),
    ...section("EXIT STATUS", exitLines(exitCodes)),
    ...section("FILES", fileLines(text.files.length > 0 ? text : helpTextOf(root))),
    ...section("SEE ALSO", seeAlso(command)),
  ].join("\n")}\n`;
}

/** Of a command that says nothing of its own. */
const COMMON_EXIT_CODES =
  "0 done, 2 something that it needs is not there or does not work, 64 the command line or a file that it names is wrong, 130 interrupted.";

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function synopsis(command: Command): readonly string[] {
  const usage = command.usage();
  return [textLine(`${bold(fullName(command).join(" "))} ${plain(usage)}`)];
}

function proseLines(part: Prose): readonly string[] {
  return part.kind === "paragraph" ? paragraph(prose(part.text)) : verbatim(part.lines);
}

function argumentLines(command: Command, help: Help): readonly string[] {
  return command.registeredArguments.flatMap((each) =>
    entry(italic(each.name()), prose(help.argumentDescription(each))),
  );
}

function optionLines(command: Command, help: Help): readonly string[] {
  return help.visibleOptions(command).flatMap((each) => entry(flags(each), prose(help.optionDescription(each))));
}

/** `-h, --help` in bold, what an option takes in italics. */
function flags(option: Option): string {
  return option.flags
    .split(/([<[][^>\]]+[>\]])/)
    .map((part) => (/^[<[]/.test(part) ? italic(part.replace(/[<>]/g, "")) : part === "" ? "" : bold(part)))
    .join("");
}

function commandLines(command: Command, help: Help): readonly string[] {
  return subcommands(command).flatMap((each) =>
    entry(`${bold(pageName(each))}(1)`, prose(help.subcommandDescription(each))),
  );
}

function exampleLines({ examples }: HelpText): readonly string[] {
  return examples.flatMap(({ term, text }) => entry(bold(term), prose(text)));
}

/** `0 every case passed, 1 a case failed`: a code and its meaning each, where the text is made like that. */
function exitLines(text: string): readonly string[] {
  const codes = text.split(/[,;]\s+(?=(?:0|1|2|64|130)[ :])/).map((part) => /^(\d+):? (.+?)\.?$/s.exec(part));
  if (codes.some((each) => each === null)) return paragraph(prose(text));
  return codes.flatMap((each) => entry(bold(each?.[1] ?? ""), prose(each?.[2] ?? "")));
}

function fileLines({ files }: HelpText): readonly string[] {
  return files.flatMap(({ term, text }) => entry(italic(term), prose(text)));
}

/** The command above, those beside, those below. */
function seeAlso(command: Command): readonly string[] {
  const above = command.parent;
  const related = [
    ...(above === null ? [] : [above, ...subcommands(above).filter((each) => each !== command)]),
    ...subcommands(command),
  ];
  const names = related.map((each) => `${bold(pageName(each))}(1)`).join(", ");
  return [textLine(names), ...paragraph(prose("The guides in `harness/guides` of the package."))];
}
