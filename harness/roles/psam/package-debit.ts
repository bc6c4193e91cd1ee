import { concat, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { isDate, isDateTime } from "../../protocol/messages/calendar.ts";
import { type DebitPackage, readDebitPackage } from "../../protocol/messages/debit-package.ts";
import { type InitResponse, readInitResponse } from "../../protocol/messages/init-response.ts";
import { type PsamStep, refused, refusedPackage, written } from "./answer.ts";
import type { PsamCrypto, PurseContext } from "./crypto.ts";
import { masterKeyFor } from "./package-initialize.ts";
import { isRemembered } from "./remembered-ids.ts";
import { MAX_SUSPENDED, type PsamMemory, type PsamState } from "./state.ts";

/** PACKAGE: DEBIT (psam-edge.md 4.3): DEBITDATA with S2. NTPSAM advances, whatever becomes of it. */
export function packageDebit(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory, session } = state;
  if (memory.open !== null || session.kind !== "card-accepted") return refused(state, 0x6985);
  const read = readDebitPackage(apdu.data);
  if (!read.ok) throw new PursebenchError("INTERNAL", `package past its length check: ${read.reason}`);
  const INITRSP = fromHex(session.INITRSP);
  const SW = refusalOfDebit(memory, cardOf(INITRSP), read.value);
  if (SW !== undefined) return refusedPackage(state, SW);

  const unsigned = unsignedDebitData(memory, apdu.data);
  const DEBITDATA = concat(unsigned, crypto.signS2(contextOf(memory, INITRSP), unsigned));
  const open = { IDTRX: read.value.IDTRX, INITRSP: session.INITRSP, DEBITDATA: toHex(DEBITDATA) };
  const issued: PsamMemory = { ...memory, NTPSAM: memory.NTPSAM + 1, open };
  return written({ ...state, session: { kind: "idle" } }, issued, DEBITDATA);
}

/** Why that debit is not issued, in the order of the table; undefined when it is. */
export function refusalOfDebit(memory: PsamMemory, card: InitResponse, debit: DebitPackage): number | undefined {
  if (debit.MPDA === 0 || !isDateTime(debit.DTHR)) return 0x6a80;
  if (debit.CURRPDA !== card.CURRIEP || debit.CEXPPDA !== card.CEXPIEP) return 0x9414;
  if (isExpired(card.DEXPIEP, debit.DTHR)) return 0x9413;
  if (debit.MPDA > card.BALIEP) return 0x9401;
  if (isUsed(memory, debit.IDTRX)) return 0x9416;
  return memory.suspended.length >= MAX_SUSPENDED ? 0x9417 : undefined;
}

/** DEXPIEP (YYMMDD, 20YY) is before the day of DTHR. What is no day is taken as over. */
export function isExpired(DEXPIEP: string, DTHR: string): boolean {
  const lastDay = `20${DEXPIEP}`;
  return !isDate(lastDay) || lastDay < DTHR.slice(0, 8);
}

/** The transaction is open, suspended or already confirmed. */
export function isUsed(memory: PsamMemory, IDTRX: string): boolean {
  return (
    memory.open?.IDTRX === IDTRX ||
    memory.suspended.some((transaction) => transaction.IDTRX === IDTRX) ||
    isRemembered(memory.confirmed, IDTRX)
  );
}

/** The first 45 bytes of DEBITDATA: the PSAM's own three elements, then the package as it came (card-edge.md 5.3). */
export function unsignedDebitData({ PPPSAM, IDPSAM, NTPSAM }: PsamMemory, packageData: Uint8Array): Uint8Array {
  return concat(fromHex(PPPSAM), fromHex(IDPSAM), uintToBytes(NTPSAM, 4), packageData);
}

/** INITRSP in words. Throws `INTERNAL` when it has not 27 bytes, which was checked when it came. */
export function cardOf(INITRSP: Uint8Array): InitResponse {
  const read = readInitResponse(INITRSP);
  if (!read.ok) throw new PursebenchError("INTERNAL", `kept INITRSP: ${read.reason}`);
  return read.value;
}

/** Key material for that card. Throws `INTERNAL` when the key is gone, which PACKAGE: INITIALIZE IEP has checked. */
export function contextOf(memory: PsamMemory, INITRSP: Uint8Array): PurseContext {
  const key = masterKeyFor(memory, cardOf(INITRSP));
  if (!key) throw new PursebenchError("INTERNAL", "the master key of an accepted card is gone");
  return { ALGIEP: key.ALGIEP, MKP: key.MKP, INITRSP };
}
