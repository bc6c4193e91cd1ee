import type { CardResponse } from "../../protocol/messages/card-response.ts";
import type { LoadResponse } from "../../protocol/messages/load-response.ts";
import { type Mismatch, mismatchOfAnswer, mismatchOfCard, mismatchOfRequest } from "./negative-checks.ts";
import type { SentLoad, SignedRequest } from "./phase.ts";

/** What a load server compares without keys; a seeded defect is another one of these. */
export interface LoadServerChecks {
  /** A positive answer is about this transaction, and about the balance that the amount makes. */
  isAsAsked(load: SentLoad, answer: CardResponse): boolean;
  mismatchOfRequest(load: SentLoad, fresh: SignedRequest): Mismatch | undefined;
  mismatchOfCard(load: SentLoad, fresh: LoadResponse): Mismatch | undefined;
  mismatchOfAnswer(load: SentLoad, answer: CardResponse): Mismatch | undefined;
}

export const loadServerChecks: LoadServerChecks = {
  isAsAsked: ({ init, card }, answer) => answer.NTIEP === card.NTIEP && answer.BALIEP === card.BALIEP + init.MLDA,
  mismatchOfRequest,
  mismatchOfCard,
  mismatchOfAnswer,
};
