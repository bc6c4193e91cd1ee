import { debitSecurity } from "../../crypto/load-security.ts";
import type { AccountHolder } from "./contract.ts";
import type { HeldLoad } from "./held-load.ts";
import type { HolderInput, HolderOutput, Question } from "./questions.ts";
import { answer, go, type HolderPhase, type HolderStep, log, refuse } from "./state.ts";

/** 875: the amount that the user has given, for the load of an earlier page. */
export function onAmount(
  holder: AccountHolder,
  { SESSION, MLDA, IDTRX }: Extract<Question, { kind: "amount" }>,
  load: HeldLoad,
): HolderStep {
  if (load.SESSION !== SESSION) return refuse(IDTRX, 403);
  if (load.status === "loaded" || load.status === "released") return refuse(IDTRX, 409);
  if (load.status === "held") return load.MLDA === MLDA ? authorised(holder, load) : refuse(IDTRX, 409);
  if (MLDA === 0 || MLDA > load.MLDAmax) return refuse(IDTRX, 402, "A022");
  return go({ at: "holding", load, MLDA }, { kind: "hold", IDTRX, MLDA });
}

/** Of two amounts at the same moment only the first one is debited. */
export function onHeld(
  holder: AccountHolder,
  { load, MLDA }: Extract<HolderPhase, { at: "holding" }>,
  { result }: Extract<HolderInput, { kind: "held" }>,
): HolderStep {
  const { IDTRX } = load;
  const held: HeldLoad = { ...load, status: "held", MLDA };
  switch (result) {
    case "held":
      return authorised(holder, held, log("account-debited", "875", IDTRX, { MLDA }));
    case "again":
      return authorised(holder, held);
    case "no-cover":
      return refuse(IDTRX, 402, "A022");
    default:
      return refuse(IDTRX, 409);
  }
}

function authorised(holder: AccountHolder, load: HeldLoad, ...before: readonly HolderOutput[]): HolderStep {
  const { IDMER, IDTRX, CURRLDA, CEXPLDA, PPIEP, IDIEP, DTHR, MLDA } = load;
  const debit = { IDMER, IDTRX, MLDA: MLDA ?? 0, CURRLDA, CEXPLDA, PPIEP, IDIEP, DTHR };
  return answer({ kind: "authorised", IDTRX, SECLOAD: debitSecurity(holder.KMER, debit), load }, ...before);
}
