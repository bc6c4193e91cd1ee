import type { Role } from "../role.ts";
import { CRC_START } from "./crc.ts";

/** The reader exerciser between two commands (`test-cards.md` 4). */
export interface ExerciserState {
  readonly protocol: 0 | 1;
  /** Resets since installation that a command followed. */
  readonly resets: number;
  /** Undefined: no command has come since the reset. */
  readonly sinceReset: { readonly commands: number; readonly last: Noted } | undefined;
  readonly chain: { readonly length: number; readonly crc: number } | undefined;
  readonly pattern: { readonly total: number; readonly sent: number } | undefined;
  /** 0 to 32 bytes, over power loss. */
  readonly kept: Uint8Array;
}

/** A command as REPORT tells it. */
export interface Noted {
  /** CLA INS P1 P2. */
  readonly header: Uint8Array;
  /** Bytes of its data. */
  readonly lc: number;
  readonly crc: number;
}

export type ExerciserInput =
  | { readonly kind: "reset"; readonly protocol: 0 | 1 }
  | { readonly kind: "command"; readonly bytes: Uint8Array };

export type ExerciserOutput =
  /** Before the response: so many units of work. */
  { readonly kind: "work"; readonly units: number } | { readonly kind: "response"; readonly bytes: Uint8Array };

export type ExerciserRole = Role<ExerciserState, ExerciserInput, ExerciserOutput>;

export function newExerciser(): ExerciserState {
  const empty = { sinceReset: undefined, chain: undefined, pattern: undefined };
  return { protocol: 1, resets: 0, kept: new Uint8Array(0), ...empty };
}

/** A command of which no data was taken. */
export function noted(command: Uint8Array): Noted {
  const header = new Uint8Array(4);
  header.set(command.subarray(0, 4));
  return { header, lc: 0, crc: CRC_START };
}
