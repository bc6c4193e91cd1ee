/** What a card keeps without power, as far as anybody can read it; all of it is old or all of it is new (`card-edge.md` 6). */
import { toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import type { CardLogRecord, PurchaseObservation, PurseReading } from "../../../harness/flows/system.ts";
import {
  encodeGetPreviousSignatureCommand,
  type TransactionKind,
} from "../../../harness/protocol/messages/get-previous-signature.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { ask, selectPurse } from "../../payment/support/card.ts";

export interface CardImage {
  readonly purse: PurseReading;
  /** Answers to GET PREVIOUS IEP SIGNATURE, data and status word in hex, by kind and number. */
  readonly previous: Readonly<Record<string, string>>;
}

/** What a completed transaction makes of a card, from the command that it was given. */
export interface Completed {
  readonly kind: TransactionKind;
  readonly record: CardLogRecord;
  /** CARDRSP that is due, 32 hex digits; without its last 16 where the signature is under a key that nobody but card and PSAM has. */
  readonly CARDRSP: string;
}

/** The specification's least number of log records. */
const LOG_RECORDS = 10;
const KINDS = ["purchase", "load"] as const;
const UNKNOWN = "9406";

/** `NTIEP`: the number of the transaction that is or was under way; its answer and that of the one before are asked for. */
export async function readImage(t: CaseContext, NTIEP?: number): Promise<CardImage> {
  const purse = await t.system.readPurse();
  const asked = NTIEP ?? purse.NTIEP;
  const previous: Record<string, string> = {};
  await selectPurse(t);
  for (const kind of KINDS) {
    for (const number of [asked - 1, asked]) {
      const { data, SW } = await ask(t, encodeGetPreviousSignatureCommand(number, kind));
      previous[`${kind} ${number}`] = toHex(data) + SW;
    }
  }
  return { purse, previous };
}

/** Nothing of the transaction is there. */
export function expectOld(t: CaseContext, before: CardImage, after: CardImage, about: About): void {
  t.expect.samePurse(before.purse, after.purse, about);
  t.expect.equal("answers to GET PREVIOUS IEP SIGNATURE", after.previous, before.previous, about);
}

/** All of the transaction is there: balance, number, log and signature together. */
export function expectNew(t: CaseContext, before: CardImage, after: CardImage, done: Completed, about: About): void {
  const { record, kind, CARDRSP } = done;
  const { expect } = t;
  expect.equal("BALIEP", after.purse.BALIEP, record.BALIEP, about);
  expect.equal("NTIEP", after.purse.NTIEP, before.purse.NTIEP + 1, about);
  const [newest, ...older] = after.purse.log;
  expect.equal("newest record of the log", newest, record, about);
  const kept = Math.min(before.purse.log.length, Math.max(older.length, LOG_RECORDS - 1));
  expect.equal("records behind it", older.slice(0, kept), before.purse.log.slice(0, kept), about);
  const { BALIEP: _, NTIEP: __, log: ___, ...elements } = before.purse;
  const { BALIEP: ____, NTIEP: _____, log: ______, ...now } = after.purse;
  expect.equal("everything else that the card says of itself", now, elements, about);
  const mine = `${kind} ${before.purse.NTIEP}`;
  for (const [number, answer] of Object.entries(after.previous)) {
    const due = number === mine ? `${CARDRSP}${answer.slice(CARDRSP.length, 32)}9000` : UNKNOWN;
    expect.equal(`answer to GET PREVIOUS IEP SIGNATURE, ${number}`, answer, due, about);
  }
}

/** Whether the transaction that `before` was read ahead of has left any trace: a card that is neither old nor new fails both. */
export function isChanged(before: CardImage, after: CardImage): boolean {
  const { BALIEP, NTIEP, log } = after.purse;
  const was = before.purse;
  const isSame = BALIEP === was.BALIEP && NTIEP === was.NTIEP && log[0]?.NTIEP === was.log[0]?.NTIEP;
  return !isSame;
}

/** CC, NTIEP and BALIEP of a positive CARDRSP, 16 hex digits. */
export function positiveAnswer(NTIEP: number, BALIEP: number): string {
  return `0000${toHex(uintToBytes(NTIEP, 2))}${toHex(uintToBytes(BALIEP, 4))}`;
}

export type Seen = Pick<PurchaseObservation, "events">;
