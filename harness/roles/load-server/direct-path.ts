import type { Balance, LoadAmount, LoadSelection, Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { Answer, Question } from "../account-holder/questions.ts";
import type { LoadInput, LoadOutput } from "./effects.ts";
import { ignored, over, refuse } from "./outputs.ts";
import type { PhaseAt, PhaseStep } from "./phase.ts";

/** Nobody keeps accounts here under that name. */
const UNKNOWN_SITE = "A009";

/**
 * The direct path (FIG 3, 861): what a page over the Internet would ask and say, in messages of link 236 under TLS. A channel
 * serves one selection, one balance and one amount, in this order; the load itself has a channel of its own.
 */
export function onDirectSelection(selection: LoadSelection): PhaseStep {
  const { SESSION, SITE, ACCOUNT } = selection;
  return ask({ at: "direct", SITE, SESSION, ACCOUNT, due: "balance" }, { kind: "select", SESSION, ACCOUNT });
}

/** What the head end says next, or the fund's answer to what it said. */
export function onDirect(phase: PhaseAt<"direct">, input: LoadInput): PhaseStep {
  switch (input.kind) {
    case "fund-answer":
      return onAnswer(phase, input.answer);
    case "message":
      return onMessage(phase, parseMessage(input.bytes));
    case "silence":
    case "lost":
      return over([{ kind: "end" }]);
    default:
      return ignored(phase);
  }
}

function onMessage(phase: PhaseAt<"direct">, message: ReturnType<typeof parseMessage>): PhaseStep {
  if (message.kind === "unrecognised") return refuse(undefined, "A001");
  if (message.kind !== (phase.due === "balance" ? "balance" : "load-amount")) return refuse(undefined, "A00A");
  if (message.kind === "balance") return ask({ ...phase, due: "amount" }, balanceOf(phase, message));
  return message.kind === "load-amount" ? ask({ ...phase, due: "nothing" }, amountOf(phase, message)) : ignored(phase);
}

function balanceOf({ SESSION, ACCOUNT }: PhaseAt<"direct">, { ATR, BALANCE, CARDINFO }: Balance): Question {
  return { kind: "balance", SESSION, ACCOUNT, ATR, BALANCE, CARDINFO };
}

function amountOf({ SESSION }: PhaseAt<"direct">, { IDTRX, MLDA }: LoadAmount): Question {
  return { kind: "amount", SESSION, IDTRX, MLDA };
}

function ask(state: PhaseAt<"direct">, question: Question): PhaseStep {
  return { state, outputs: [{ kind: "ask-fund", SITE: state.SITE, question }] };
}

function onAnswer(phase: PhaseAt<"direct">, answer: Answer | undefined): PhaseStep {
  const message = answer && messageOf(answer);
  if (answer === undefined || message === undefined)
    return refuse(undefined, answer?.kind === "refused" ? answer.CC : UNKNOWN_SITE);
  const send: LoadOutput = { kind: "send", bytes: encodeMessage(message) };
  if (phase.due === "nothing") return over([send, { kind: "end" }]);
  return { state: phase, outputs: [send, { kind: "await-head-end", since: "now" }] };
}

function messageOf(answer: Answer): Message | undefined {
  switch (answer.kind) {
    case "card-information":
      return { kind: "card-information-request", SOURCE: 2 };
    case "page":
      return { kind: "load-page", ...answer.page };
    case "authorised":
      return { kind: "load-authorisation", IDTRX: answer.IDTRX, SECLOAD: new Uint8Array(0) };
    default:
      return undefined;
  }
}
