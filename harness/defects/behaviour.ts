import { PursebenchError } from "../core/errors.ts";
import type { Variation } from "./variation.ts";

/** Parameters of a behaviour, from the YAML: scalars are text. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A named way to be wrong. Called once for each station; state of its own belongs inside of the functions it returns. */
export type Behaviour = (parameters: Parameters) => Variation;

/** The text parameter `name`. Throws `USAGE` when it is missing. */
export function textOf(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (typeof value === "string") return value;
  throw new PursebenchError("USAGE", `a behaviour needs the text parameter "${name}"`);
}

export function optionalText(parameters: Parameters, name: string): string | undefined {
  return parameters[name] === undefined ? undefined : textOf(parameters, name);
}

/** The whole number parameter `name`, decimal or "0x…". Throws `USAGE` otherwise. */
export function numberOf(parameters: Parameters, name: string): number {
  const value = Number(textOf(parameters, name));
  if (Number.isInteger(value)) return value;
  throw new PursebenchError("USAGE", `a behaviour needs the whole number parameter "${name}"`);
}
