/** Handles on one step of the PSAM role, for its defects. */
import { concat, fromHex } from "../core/bytes.ts";
import type { PsamStep } from "../roles/psam/answer.ts";
import type { PsamRole } from "../roles/psam/model.ts";
import type { PsamInput, PsamMemory, PsamState } from "../roles/psam/state.ts";
import type { Vary } from "../roles/role.ts";

/** INS and P1 of the command, e.g. 0x7001, or undefined for a reset. */
export function commandOf(input: PsamInput): number | undefined {
  if (input.kind !== "command") return undefined;
  return ((input.bytes[1] ?? 0) << 8) | (input.bytes[2] ?? 0);
}

/** Data field of a command with Lc. */
export function dataOf(input: PsamInput): Uint8Array {
  if (input.kind !== "command") return new Uint8Array(0);
  return input.bytes.subarray(5, 5 + (input.bytes[4] ?? 0));
}

/** The answer of the step: data and status word apart; undefined for a step without one. */
export function answerOf({ outputs }: PsamStep): { readonly data: Uint8Array; readonly SW: number } | undefined {
  for (const output of outputs) {
    if (output.kind !== "response") continue;
    const { bytes } = output;
    return { data: bytes.subarray(0, -2), SW: ((bytes.at(-2) ?? 0) << 8) | (bytes.at(-1) ?? 0) };
  }
  return undefined;
}

/** The step with that memory, written before the answer. */
export function withMemory({ state, outputs }: PsamStep, memory: PsamMemory): PsamStep {
  const answers = outputs.filter(({ kind }) => kind === "response");
  return { state: { ...state, memory }, outputs: [{ kind: "write", memory }, ...answers] };
}

/** The step with another answer: `data` and `9000`. */
export function answering({ state, outputs }: PsamStep, data: Uint8Array): PsamStep {
  const bytes = concat(data, fromHex("9000"));
  return {
    state,
    outputs: outputs.map((output) => (output.kind === "response" ? { kind: "response", bytes } : output)),
  };
}

export interface Told {
  readonly input: PsamInput;
  readonly before: PsamState;
  readonly step: PsamStep;
  readonly reference: PsamRole;
}

/** The PSAM whose step `change` replaces after each command `command` (INS and P1). */
export function afterCommand(command: number, change: (told: Told) => PsamStep): Vary<PsamRole> {
  return (reference) => ({
    handle(before, input) {
      const step = reference.handle(before, input);
      return commandOf(input) === command ? change({ input, before, step, reference }) : step;
    },
  });
}

export const ATR_PACKAGE = 0x7000;
export const INITIALIZE_PACKAGE = 0x7001;
export const DEBIT_PACKAGE = 0x7200;
export const COMPLETE = 0x7400;
export const WITHDRAW = 0x8e00;
export const SUSPEND = 0x8e01;
