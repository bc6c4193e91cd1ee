import type { Message, MessageKind } from "../../protocol/messages/layouts.ts";
import { parseMessage, type Unrecognised } from "../../protocol/messages/message.ts";

/** The answers that a terminal may give to each message (`messages.md` 5); T-refusal it may give to any. */
const ANSWERS: ReadonlyMap<MessageKind | "unrecognised", MessageKind> = new Map([
  ["t-draw", "t-debit"],
  ["t-response", "t-result"],
  ["t-cancel", "t-done"],
  ["t-read-store", "t-store"],
  ["t-read-totals", "t-totals"],
  ["t-apdu", "t-answer"],
  ["t-collect", "t-collected"],
  ["t-acknowledge", "t-done"],
  ["t-update", "t-done"],
]);

/** Kinds of message that T-done answers with an IDTRX of zeros (`clearing.md` 2). */
const WITHOUT_TRANSACTION: ReadonlySet<MessageKind | "unrecognised"> = new Set(["t-acknowledge", "t-update"]);
const NO_TRANSACTION = "00".repeat(16);

/** True when `answer` can be the answer to `request`, by its kind and its transaction or collection. */
export function canAnswer(request: Uint8Array, answer: Uint8Array): boolean {
  const asked = parseMessage(request);
  const given = parseMessage(answer);
  if (given.kind !== "t-refusal" && given.kind !== ANSWERS.get(asked.kind)) return false;
  const askedFor = aboutOf(asked);
  const givenFor = aboutOf(given);
  return askedFor === undefined || givenFor === undefined || askedFor === givenFor;
}

/** What a message is about: a transaction, the batch of a collection, or undefined where it does not say. */
function aboutOf(message: Message | Unrecognised): string | undefined {
  if (message.kind === "t-collect" || message.kind === "t-collected") return message.DIGEST;
  if (WITHOUT_TRANSACTION.has(message.kind)) return NO_TRANSACTION;
  return "IDTRX" in message ? message.IDTRX : undefined;
}
