/** How a session of a load begins: with the user's choice, or with a load that an earlier session left open. */
import { readDebitAnswer } from "../../protocol/messages/debit-iep.ts";
import { type LoadOrder, newLoad } from "./load-state.ts";
import { answerOf } from "./pending.ts";
import type { PendingLoad } from "./pending-load.ts";
import type { DebitKnown, SetTopBoxState } from "./state.ts";
import { go, type SetTopBoxStep } from "./step.ts";

export function startLoad(state: SetTopBoxState, { SESSION, SITE, ACCOUNT }: LoadOrder): SetTopBoxStep {
  const load = newLoad({ SESSION, SITE, ACCOUNT });
  return go(state, { mode: "load", phase: "opening", load }, { kind: "open" });
}

/**
 * The card is asked for its answer, or for its denial, each time: what is kept of it may have been altered on its way. One that has
 * signed that it was loaded is not needed any more; any other has to say so, or to prove that it was not.
 */
export function recoverLoad(state: SetTopBoxState, pending: PendingLoad): SetTopBoxStep {
  const { PPIEP, IDIEP, NTIEP, MLDA } = pending;
  const load = { ...newLoad(), SOURCE: pending.SOURCE, card: { PPIEP, IDIEP }, terms: pending, MLDA };
  const purse = { PPIEP, IDIEP, NTIEP };
  const next: SetTopBoxState = {
    ...state,
    mode: "load-recovery",
    goal: "signature",
    load,
    purse,
    debit: knownOf(pending),
  };
  return go(next, { phase: "connecting", asked: 1 }, { kind: "connect-card" });
}

function knownOf(pending: PendingLoad): DebitKnown {
  if (pending.CARDRSP === "") return { kind: "refused", SW: "9406" };
  const CARDRSP = answerOf(pending);
  const read = CARDRSP && readDebitAnswer(CARDRSP);
  if (!CARDRSP || !read?.ok) return { kind: "unknown" };
  return { kind: "answered", CARDRSP, CC: read.value.fields.CC, BALIEP: read.value.fields.BALIEP };
}
