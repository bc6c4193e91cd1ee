import { concat } from "../../core/bytes.ts";
import { type InitializeAnswer, parseInitializeIepResponse } from "../../protocol/messages/initialize-iep.ts";
import {
  CARD_CERTIFICATE_RECORD,
  CERTIFICATE_FILE,
  encodeReadRecordCommand,
  ISSUER_CERTIFICATE_RECORD,
  parseCertificateRecordResponse,
} from "../../protocol/messages/read-record.ts";
import { noPurse, outOfTurn } from "./card-trouble.ts";
import { send } from "./conclude.ts";
import { stop } from "./endings.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "./events.ts";
import type { SetTopBoxState } from "./state.ts";
import { go, type SetTopBoxStep } from "./step.ts";

/** AMIEP of a public key card (card-edge.md 2). */
const PUBLIC_KEY = 0x02;

/** The answer to INITIALIZE IEP: for a secret key card all that the head end wants to know. */
export function onInitialised(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseInitializeIepResponse(input.bytes);
  if (result.kind !== "answer") return noPurse(state, result, "INITIALIZE IEP");
  const { fields, INITRSP }: InitializeAnswer = result.value;
  const { PPIEP, IDIEP, NTIEP, AMIEP } = fields;
  const next: SetTopBoxState = { ...state, purse: { PPIEP, IDIEP, NTIEP }, INITRSP };
  if (AMIEP !== PUBLIC_KEY) return cardInformation(next);
  return go(next, { phase: "certifying", certificates: [] }, readCertificate(ISSUER_CERTIFICATE_RECORD));
}

/** A certificate of a public key card (card-edge.md 5.6): the issuer's, then the card's own. */
export function onCertificate(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseCertificateRecordResponse(input.bytes);
  if (result.kind !== "answer") return noPurse(state, result, "READ RECORD");
  const certificates = [...state.certificates, result.value];
  if (certificates.length === 1) return go(state, { certificates }, readCertificate(CARD_CERTIFICATE_RECORD));
  return cardInformation({ ...state, certificates });
}

function readCertificate(record: number): SetTopBoxOutput {
  return { kind: "command", bytes: encodeReadRecordCommand(record, CERTIFICATE_FILE) };
}

/** Card information for the head end (608). */
function cardInformation(state: SetTopBoxState): SetTopBoxStep {
  const { sale, ATR, INITRSP, certificates } = state;
  if (!sale || !ATR || !INITRSP) return stop(state, "A016", "cardFailed");
  const CERTS = certificates.length === 0 ? {} : { CERTS: concat(...certificates) };
  const message = { kind: "card-information", IDTRX: sale.IDTRX, ATR, INITRSP, ...CERTS } as const;
  return go(state, { phase: "waiting" }, send(message), { kind: "receive" });
}
