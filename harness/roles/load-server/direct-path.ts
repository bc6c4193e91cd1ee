import type { LoadSelection } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { directMessage, directQuestion } from "../account-holder/direct-messages.ts";
import type { Answer, Question } from "../account-holder/questions.ts";
import type { LoadInput, LoadOutput } from "./effects.ts";
import { ignored, over, refuse } from "./outputs.ts";
import type { PhaseAt, PhaseStep } from "./phase.ts";

/** Nobody keeps accounts here under that name. */
const UNKNOWN_SITE = "A009";

/** What comes after what is due. */
const NEXT = { balance: "amount", amount: "nothing", nothing: "nothing" } as const;

/**
 * The direct path (FIG 3, 861): what a page over the Internet would ask and say, in messages of link 236 under TLS. A channel
 * serves one selection, one balance and one amount, in this order; the load itself has a channel of its own.
 */
export function onDirectSelection({ SESSION, SITE, ACCOUNT }: LoadSelection): PhaseStep {
  return ask({ at: "direct", SITE, SESSION, ACCOUNT, due: "balance" }, { kind: "select", SESSION, ACCOUNT });
}

/** What the head end says next, or the fund's answer to what it said. */
export function onDirect(phase: PhaseAt<"direct">, input: LoadInput): PhaseStep {
  switch (input.kind) {
    case "fund-answer":
      return onAnswer(phase, input.answer);
    case "message":
      return onMessage(phase, input.bytes);
    case "silence":
    case "lost":
      return over([{ kind: "end" }]);
    default:
      return ignored(phase);
  }
}

function onMessage(phase: PhaseAt<"direct">, bytes: Uint8Array): PhaseStep {
  const question = directQuestion(parseMessage(bytes), phase);
  if (question.kind === "none") return refuse(undefined, question.CC);
  if (question.kind !== phase.due) return refuse(undefined, "A00A");
  return ask({ ...phase, due: NEXT[phase.due] }, question);
}

function ask(state: PhaseAt<"direct">, question: Question): PhaseStep {
  return { state, outputs: [{ kind: "ask-fund", SITE: state.SITE, question }] };
}

/** A refusal ends the channel. */
function onAnswer(phase: PhaseAt<"direct">, answer: Answer | undefined): PhaseStep {
  if (answer === undefined) return refuse(undefined, UNKNOWN_SITE);
  const send: LoadOutput = { kind: "send", bytes: encodeMessage(directMessage(answer)) };
  if (phase.due === "nothing" || answer.kind === "refused") return over([send, { kind: "end" }]);
  return { state: phase, outputs: [send, { kind: "await-head-end", since: "now" }] };
}
