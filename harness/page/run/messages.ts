/** What passes between the station and the process of a run. Plain data in both directions. */
import type { Owner } from "../../core/errors.ts";
import type { Outcome } from "../../evidence/verdict.ts";
import type { OperatorAnswer, OperatorStep } from "../../flows/operator.ts";
import type { RunRequest } from "../../run/request.ts";
import type { ExchangeView } from "../shared/state.ts";

export type RunCommandMessage =
  | { readonly kind: "start"; readonly request: RunRequest }
  | { readonly kind: "answer"; readonly id: number; readonly answer: OperatorAnswer }
  /** As Ctrl-C. */
  | { readonly kind: "stop" };

export interface CaseMessage {
  readonly kind: "case";
  /** From 0. */
  readonly index: number;
  readonly total: number;
  readonly id: string;
  readonly purpose: string;
  /** Absent when the case begins. */
  readonly finished?:
    | { readonly outcome: Outcome; readonly reason: string; readonly owner: Owner; readonly durationMs: number }
    | undefined;
}

export type RunMessage =
  | { readonly kind: "begun"; readonly dir: string; readonly total: number }
  | CaseMessage
  | { readonly kind: "exchange"; readonly exchange: ExchangeView }
  | { readonly kind: "told"; readonly text: string }
  | { readonly kind: "prompt"; readonly id: number; readonly step: OperatorStep }
  /** The prompt is answered, late, or not needed any more. */
  | { readonly kind: "prompt-gone"; readonly id: number }
  | { readonly kind: "ended"; readonly exitCode: number }
  | { readonly kind: "failed"; readonly message: string; readonly mend?: string | undefined };
