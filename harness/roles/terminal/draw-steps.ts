import type { CommandResult } from "../../protocol/messages/command-result.ts";
import { readInitResponse } from "../../protocol/messages/init-response.ts";
import type { TDraw } from "../../protocol/messages/layouts.ts";
import { encodePackageIssueCommand } from "../../protocol/messages/psam-issue.ts";
import { encodePackageDebitCommand } from "../../protocol/messages/psam-packages.ts";
import { askInDoubt, doubtDebit, doubtOver } from "./doubt.ts";
import { factsOf } from "./memory.ts";
import { GENERAL_REFUSALS, isOwnRefusal } from "./psam-refusals.ts";
import { issued } from "./single-trip.ts";
import type { DebitIssue, TerminalState, TerminalStep, TransactionFacts } from "./state.ts";
import { andThen, answer, ask, codeOf, outOfStep, refuse, remember, UNUSABLE_ANSWER } from "./steps.ts";

/** What the draws of all kinds of card have in common, after the PSAM has accepted the card. */

/** PACKAGE: DEBIT. In single trip the PSAM counts it at once, so that a lost answer has to be settled. */
export function askDebit(state: TerminalState, draw: TDraw, DTHR: string): TerminalStep {
  const { MPDA, CURRPDA, CEXPPDA, IDTRX } = draw;
  const { LOC } = state.identity;
  const data = { MPDA, CURRPDA, CEXPPDA, DTHR, LOC, IDTRX };
  const job = { kind: "package-debit", draw, DTHR } as const;
  if (draw.COMPARE === undefined) return ask(state, job, encodePackageDebitCommand(data));
  const command = encodePackageIssueCommand(data);
  // The PSAM refuses an IDTRX that it knows: then there is nothing to withdraw.
  if (factsOf(state.memory, IDTRX) !== undefined) return ask(state, job, command);
  return askInDoubt(state, { kind: "debit", IDTRX }, job, command);
}

/** The PSAM has refused a package, or answered something that is no answer to it; no DEBITDATA was made. */
export function drawRefused(
  state: TerminalState,
  { IDTRX }: TDraw,
  result: Exclude<CommandResult<unknown>, { kind: "answer" }>,
): TerminalStep {
  if (result.kind === "refused" && isOwnRefusal(result.SW)) return refuse(state, IDTRX, codeOf(result.SW));
  const afresh = outOfStep(state);
  const CC = result.kind === "refused" && GENERAL_REFUSALS.has(result.SW) ? codeOf(result.SW) : UNUSABLE_ANSWER;
  return refuse(afresh.state, IDTRX, CC, afresh.outputs);
}

/** The PSAM refused PACKAGE: DEBIT itself. */
export function debitRefused(state: TerminalState, draw: TDraw, SW: number): TerminalStep {
  return andThen(doubtOver(state), (sure) => drawRefused(sure, draw, { kind: "refused", SW }));
}

/** DEBITDATA was made, or may have been, and cannot go out: the PSAM is to withdraw it. */
export function debitSpoilt(
  state: TerminalState,
  draw: TDraw,
  CC = UNUSABLE_ANSWER,
  named: string = draw.IDTRX,
): TerminalStep {
  const afresh = andThen(doubtDebit(state, draw.IDTRX, named), outOfStep);
  return refuse(afresh.state, draw.IDTRX, CC, afresh.outputs);
}

/** *Draw amount* (692), or issued: answered with T-debit (694). */
export function answerDebit(
  state: TerminalState,
  draw: TDraw,
  debit: DebitIssue,
  keys: { readonly PSAMCERT?: Uint8Array; readonly SESSKEY?: Uint8Array } = {},
): TerminalStep {
  const { IDTERM } = state.identity;
  const { IDTRX } = draw;
  const { DEBITDATA, EXPECTED } = debit;
  const facts = factsOfDraw(draw, debit);
  const kept = draw.COMPARE === undefined ? remember(state, { ...state.memory, open: facts }) : issued(state, facts);
  return answer(kept.state, { kind: "t-debit", IDTERM, IDTRX, DEBITDATA, ...keys, EXPECTED }, kept.outputs);
}

function factsOfDraw(draw: TDraw, { fields }: DebitIssue): TransactionFacts {
  const card = readInitResponse(draw.INITRSP);
  const { PPIEP, IDIEP, NTIEP } = card.ok ? card.value : { PPIEP: "000000", IDIEP: "0000000000", NTIEP: 0 };
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, COMPARE } = draw;
  const { NTPSAM, DTHR } = fields;
  const facts = { IDTRX, IDMER, PPIEP, IDIEP, NTIEP, MPDA, CURRPDA, CEXPPDA, NTPSAM, DTHR };
  return COMPARE === undefined ? facts : { ...facts, COMPARE };
}
