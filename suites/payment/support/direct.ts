/**
 * A transaction without servers: the harness asks the terminal as the payment server would, and the card as the set-top
 * box would. What the card is said to be may be altered on the way, which no head end would let pass.
 */
import { concat, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { type DebitData, parseDebitData } from "../../../harness/protocol/messages/debit-data.ts";
import { encodeDebitIepCommand, parseDebitIepResponse } from "../../../harness/protocol/messages/debit-iep.ts";
import { encodeInitResponse, type InitResponse } from "../../../harness/protocol/messages/init-response.ts";
import {
  encodeInitializeIepCommand,
  parseInitializeIepResponse,
} from "../../../harness/protocol/messages/initialize-iep.ts";
import type { Message, MessageKind, MessageOf } from "../../../harness/protocol/messages/layouts.ts";
import { encodeMessage, parseMessage, type Unrecognised } from "../../../harness/protocol/messages/message.ts";
import { type MessageResult, parseMessageResult } from "../../../harness/protocol/messages/message-result.ts";
import { encodePresentCertificateCommand } from "../../../harness/protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../../harness/protocol/messages/present-session-key.ts";
import {
  CARD_CERTIFICATE_RECORD,
  CERTIFICATE_FILE,
  encodeReadRecordCommand,
  ISSUER_CERTIFICATE_RECORD,
  parseCertificateRecordResponse,
} from "../../../harness/protocol/messages/read-record.ts";
import { encodeSelectCommand } from "../../../harness/protocol/messages/select-purse.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

/** AMIEP of public key cards. */
const PUBLIC_KEY = 2;

/** A card as a terminal is told of it. */
export interface Offer {
  readonly ATR: Uint8Array;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array;
  readonly fields: InitResponse;
  /** Certificates of a public key card: issuer's 244, its own 244. */
  readonly CERTS?: Uint8Array | undefined;
}

export interface Draw {
  readonly IDTERM: string;
  readonly IDTRX: string;
  readonly offer: Offer;
  readonly MPDA: number;
  /** Those of the card when absent. */
  readonly CURRPDA?: string;
  readonly CEXPPDA?: number;
  /** Who compares S3, 1 to 3; the PSAM when absent. */
  readonly COMPARE?: number;
  /** Certificates of issuer and card, 488 bytes, which a card that claims AMIEP 2 must have. */
  readonly CERTS?: Uint8Array | undefined;
}

/** A draw for which the PSAM issued a debit command. */
export interface Issued extends Draw {
  /** 53 bytes. */
  readonly DEBITDATA: Uint8Array;
  readonly debit: DebitData;
  /** As the terminal gave them. */
  readonly EXPECTED?: Uint8Array | undefined;
  readonly PSAMCERT?: Uint8Array | undefined;
  readonly SESSKEY?: Uint8Array | undefined;
}

export function firstTerminal(t: CaseContext): string {
  return t.expect.present("a terminal", t.system.terminals()[0]);
}

/** Initialises the card in the reader for a purchase. Reading the purse afterwards makes this offer stale for the card. */
export async function initialise(t: CaseContext): Promise<Offer> {
  const { ATR } = await t.system.readPurse();
  await t.system.apdu(encodeSelectCommand());
  const about = { owner: "card" } as const;
  const response = await t.system.apdu(encodeInitializeIepCommand());
  const result = parseInitializeIepResponse(response);
  t.expect.that(result.kind === "answer", "the card answers INITIALIZE IEP", { ...about, actual: toHex(response) });
  if (result.kind !== "answer") throw new Error("unreachable: the expectation above failed");
  const { INITRSP, fields } = result.value;
  return { ATR, INITRSP, fields, CERTS: fields.AMIEP === PUBLIC_KEY ? await certificates(t) : undefined };
}

/** Of an initialised public key card: reading does not disturb it. */
async function certificates(t: CaseContext): Promise<Uint8Array> {
  const records = [];
  for (const record of [ISSUER_CERTIFICATE_RECORD, CARD_CERTIFICATE_RECORD]) {
    const response = await t.system.apdu(encodeReadRecordCommand(record, CERTIFICATE_FILE));
    const result = parseCertificateRecordResponse(response);
    t.expect.equal(`READ RECORD ${record} of the certificates`, result.kind, "answer", { owner: "card" });
    if (result.kind === "answer") records.push(result.value);
  }
  return concat(...records);
}

/** The same card with other claims about itself. */
export function claiming(offer: Offer, changes: Partial<InitResponse>): Offer {
  const fields = { ...offer.fields, ...changes };
  return { ...offer, fields, INITRSP: encodeInitResponse(fields) };
}

/** An identifier that no PSAM has seen: made of the card's challenge. `k` tells several of one challenge apart. */
export function identifierOf({ INITRSP }: Offer, k = 0): string {
  const id = concat(INITRSP.subarray(0, 8), INITRSP.subarray(20, 22), INITRSP.subarray(23, 27), uintToBytes(k, 2));
  return toHex(id);
}

export async function ask(t: CaseContext, IDTERM: string, message: Message): Promise<Message | Unrecognised> {
  return parseMessage(await t.system.terminalMessage(IDTERM, encodeMessage(message)));
}

/** The answer to `message`, which must be of that kind. */
export async function answerOf<Kind extends MessageKind>(
  t: CaseContext,
  IDTERM: string,
  message: Message,
  kind: Kind,
  about?: About,
): Promise<MessageOf<Kind>> {
  const answer = await ask(t, IDTERM, message);
  const actual = "CC" in answer && answer.CC !== undefined ? `${answer.kind} ${answer.CC}` : answer.kind;
  t.expect.that(isKind(answer, kind), `${message.kind} is answered with ${kind}`, { ...about, actual });
  if (!isKind(answer, kind)) throw new Error("unreachable: the expectation above failed");
  return answer;
}

function isKind<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}

/** T-draw for that card. */
export function drawMessage(t: CaseContext, draw: Draw): MessageOf<"t-draw"> {
  const { IDTERM, IDTRX, offer, MPDA } = draw;
  const { ATR, INITRSP } = offer;
  const IDMER = t.expect.present("a merchant", t.facts.sites[0]).IDMER;
  const { CURRPDA = offer.fields.CURRIEP, CEXPPDA = offer.fields.CEXPIEP } = draw;
  const { COMPARE, CERTS = offer.fields.AMIEP === PUBLIC_KEY ? offer.CERTS : undefined } = draw;
  return { kind: "t-draw", IDTERM, IDTRX, IDMER, ATR, INITRSP, MPDA, CURRPDA, CEXPPDA, COMPARE, CERTS };
}

/** The terminal must reach *draw amount* and answer the debit command. */
export async function issue(t: CaseContext, draw: Draw, about?: About): Promise<Issued> {
  const answer = await answerOf(t, draw.IDTERM, drawMessage(t, draw), "t-debit", about);
  const { DEBITDATA, EXPECTED, PSAMCERT, SESSKEY } = answer;
  const parsed = parseDebitData(DEBITDATA);
  t.expect.that(parsed.ok, "the debit command is well-formed", { ...about, actual: toHex(DEBITDATA) });
  if (!parsed.ok) throw new Error("unreachable: the expectation above failed");
  return { ...draw, DEBITDATA, EXPECTED, PSAMCERT, SESSKEY, debit: parsed.value };
}

/** The draw must be refused with that code. */
export async function expectDrawRefused(t: CaseContext, draw: Draw, CC: string, about?: About): Promise<void> {
  const refusal = await answerOf(t, draw.IDTERM, drawMessage(t, draw), "t-refusal", about);
  t.expect.equal("CC of the T-refusal", refusal.CC, CC, about);
  t.expect.equal("IDTRX of the T-refusal", refusal.IDTRX, draw.IDTRX, about);
}

/** DEBIT IEP on the card in the reader, which must accept it: CARDRSP, 16 bytes. */
export async function debitCard(t: CaseContext, { DEBITDATA, PSAMCERT, SESSKEY }: Issued): Promise<Uint8Array> {
  if (PSAMCERT && SESSKEY) {
    await t.system.apdu(encodePresentCertificateCommand(PSAMCERT));
    await t.system.apdu(encodePresentSessionKeyCommand(SESSKEY));
  }
  const response = await t.system.apdu(encodeDebitIepCommand(DEBITDATA));
  const result = parseDebitIepResponse(response);
  const isDebited = result.kind === "answer" && result.value.fields.CC === "0000";
  t.expect.that(isDebited, "the card accepts the debit command", { actual: toHex(response) });
  if (result.kind !== "answer") throw new Error("unreachable: the expectation above failed");
  return result.value.CARDRSP;
}

/** T-response with what the card answered: the T-result. */
export async function respond(
  t: CaseContext,
  { IDTERM, IDTRX }: Draw,
  CARDRSP: Uint8Array,
  SW = "9000",
  about?: About,
): Promise<MessageOf<"t-result">> {
  const result = await answerOf(t, IDTERM, { kind: "t-response", IDTERM, IDTRX, CARDRSP, SW }, "t-result", about);
  t.expect.equal("IDTERM of the T-result", result.IDTERM, IDTERM, about);
  t.expect.equal("IDTRX of the T-result", result.IDTRX, IDTRX, about);
  return result;
}

/** The PSAM must not confirm, and say why. */
export async function expectNotConfirmed(
  t: CaseContext,
  draw: Draw,
  CARDRSP: Uint8Array,
  CC: string,
  about?: About,
): Promise<void> {
  const result = await respond(t, draw, CARDRSP, "9000", about);
  t.expect.equal("CC of the T-result", result.CC, CC, about);
  t.expect.absent("message result of a transaction that is not confirmed", result.MSGRESULT, about);
}

/** The PSAM must confirm: the message result. */
export async function confirm(t: CaseContext, draw: Draw, CARDRSP: Uint8Array, about?: About): Promise<MessageResult> {
  const result = await respond(t, draw, CARDRSP, "9000", about);
  t.expect.equal("CC of the T-result", result.CC, "0000", about);
  const bytes = t.expect.present("message result", result.MSGRESULT, about);
  const parsed = parseMessageResult(bytes);
  t.expect.that(parsed.ok, "the message result is well-formed", { ...about, actual: toHex(bytes) });
  if (!parsed.ok) throw new Error("unreachable: the expectation above failed");
  return parsed.value;
}

/** T-cancel: the CC of T-done. */
export async function cancel(t: CaseContext, draw: Draw, mode: "withdraw" | "suspend", about?: About): Promise<string> {
  const { IDTERM, IDTRX } = draw;
  const MODE = mode === "withdraw" ? 0 : 1;
  const done = await answerOf(t, IDTERM, { kind: "t-cancel", IDTERM, IDTRX, MODE }, "t-done", about);
  t.expect.equal("IDTRX of the T-done", done.IDTRX, IDTRX, about);
  return done.CC;
}

/** The transaction is closed for good. */
export async function withdraw(t: CaseContext, draw: Draw, about?: About): Promise<void> {
  t.expect.equal("CC of the T-done (withdraw)", await cancel(t, draw, "withdraw", about), "0000", about);
}

/** A last day that has passed, whatever day it is (YYMMDD). */
export const LONG_AGO = "010101";

export function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ mask : byte));
}
