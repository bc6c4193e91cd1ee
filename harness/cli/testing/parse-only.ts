/** Command lines as people write them into documents and helps, held to the real program without running anything. */
import { type Command, CommanderError } from "commander";
import { program } from "../program.ts";
import { FakeIo, fakeHouse } from "./fake-house.ts";

/** `taken`, or what the program says against the line. Shell words around the command are left away. */
export async function parseOnly(commandLine: string): Promise<string> {
  const [name, ...args] = words(commandLine);
  if (name !== "pursebench") return `is not a command of pursebench: ${commandLine}`;
  const io = new FakeIo();
  const root = program({ io, house: fakeHouse(), exit: () => undefined });
  disarm(root);
  try {
    await root.parseAsync(args, { from: "user" });
    return "taken";
  } catch (thrown) {
    if (thrown instanceof CommanderError)
      return thrown.exitCode === 0 ? "taken" : io.complained.trim() || thrown.message;
    throw thrown;
  }
}

/** Leaves options, arguments and their checks, and takes away what the commands do. */
function disarm(command: Command): void {
  if (command.commands.length === 0 || command.registeredArguments.length > 0) command.action(() => undefined);
  for (const each of command.commands) disarm(each);
}

/** The words of a line of shell up to a comment, a pipe or the next command. */
export function words(commandLine: string): readonly string[] {
  const found: string[] = [];
  for (const [, quoted, single, bare] of commandLine.matchAll(/"((?:\$\([^)]*\)|[^"])*)"|'([^']*)'|(\S+)/g)) {
    if (bare !== undefined && /^(#.*|\||&&|;|>.*|2>.*)$/.test(bare)) break;
    found.push(quoted ?? single ?? bare ?? "");
  }
  return found;
}
