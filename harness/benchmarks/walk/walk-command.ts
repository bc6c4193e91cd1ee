/** The words after `npm run soak -- --walk`. */
import { parseArgs } from "node:util";
import { messageOf } from "../../core/errors.ts";

export interface WalkCommand {
  readonly operations: number;
  readonly seed: number;
  readonly path?: string | undefined;
}

const STANDARD_OPERATIONS = 100_000;

/** A seed is drawn by `draw` where none is given. A text says what is wrong. */
export function walkCommand(words: readonly string[], draw: () => number): WalkCommand | string {
  try {
    const text = { type: "string" } as const;
    const options = { operations: text, seed: text, path: text };
    const { operations, seed, path } = parseArgs({ args: [...words], options, strict: true }).values;
    if (operations !== undefined && !/^[1-9][0-9]{0,7}$/.test(operations))
      return `"${operations}" is no number of operations`;
    if (seed !== undefined && !/^-?[0-9]{1,10}$/.test(seed)) return `"${seed}" is no seed`;
    if (path !== undefined && seed === undefined) return "a path needs the seed that it was found with";
    return {
      operations: Number(operations ?? STANDARD_OPERATIONS),
      seed: seed === undefined ? draw() : Number(seed),
      path,
    };
  } catch (thrown) {
    return messageOf(thrown);
  }
}
