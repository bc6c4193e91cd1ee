import type { HttpHandler } from "../../link/exchange.ts";
import type { AccountHolder } from "../account-holder/contract.ts";
import type { HeldLoads } from "../account-holder/held-load.ts";
import { answerQuestion } from "../account-holder/perform.ts";
import { fundedAccounts, type PreFundedOptions, servePreFunded } from "../account-holder/pre-funded.ts";
import type { Answer, Question } from "../account-holder/questions.ts";
import type { OwnAccounts } from "./own-accounts.ts";

export type FundOptions = PreFundedOptions;

/** Pre-funded accounts of one operator (FIG 17), as the load server keeps them: pages, answers, and what became of holds. */
export interface Fund {
  readonly holder: AccountHolder;
  /** Link 234. */
  readonly handler: HttpHandler;
  /** The same questions on the direct path (861). */
  answer(question: Question): Promise<Answer>;
}

/** `USAGE` for a holder that could make no allowed page, or that is a bank. */
export function serveFund(options: FundOptions): Fund {
  const { handler, parts } = servePreFunded(options);
  return { holder: options.holder, handler, answer: (question) => answerQuestion(parts, question) };
}

/** The accounts of these operators (IDMER) as the load server's threads settle them. */
export function ownAccounts(loads: HeldLoads, operators: ReadonlySet<string>): OwnAccounts {
  return fundedAccounts(loads, [...operators]);
}
