import { concat, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { isDate, isDateTime } from "../../protocol/messages/calendar.ts";
import { encodeCardResponse } from "../../protocol/messages/card-response.ts";
import { type DebitPackage, readDebitPackage } from "../../protocol/messages/debit-package.ts";
import type { InitResponse } from "../../protocol/messages/init-response.ts";
import { PACKAGE_ISSUE } from "../../protocol/messages/psam-issue.ts";
import { type PsamStep, refused, refusedPackage, written } from "./answer.ts";
import type { PsamCrypto } from "./crypto.ts";
import { cardOf, debitOf } from "./kept.ts";
import { contextOf } from "./key-material.ts";
import { makeSessionKey } from "./session-key.ts";
import { type CertifiedCard, MAX_SUSPENDED, type PsamMemory, type PsamState, type Transaction } from "./state.ts";
import { isUsed, withIssued } from "./transactions.ts";

/** PACKAGE: DEBIT (psam-edge.md 4.3): DEBITDATA with S2. NTPSAM advances, whatever becomes of it. */
export function packageDebit(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory, session } = state;
  if (memory.open !== null || session.kind !== "card-accepted") return refused(state, 0x6985);
  const read = readDebitPackage(apdu.data);
  if (!read.ok) throw new PursebenchError("INTERNAL", `package past its length check: ${read.reason}`);
  const SW = refusalOfDebit(memory, cardOf(fromHex(session.INITRSP)), read.value, session.certified);
  if (SW !== undefined) return refusedPackage(state, SW);

  const { INITRSP, certified, MKP } = session;
  const key = certified && makeSessionKey(state, INITRSP, certified, crypto);
  const card = { INITRSP, ...(key ? { SK: key.SK } : {}), ...(MKP === undefined ? {} : { MKP }) };
  const unsigned = unsignedDebitData(memory, apdu.data);
  const DEBITDATA = concat(unsigned, crypto.signS2(contextOf(memory, card), unsigned));
  const transaction: Transaction = { IDTRX: read.value.IDTRX, ...card, DEBITDATA: toHex(DEBITDATA) };
  const numbered: PsamMemory = { ...memory, NTPSAM: memory.NTPSAM + 1 };
  const done: PsamState = key
    ? { ...state, session: { kind: "idle", forCard: key.forCard }, entropy: key.entropy }
    : { ...state, session: { kind: "idle" } };
  if (apdu.p1 !== PACKAGE_ISSUE.p1) return written(done, { ...numbered, open: transaction }, DEBITDATA);
  const EXPECTED = expectedResponse(memory, transaction, crypto);
  return written(done, withIssued(numbered, transaction), concat(DEBITDATA, EXPECTED));
}

/** EXPECTED, 16 bytes: the CARDRSP of a genuine card that executes that debit with success. */
export function expectedResponse(memory: PsamMemory, transaction: Transaction, crypto: PsamCrypto): Uint8Array {
  const { BALIEP, NTIEP } = cardOf(fromHex(transaction.INITRSP));
  const completion = { CC: "0000", BALIEP: BALIEP - debitOf(transaction).MPDA };
  const S3 = crypto.expectS3(contextOf(memory, transaction), fromHex(transaction.DEBITDATA), completion);
  return encodeCardResponse({ ...completion, NTIEP, S3: toHex(S3) });
}

/** Why that debit is not issued, in the order of the table; undefined when it is. */
export function refusalOfDebit(
  memory: PsamMemory,
  card: InitResponse,
  debit: DebitPackage,
  certified?: CertifiedCard,
): number | undefined {
  if (debit.MPDA === 0 || !isDateTime(debit.DTHR)) return 0x6a80;
  if (debit.CURRPDA !== card.CURRIEP || debit.CEXPPDA !== card.CEXPIEP) return 0x9414;
  const lastDays = [card.DEXPIEP, ...(certified ? [certified.lastDay, certified.issuerLastDay] : [])];
  if (lastDays.some((lastDay) => isExpired(lastDay, debit.DTHR))) return 0x9413;
  if (debit.MPDA > card.BALIEP) return 0x9401;
  if (isUsed(memory, debit.IDTRX)) return 0x9416;
  return memory.suspended.length >= MAX_SUSPENDED ? 0x9417 : undefined;
}

/** The last day (YYMMDD, 20YY) is before the day of DTHR. What is no day is taken as over. */
export function isExpired(lastDay: string, DTHR: string): boolean {
  const day = `20${lastDay}`;
  return !isDate(day) || day < DTHR.slice(0, 8);
}

/** The first 45 bytes of DEBITDATA: the PSAM's own three elements, then the package as it came (card-edge.md 5.3). */
export function unsignedDebitData({ PPPSAM, IDPSAM, NTPSAM }: PsamMemory, packageData: Uint8Array): Uint8Array {
  return concat(fromHex(PPPSAM), fromHex(IDPSAM), uintToBytes(NTPSAM, 4), packageData);
}
