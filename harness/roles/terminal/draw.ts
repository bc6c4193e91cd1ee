import type { CommandResult } from "../../protocol/messages/command-result.ts";
import { readInitResponse } from "../../protocol/messages/init-response.ts";
import type { TDraw } from "../../protocol/messages/layouts.ts";
import {
  encodePackageAtrCommand,
  encodePackageDebitCommand,
  encodePackageInitializeCommand,
  type PackageDebitAnswer,
  parsePackageAtrResponse,
  parsePackageDebitResponse,
  parsePackageInitializeResponse,
} from "../../protocol/messages/psam-packages.ts";
import type { TerminalState, TerminalStep, TransactionFacts } from "./state.ts";
import { answer, ask, codeOf, outOfStep, refuse, remember, UNUSABLE_ANSWER } from "./steps.ts";

/** T-draw is worked off as three packages, each after the answer to the one before (`messages.md` 5, step 688). */

const CONDITIONS_NOT_SATISFIED = 0x6985;

export function startDraw(state: TerminalState, draw: TDraw, DTHR: string): TerminalStep {
  return ask(state, { kind: "package-atr", draw, DTHR }, encodePackageAtrCommand(draw.ATR));
}

export function onAtrTaken(state: TerminalState, draw: TDraw, DTHR: string, response: Uint8Array): TerminalStep {
  const result = parsePackageAtrResponse(response);
  if (result.kind !== "answer") return drawRefused(state, draw, result);
  return ask(state, { kind: "package-initialize", draw, DTHR }, encodePackageInitializeCommand(draw.INITRSP));
}

export function onCardAccepted(state: TerminalState, draw: TDraw, DTHR: string, response: Uint8Array): TerminalStep {
  const result = parsePackageInitializeResponse(response);
  if (result.kind !== "answer") return drawRefused(state, draw, result);
  const { MPDA, CURRPDA, CEXPPDA, IDTRX } = draw;
  const { LOC } = state.identity;
  const data = encodePackageDebitCommand({ MPDA, CURRPDA, CEXPPDA, DTHR, LOC, IDTRX });
  return ask(state, { kind: "package-debit", draw, DTHR }, data);
}

/** The PSAM is able to debit: *draw amount* (692), answered with T-debit (694). */
export function onDebitIssued(state: TerminalState, draw: TDraw, DTHR: string, response: Uint8Array): TerminalStep {
  const result = parsePackageDebitResponse(response);
  if (result.kind === "malformed") return drawRefused({ ...state, toWithdraw: draw.IDTRX }, draw, result);
  if (result.kind === "refused") return drawRefused(state, draw, result);
  if (!isForDraw(draw, DTHR, result.value)) {
    const reason = "DEBITDATA for another transaction";
    return drawRefused({ ...state, toWithdraw: draw.IDTRX }, draw, { kind: "malformed", reason });
  }
  const { IDTERM } = state.identity;
  const { IDTRX } = draw;
  const kept = remember(state, { ...state.memory, open: factsOfDraw(draw, DTHR, result.value) });
  return answer(kept.state, { kind: "t-debit", IDTERM, IDTRX, DEBITDATA: result.value.DEBITDATA }, kept.outputs);
}

/** DEBITDATA repeats the package (`psam-edge.md` 4.3): with anything else the two are not about the same transaction. */
function isForDraw(draw: TDraw, DTHR: string, { fields }: PackageDebitAnswer): boolean {
  const names = ["IDTRX", "MPDA", "CURRPDA", "CEXPPDA"] as const;
  return fields.DTHR === DTHR && names.every((name) => fields[name] === draw[name]);
}

function drawRefused(
  state: TerminalState,
  { IDTRX }: TDraw,
  result: Exclude<CommandResult<unknown>, { kind: "answer" }>,
): TerminalStep {
  if (result.kind === "refused" && result.SW !== CONDITIONS_NOT_SATISFIED) {
    return refuse(state, IDTRX, codeOf(result.SW));
  }
  const afresh = outOfStep(state);
  const CC = result.kind === "refused" ? codeOf(result.SW) : UNUSABLE_ANSWER;
  return refuse(afresh.state, IDTRX, CC, afresh.outputs);
}

function factsOfDraw(draw: TDraw, DTHR: string, { fields }: PackageDebitAnswer): TransactionFacts {
  const card = readInitResponse(draw.INITRSP);
  const { PPIEP, IDIEP, NTIEP } = card.ok ? card.value : { PPIEP: "000000", IDIEP: "0000000000", NTIEP: 0 };
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = draw;
  return { IDTRX, IDMER, PPIEP, IDIEP, NTIEP, MPDA, CURRPDA, CEXPPDA, NTPSAM: fields.NTPSAM, DTHR };
}
