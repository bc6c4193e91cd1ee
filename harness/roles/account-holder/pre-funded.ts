import { poolAccount } from "../../accounts/names.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { HttpHandler } from "../../link/exchange.ts";
import { checkHolder } from "./contract.ts";
import type { HeldLoad, HeldLoads, LoadEnd } from "./held-load.ts";
import { questionOf, responseOf } from "./http.ts";
import { answerQuestion, type HolderParts } from "./perform.ts";
import { sessionAccounts } from "./session-accounts.ts";

export type PreFundedOptions = Omit<HolderParts, "as" | "inquire" | "sessions">;

export interface PreFunded {
  /** The load server's side of link 234. */
  readonly handler: HttpHandler;
  /** For the direct path (`direct-messages.ts`, `answerQuestion`). */
  readonly parts: HolderParts;
}

/** Pre-funded accounts of one holder at the load server (FIG 17, FIG 3). `USAGE` for a holder that could make no allowed page. */
export function servePreFunded(options: PreFundedOptions): PreFunded {
  const { holder } = options;
  checkHolder(holder);
  if (holder.source !== "pre-funded") {
    throw new PursebenchError("USAGE", `${holder.IDMER} is a bank`, { mend: "its accounts are the bank server's" });
  }
  const parts: HolderParts = {
    ...options,
    as: "load-server",
    sessions: sessionAccounts(),
    inquire: async () => undefined, // nobody knows more than the load server itself
  };
  return {
    parts,
    async handler(request) {
      const asked = questionOf(holder, request);
      return asked.ok ? responseOf(await answerQuestion(parts, asked.question)) : asked.response;
    },
  };
}

type Name = Pick<HeldLoad, "IDMER" | "IDTRX">;

/** The load server's view of the accounts that it keeps itself: its own word ends a hold. */
export interface FundedAccounts {
  /** The load, while its amount is held. */
  authorised(name: Name): Promise<(HeldLoad & { readonly MLDA: number }) | undefined>;
  /** Idempotent; nothing happens to a load that was never offered. Throws `STORAGE` for one that ended otherwise. */
  settle(name: Name, end: LoadEnd): Promise<void>;
  /** Held since before that moment (ISO 8601, UTC). */
  heldBefore(moment: string): Promise<readonly Name[]>;
}

/** `holders`: IDMER of the pre-funded holders of this load server. */
export function fundedAccounts(loads: HeldLoads, holders: readonly string[]): FundedAccounts {
  const own = async ({ IDMER, IDTRX }: Name) => {
    const load = await loads.load(IDTRX);
    return load?.IDMER === IDMER && holders.includes(IDMER) ? load : undefined;
  };
  return {
    async authorised(name) {
      const load = await own(name);
      return load?.status === "held" && load.MLDA !== null ? { ...load, MLDA: load.MLDA } : undefined;
    },
    async settle(name, end) {
      const load = await own(name);
      if (load === undefined) return;
      const result = await loads.conclude(name.IDTRX, end, poolAccount(load.PPIEP));
      if (result !== "other") return;
      throw new PursebenchError("STORAGE", `the hold of load ${name.IDTRX} has ended otherwise than the load`, {
        mend: "restore both databases from the same moment",
      });
    },
    async heldBefore(moment) {
      const all = (await loads.loads()).filter(({ IDMER }) => holders.includes(IDMER));
      return all.filter(({ status, updated }) => status === "held" && updated < moment);
    },
  };
}
