import { CommanderError } from "commander";
import { messageOf, PursebenchError } from "../core/errors.ts";
import type { CliContext } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import type { House } from "./ports.ts";
import { program } from "./program.ts";

/** Runs the command that `args` (without node and script) ask for. Resolves with the exit code; never rejects. */
export async function runCli(args: readonly string[], io: Io, house: House): Promise<number> {
  let code: number = EXIT.passed;
  const context: CliContext = {
    io,
    house,
    exit: (value) => {
      code = value;
    },
  };
  try {
    await program(context).parseAsync([...args], { from: "user" });
    return code;
  } catch (thrown) {
    return complain(thrown, io, args.includes("--debug"));
  }
}

function complain(thrown: unknown, io: Io, debug: boolean): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.passed : EXIT.usage; // it has spoken already
  io.err(`pursebench: ${messageOf(thrown)}\n`);
  const known = thrown instanceof PursebenchError ? thrown : undefined;
  if (known?.mend) io.err(`${known.mend}\n`);
  if (!known && !debug) io.err("This is a defect of pursebench; --debug shows where it arose.\n");
  if (debug && thrown instanceof Error) io.err(`${thrown.stack ?? ""}\n`);
  return known?.code === "USAGE" ? EXIT.usage : EXIT.unclear;
}
