import { poolAccount } from "../../accounts/names.ts";
import type { HttpHandler } from "../../link/exchange.ts";
import type { AccountHolder } from "../account-holder/contract.ts";
import { checkHolder } from "../account-holder/contract.ts";
import type { HeldLoad, HeldLoads } from "../account-holder/held-load.ts";
import { questionOf, responseOf } from "../account-holder/http.ts";
import { answerQuestion, type HolderParts } from "../account-holder/perform.ts";
import type { Answer, Question } from "../account-holder/questions.ts";
import { sessionAccounts } from "../account-holder/session-accounts.ts";
import type { AuthorisedLoad } from "./effects.ts";
import type { OwnAccounts } from "./own-accounts.ts";

export interface FundOptions extends Omit<HolderParts, "as" | "inquire" | "sessions"> {
  readonly loads: HeldLoads;
}

/** Pre-funded accounts of one operator (FIG 17), as the load server keeps them: pages, answers, and what became of holds. */
export interface Fund {
  readonly holder: AccountHolder;
  /** Link 234. */
  readonly handler: HttpHandler;
  /** The same questions on the direct path (861). */
  answer(question: Question): Promise<Answer>;
}

/** `USAGE` for a holder that could make no allowed page. */
export function serveFund(options: FundOptions): Fund {
  const { holder } = options;
  checkHolder(holder);
  // its own HSM tells the load server what became of a load: nobody has to be asked
  const parts: HolderParts = {
    ...options,
    as: "load-server",
    sessions: sessionAccounts(),
    inquire: async () => undefined,
  };
  const answer = (question: Question) => answerQuestion(parts, question);
  return {
    holder,
    answer,
    async handler(request) {
      const asked = questionOf(holder, request);
      return asked.ok ? responseOf(await answer(asked.question)) : asked.response;
    },
  };
}

/** The accounts of these operators as the load server's threads settle them. */
export function ownAccounts(loads: HeldLoads, operators: ReadonlySet<string>): OwnAccounts {
  const find = async (IDMER: string, IDTRX: string): Promise<HeldLoad | undefined> => {
    const load = operators.has(IDMER) ? await loads.load(IDTRX) : undefined;
    return load?.IDMER === IDMER ? load : undefined;
  };
  return {
    async authorised({ IDMER, IDTRX }) {
      const load = await find(IDMER, IDTRX);
      return load?.status === "held" ? authorised(load) : undefined;
    },
    async settle({ IDMER, IDTRX }, end) {
      const load = await find(IDMER, IDTRX);
      if (load?.status === "held") await loads.conclude(IDTRX, end, poolAccount(load.PPIEP));
    },
    async heldBefore(moment) {
      const all = (await loads.loads()).filter(({ IDMER }) => operators.has(IDMER));
      return all.filter(({ status, updated }) => status === "held" && updated <= moment);
    },
  };
}

function authorised({ ACCOUNT, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP }: HeldLoad): AuthorisedLoad {
  return { ACCOUNT, MLDA: MLDA ?? 0, CURRLDA, CEXPLDA, PPIEP, IDIEP };
}
