/**
 * What stands under the options of `--help`, as parts. The text is written once, for the terminal; man pages and tests read it here.
 *
 * - `Examples:` (or `Example:`, `Start here:`): lines `  COMMAND   what for`, the second half also on further lines, indented by more.
 * - `Files:`: lines `  PATH   what it is`, in the same way.
 * - `Exit codes:` and what follows up to an empty line.
 * - Everything else: paragraphs, and indented lines that are printed as they are.
 */
import type { Command } from "commander";

/** A term and what is said of it; of an example the command and what it is for, which may be empty. */
export interface Entry {
  readonly term: string;
  readonly text: string;
}

export interface HelpText {
  readonly examples: readonly Entry[];
  readonly files: readonly Entry[];
  /** Without its heading; absent where the command says nothing of its own. */
  readonly exitCodes: string | undefined;
  readonly prose: readonly Prose[];
}

export type Prose =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "verbatim"; readonly lines: readonly string[] };

/** The text that a command adds to its help, as it is printed. */
export function addedHelp(command: Command): string {
  let printed = "";
  const output = command.configureOutput();
  command.configureOutput({
    ...output,
    writeOut: (text) => {
      printed += text;
    },
  });
  command.outputHelp();
  command.configureOutput(output);
  return printed.slice(command.helpInformation().length);
}

export function helpTextOf(command: Command): HelpText {
  return parseHelpText(addedHelp(command));
}

export function parseHelpText(text: string): HelpText {
  const blocks = text
    .split(/\n\s*\n/)
    .map((block) => block.split("\n").filter((line) => line !== ""))
    .filter((lines) => lines.length > 0);
  const of = (heading: RegExp) => blocks.filter(([first = ""]) => heading.test(first));
  const [exit] = of(EXIT);
  return {
    examples: of(EXAMPLES).flatMap((lines) => entriesOf(lines.slice(1))),
    files: of(FILES).flatMap((lines) => entriesOf(lines.slice(1))),
    exitCodes: exit && joined(exit).replace(EXIT, ""),
    prose: blocks.filter(([first = ""]) => ![EXAMPLES, FILES, EXIT].some((each) => each.test(first))).map(proseOf),
  };
}

const EXAMPLES = /^(Examples?|Start here):$/;
const FILES = /^Files:$/;
const EXIT = /^Exit codes: /;

function entriesOf(lines: readonly string[]): readonly Entry[] {
  const entries: Entry[] = [];
  for (const line of lines) {
    const [, term, text = ""] = /^ {2}(\S.*?)(?: {2,}(\S.*))?$/.exec(line) ?? [];
    const last = entries.at(-1);
    if (term !== undefined) entries.push({ term, text });
    else if (last) entries[entries.length - 1] = { ...last, text: `${last.text} ${line.trim()}`.trim() };
  }
  return entries;
}

function proseOf(lines: readonly string[]): Prose {
  if (lines.every((line) => line.startsWith("  "))) return { kind: "verbatim", lines };
  return { kind: "paragraph", text: joined(lines) };
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => line.trim()).join(" ");
}
