import { readDebitData } from "../../protocol/messages/debit-data.ts";
import type { DebitCommand, Page } from "../../protocol/messages/layouts.ts";
import { finish, log, lost, refused } from "./conclude.ts";
import { askForSignature, giveDebit } from "./debit.ts";
import type { SetTopBoxOutput } from "./events.ts";
import { pendingDebit, remembered } from "./pending.ts";
import { presentCertificate } from "./present.ts";
import type { PurseSeen, SetTopBoxState } from "./state.ts";
import { after, type SetTopBoxStep } from "./step.ts";

/** Asking more often would not change the card's answer. */
const MOST_QUESTIONS = 2;

/** Debits the card, or, when that was done already, asks it for what it answered then. */
export function onDebitCommand(state: SetTopBoxState, command: DebitCommand): SetTopBoxStep {
  const { page, purse } = state;
  if (!page || !purse) return finish(state, "A00A");
  if (!state.executed && state.debit.kind === "none") return debitCard(state, command, page, purse);
  if (state.asked >= MOST_QUESTIONS) return lost(state, "garbled", "A00A", "one debit command too many");
  if (state.debit.kind !== "refused") return askForSignature(state);
  return refused({ ...state, asked: state.asked + 1 }, state.debit.SW, 0);
}

/** What a recovery needs is remembered before the card hears anything of it (618). */
function debitCard(state: SetTopBoxState, command: DebitCommand, page: Page, purse: PurseSeen): SetTopBoxStep {
  const isPublicKey = state.certificates.length > 0;
  const { DEBITDATA, PSAMCERT, SESSKEY } = command;
  if (isPublicKey !== (PSAMCERT !== undefined) || isPublicKey !== (SESSKEY !== undefined)) {
    return lost(state, "garbled", "A001", "certificate and session key do not go with the kind of the card");
  }
  const pending = pendingDebit(page, purse);
  const received = readDebitData(DEBITDATA);
  const { NTPSAM = null, MPDA = null } = received.ok ? received.value : {};
  const outputs: SetTopBoxOutput[] = [
    { kind: "remember", pending },
    log(state, "debit-command", "618", { MPDA: page.MPDA, CURRPDA: page.CURRPDA, NTIEP: purse.NTIEP, NTPSAM }),
  ];
  if (MPDA !== page.MPDA) outputs.push(log(state, "amount-replaced", "618", { received: MPDA, MPDA: page.MPDA }));
  const next: SetTopBoxState = { ...state, command, pending: remembered(state.pending, pending) };
  return after(outputs, isPublicKey ? presentCertificate(next) : giveDebit(next));
}
