import { unreachable } from "../../core/errors.ts";
import { onAmount, onHeld } from "./authorise.ts";
import { onConcluded, onConfirmation } from "./confirm.ts";
import type { AccountHolder } from "./contract.ts";
import { inquire, onInquired } from "./inquiry.ts";
import { onBalance, onSelected } from "./offer.ts";
import type { Fresh, HolderInput, Question } from "./questions.ts";
import { type AccountHolderRole, go, type HolderPhase, type HolderState, type HolderStep, refuse } from "./state.ts";

/** The account holder of a bank or of pre-funded accounts: one question in, one answer out (`load.md` 3, 6). */
export const accountHolder: AccountHolderRole = {
  handle({ holder, phase }, input) {
    const { state, outputs } = handlePhase(holder, phase, input);
    return { state: { holder, phase: state }, outputs };
  },
};

/** A question that has just come in. */
export function newQuestion(holder: AccountHolder): HolderState {
  return { holder, phase: { at: "question" } };
}

function handlePhase(holder: AccountHolder, phase: HolderPhase, input: HolderInput): HolderStep {
  switch (input.kind) {
    case "question":
      return phase.at === "question" ? onQuestion(input.question, input.fresh) : ignored(phase);
    case "account":
      if (phase.at !== "account") return ignored(phase);
      return phase.question.kind === "select" ? onSelected(phase, input, holder) : onBalance(holder, phase, input);
    case "load":
      return phase.at === "load" ? onLoad(holder, phase, input) : ignored(phase);
    case "held":
      return phase.at === "holding" ? onHeld(holder, phase, input) : ignored(phase);
    case "concluded":
      return phase.at === "concluding" ? onConcluded(phase, input) : ignored(phase);
    case "inquired":
      return phase.at === "inquiring" ? onInquired(holder, phase, input) : ignored(phase);
    default:
      return unreachable(input);
  }
}

function ignored(phase: HolderPhase): HolderStep {
  return go(phase);
}

function onQuestion(question: Question, fresh: Fresh): HolderStep {
  switch (question.kind) {
    case "select":
    case "balance": {
      const { SESSION, ACCOUNT } = question;
      return go({ at: "account", question, fresh }, { kind: "find-account", SESSION, ACCOUNT });
    }
    case "amount":
    case "confirmation":
    case "settle":
      return go({ at: "load", question, fresh }, { kind: "find-load", IDTRX: question.IDTRX });
    default:
      return unreachable(question);
  }
}

function onLoad(
  holder: AccountHolder,
  { question, fresh }: Extract<HolderPhase, { at: "load" }>,
  { load }: Extract<HolderInput, { kind: "load" }>,
): HolderStep {
  if (load === undefined || load.IDMER !== holder.IDMER) return refuse(question.IDTRX, 404);
  switch (question.kind) {
    case "amount":
      return onAmount(holder, question, load);
    case "confirmation":
      return onConfirmation(holder, load, question.CONF);
    case "settle":
      return inquire(holder, load, fresh);
    default:
      return unreachable(question);
  }
}
