/** The direct path (`load.md` 4; FIG 3, 861): the questions of a load in messages of link 236, in clear under TLS. */
import { unreachable } from "../../core/errors.ts";
import type { LoadSelection, Message } from "../../protocol/messages/layouts.ts";
import { sourceCode } from "../../protocol/messages/load-source.ts";
import type { Unrecognised } from "../../protocol/messages/message.ts";
import type { Answer, Question } from "./questions.ts";

/** What a message asks in the session that its channel began with, or the CC of the refusal. */
export function directQuestion(
  message: Message | Unrecognised,
  { SESSION, ACCOUNT }: Pick<LoadSelection, "SESSION" | "ACCOUNT">,
): Question | { readonly kind: "none"; readonly CC: string } {
  switch (message.kind) {
    case "load-selection":
      return { kind: "select", SESSION, ACCOUNT };
    case "balance": {
      const { ATR, BALANCE, CARDINFO } = message;
      return { kind: "balance", SESSION, ACCOUNT, ATR, BALANCE, CARDINFO };
    }
    case "load-amount":
      return { kind: "amount", SESSION, IDTRX: message.IDTRX, MLDA: message.MLDA };
    case "unrecognised":
      return { kind: "none", CC: "A001" };
    default:
      return { kind: "none", CC: "A00A" };
  }
}

/** The message that says an answer. SECLOAD is empty: the load server needs no word of its own. */
export function directMessage(answer: Answer): Message {
  switch (answer.kind) {
    case "card-information":
      return { kind: "card-information-request", SOURCE: sourceCode(answer.source) };
    case "page":
      return { kind: "load-page", ...answer.page };
    case "authorised":
      return { kind: "load-authorisation", IDTRX: answer.IDTRX, SECLOAD: new Uint8Array(0) };
    case "refused":
      return { kind: "refusal", CC: answer.CC };
    case "loaded":
    case "settled":
      return { kind: "refusal", CC: "A00A" }; // nobody can ask for them here
    default:
      return unreachable(answer);
  }
}
