import { CERTIFICATE_LENGTH } from "../../protocol/messages/certificate-bytes.ts";
import { readInitResponse } from "../../protocol/messages/init-response.ts";
import type { TDraw } from "../../protocol/messages/layouts.ts";
import {
  encodePackageCardCertificateCommand,
  encodePackageIssuerCertificateCommand,
  encodeReadCertificateCommand,
  encodeReadSessionKeyCommand,
  parsePackageCertificateResponse,
  parseReadCertificateResponse,
  parseReadSessionKeyResponse,
} from "../../protocol/messages/psam-certificates.ts";
import { answerDebit, askDebit, debitSpoilt, drawRefused } from "./draw-steps.ts";
import { GENERAL_REFUSALS } from "./psam-refusals.ts";
import type { DebitIssue, TerminalState, TerminalStep } from "./state.ts";
import { ask, codeOf, UNUSABLE_ANSWER } from "./steps.ts";

/** Public key cards (`psam-edge.md` 4.2a, 4.7): certificates before the debit, the PSAM's own and the session key after it. */

const PUBLIC_KEY = 2;

/** CERTS is there exactly for a card of AMIEP 02 (`messages.md` 5). */
export function hasRightCertificates({ INITRSP, CERTS }: TDraw): boolean {
  const card = readInitResponse(INITRSP);
  return (card.ok && card.value.AMIEP === PUBLIC_KEY) === (CERTS !== undefined);
}

/** `CERTS`: certificate of the issuer, then of the card. */
export function startCertificates(state: TerminalState, draw: TDraw, DTHR: string, CERTS: Uint8Array): TerminalStep {
  const issuer = CERTS.subarray(0, CERTIFICATE_LENGTH);
  return ask(state, { kind: "package-issuer", draw, DTHR }, encodePackageIssuerCertificateCommand(issuer));
}

export function onIssuerTaken(state: TerminalState, draw: TDraw, DTHR: string, bytes: Uint8Array): TerminalStep {
  const result = parsePackageCertificateResponse(bytes);
  if (result.kind !== "answer") return drawRefused(state, draw, result);
  const card = draw.CERTS?.subarray(CERTIFICATE_LENGTH) ?? new Uint8Array(0);
  return ask(state, { kind: "package-card", draw, DTHR }, encodePackageCardCertificateCommand(card));
}

export function onCardTaken(state: TerminalState, draw: TDraw, DTHR: string, bytes: Uint8Array): TerminalStep {
  const result = parsePackageCertificateResponse(bytes);
  return result.kind === "answer" ? askDebit(state, draw, DTHR) : drawRefused(state, draw, result);
}

/** DEBITDATA is there; the card will want the rest. */
export function startReading(state: TerminalState, draw: TDraw, debit: DebitIssue): TerminalStep {
  return ask(state, { kind: "read-certificate", draw, debit }, encodeReadCertificateCommand());
}

export function onCertificateRead(
  state: TerminalState,
  draw: TDraw,
  debit: DebitIssue,
  bytes: Uint8Array,
): TerminalStep {
  const result = parseReadCertificateResponse(bytes);
  if (result.kind !== "answer") return debitSpoilt(state, draw, codeOfFailure(result));
  const job = { kind: "read-session-key", draw, debit, PSAMCERT: result.value } as const;
  return ask(state, job, encodeReadSessionKeyCommand());
}

export function onSessionKeyRead(
  state: TerminalState,
  draw: TDraw,
  { debit, PSAMCERT }: { readonly debit: DebitIssue; readonly PSAMCERT: Uint8Array },
  bytes: Uint8Array,
): TerminalStep {
  const result = parseReadSessionKeyResponse(bytes);
  if (result.kind !== "answer") return debitSpoilt(state, draw, codeOfFailure(result));
  return answerDebit(state, draw, debit, { PSAMCERT, SESSKEY: result.value });
}

function codeOfFailure(result: { kind: "refused"; SW: number } | { kind: "malformed" }): string {
  return result.kind === "refused" && GENERAL_REFUSALS.has(result.SW) ? codeOf(result.SW) : UNUSABLE_ANSWER;
}
