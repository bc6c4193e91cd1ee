import type { LoadConfirmation } from "../../crypto/load-confirmation.ts";
import type { Role, Step } from "../role.ts";
import type { AccountHolder } from "./contract.ts";
import type { HeldLoad } from "./held-load.ts";
import type { Answer, Fresh, HolderInput, HolderOutput, Question } from "./questions.ts";

type QuestionOf<Kind extends Question["kind"]> = Extract<Question, { kind: Kind }>;

export type HolderPhase =
  | { readonly at: "question" }
  /** The account is looked up for a page. */
  | { readonly at: "account"; readonly question: QuestionOf<"select" | "balance">; readonly fresh: Fresh }
  /** The row is looked up for what is said about it. */
  | { readonly at: "load"; readonly question: QuestionOf<"amount" | "confirmation" | "settle">; readonly fresh: Fresh }
  | { readonly at: "holding"; readonly load: HeldLoad; readonly MLDA: number }
  /** `KDER`: of the inquiry, 16 bytes. */
  | { readonly at: "inquiring"; readonly load: HeldLoad; readonly KDER: Uint8Array }
  | {
      readonly at: "concluding";
      readonly load: HeldLoad;
      readonly confirmation: LoadConfirmation;
      /** The load server was asked; else it was told. */
      readonly isInquiry: boolean;
    }
  | { readonly at: "answered" };

export interface HolderState {
  readonly holder: AccountHolder;
  readonly phase: HolderPhase;
}

export type HolderStep = Step<HolderPhase, HolderOutput>;
export type AccountHolderRole = Role<HolderState, HolderInput, HolderOutput>;

export function go(state: HolderPhase, ...outputs: readonly HolderOutput[]): HolderStep {
  return { state, outputs };
}

export function answer(given: Answer, ...before: readonly HolderOutput[]): HolderStep {
  return go({ at: "answered" }, ...before, { kind: "answer", answer: given }, { kind: "end" });
}

type Status = Extract<Answer, { kind: "refused" }>["status"];

/** Codes of refusals that have none of their own (`load.md` 3). */
const CODES = { 400: "A001", 402: "A022", 403: "A009", 404: "A009", 409: "A004" } as const;

export function refusal(status: Status, CC: string = CODES[status]): Answer {
  return { kind: "refused", status, CC };
}

/** A refusal in the log, unless what was asked was nothing at all. */
export function refuse(IDTRX: string | undefined, status: Status, CC: string = CODES[status]): HolderStep {
  return answer(refusal(status, CC), log("load-refused", undefined, IDTRX, { CC }));
}

export function log(
  entry: string,
  step: string | undefined,
  IDTRX: string | undefined,
  fields: Readonly<Record<string, string | number | boolean | null>>,
): HolderOutput {
  return { kind: "log", entry, step, IDTRX, fields };
}
