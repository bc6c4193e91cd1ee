import { batchAnswer } from "../../link/batch-http.ts";
import type { HttpResponse } from "../../link/exchange.ts";
import type { LogOutput, Step } from "../role.ts";
import type { ConcentrationPointOutput, ConcentrationPointPhase } from "./effects.ts";

export type ConcentrationPointStep = Step<ConcentrationPointPhase, ConcentrationPointOutput>;

/** `response` and the end of this request. */
export function answer(
  response: HttpResponse,
  before: readonly ConcentrationPointOutput[] = [],
): ConcentrationPointStep {
  return over([...before, { kind: "respond", response }]);
}

/** A plain status without a message. */
export function refuse(status: number): ConcentrationPointStep {
  return answer(batchAnswer(status));
}

export function over(outputs: readonly ConcentrationPointOutput[]): ConcentrationPointStep {
  return { state: { at: "over" }, outputs: [...outputs, { kind: "end" }] };
}

/** An entry of `clearing.md` 7. */
export function log(entry: string, fields: LogOutput["fields"]): ConcentrationPointOutput {
  return { kind: "log", entry, fields };
}
