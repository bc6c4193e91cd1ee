import { readInitResponse } from "../../protocol/messages/init-response.ts";
import type { TDraw } from "../../protocol/messages/layouts.ts";
import { type PackageIssueAnswer, parsePackageIssueResponse } from "../../protocol/messages/psam-issue.ts";
import {
  encodePackageAtrCommand,
  encodePackageInitializeCommand,
  parsePackageAtrResponse,
  parsePackageDebitResponse,
  parsePackageInitializeResponse,
} from "../../protocol/messages/psam-packages.ts";
import { answerDebit, askDebit, debitRefused, debitSpoilt, drawRefused } from "./draw-steps.ts";
import { GENERAL_REFUSALS, isOwnRefusal } from "./psam-refusals.ts";
import { startCertificates, startReading } from "./public-key.ts";
import type { DebitIssue, TerminalState, TerminalStep } from "./state.ts";
import { ask, UNUSABLE_ANSWER } from "./steps.ts";

/** T-draw is worked off as packages, each after the answer to the one before (`messages.md` 5, step 688). */

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
  if (draw.CERTS !== undefined) return startCertificates(state, draw, DTHR, draw.CERTS);
  return askDebit(state, draw, DTHR);
}

/** The PSAM is able to debit (692). */
export function onDebitIssued(state: TerminalState, draw: TDraw, DTHR: string, response: Uint8Array): TerminalStep {
  const isSingleTrip = draw.COMPARE !== undefined;
  const result = isSingleTrip ? parsePackageIssueResponse(response) : parsePackageDebitResponse(response);
  if (result.kind === "refused" && isRefusal(response, result.SW)) return debitRefused(state, draw, result.SW);
  if (result.kind !== "answer") return debitSpoilt(state, draw);
  if (!isForDraw(draw, DTHR, result.value)) return debitSpoilt(state, draw, UNUSABLE_ANSWER, result.value.fields.IDTRX);
  return draw.CERTS === undefined ? answerDebit(state, draw, result.value) : startReading(state, draw, result.value);
}

/** Any other answer may be DEBITDATA that was damaged on its way. */
function isRefusal(response: Uint8Array, SW: number): boolean {
  return response.length === 2 && (isOwnRefusal(SW) || GENERAL_REFUSALS.has(SW));
}

/** DEBITDATA repeats the package (`psam-edge.md` 4.3): with anything else the two are not about the same transaction. */
function isForDraw(draw: TDraw, DTHR: string, debit: DebitIssue | PackageIssueAnswer): boolean {
  const { fields } = debit;
  const names = ["IDTRX", "MPDA", "CURRPDA", "CEXPPDA"] as const;
  if (fields.DTHR !== DTHR || !names.every((name) => fields[name] === draw[name])) return false;
  return !("expected" in debit) || isExpectation(draw, debit);
}

/** EXPECTED is a success of this very card (`psam-edge.md` 4.3). */
function isExpectation({ INITRSP, MPDA }: TDraw, { expected }: PackageIssueAnswer): boolean {
  const card = readInitResponse(INITRSP);
  if (!card.ok) return false;
  const { NTIEP, BALIEP } = card.value;
  return expected.CC === "0000" && expected.NTIEP === NTIEP && expected.BALIEP === BALIEP - MPDA;
}
