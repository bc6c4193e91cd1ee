import type { Io } from "./io.ts";
import type { House } from "./ports.ts";

/** What every subcommand gets. */
export interface CliContext {
  readonly io: Io;
  readonly house: House;
  /** Sets the exit code of the command; 0 when nobody does. */
  exit(code: number): void;
}

export function printJson(io: Io, data: unknown): void {
  io.out(`${JSON.stringify(data, null, 2)}\n`);
}

export function line(io: Io, text: string): void {
  io.out(`${text}\n`);
}
