import type { MessageKind } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";

/** The answers that a terminal may give to each message (`messages.md` 5); T-refusal it may give to any. */
const ANSWERS: ReadonlyMap<MessageKind | "unrecognised", MessageKind> = new Map([
  ["t-draw", "t-debit"],
  ["t-response", "t-result"],
  ["t-cancel", "t-done"],
  ["t-read-store", "t-store"],
  ["t-read-totals", "t-totals"],
  ["t-apdu", "t-answer"],
]);

/** True when `answer` can be the answer to `request`, by its kind and its transaction. */
export function canAnswer(request: Uint8Array, answer: Uint8Array): boolean {
  const asked = parseMessage(request);
  const given = parseMessage(answer);
  if (given.kind !== "t-refusal" && given.kind !== ANSWERS.get(asked.kind)) return false;
  const askedFor = "IDTRX" in asked ? asked.IDTRX : undefined;
  const givenFor = "IDTRX" in given ? given.IDTRX : undefined;
  return askedFor === undefined || givenFor === undefined || askedFor === givenFor;
}
