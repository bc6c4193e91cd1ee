import { batchAnswer } from "../../link/batch-http.ts";
import type { HttpResponse } from "../../link/exchange.ts";
import type { LogOutput, Step } from "../role.ts";
import type { ClearingOutput, ClearingPhase } from "./effects.ts";

export type ClearingStep = Step<ClearingPhase, ClearingOutput>;

/** `response` and the end of this request. */
export function answer(response: HttpResponse, before: readonly ClearingOutput[] = []): ClearingStep {
  return over([...before, { kind: "respond", response }]);
}

/** A plain status without a message. */
export function refuse(status: number): ClearingStep {
  return answer(batchAnswer(status));
}

export function over(outputs: readonly ClearingOutput[]): ClearingStep {
  return { state: { at: "over" }, outputs: [...outputs, { kind: "end" }] };
}

/** An entry of `clearing.md` 7. */
export function log(entry: string, fields: LogOutput["fields"]): ClearingOutput {
  return { kind: "log", entry, fields };
}
