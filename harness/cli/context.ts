import { toHex } from "../core/bytes.ts";
import type { Io } from "./io.ts";
import type { House } from "./ports.ts";

/** What every subcommand gets. */
export interface CliContext {
  readonly io: Io;
  readonly house: House;
  /** Sets the exit code of the command; 0 when nobody does. */
  exit(code: number): void;
}

/** Bytes are printed in hex. */
export function printJson(io: Io, data: unknown): void {
  const inHex = (_: string, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value);
  io.out(`${JSON.stringify(data, inHex, 2)}\n`);
}

export function line(io: Io, text: string): void {
  io.out(`${text}\n`);
}
