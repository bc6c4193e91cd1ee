import { fromHex } from "../../core/bytes.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { CERTIFICATE_LENGTH } from "../../protocol/messages/certificate-bytes.ts";
import {
  CARD_CERTIFICATE_RECORD,
  CARD_INFORMATION_FILE,
  CARD_INFORMATION_LENGTH,
  CERTIFICATE_FILE,
  encodeCardInformation,
  encodeLogRecord,
  ISSUER_CERTIFICATE_RECORD,
  LOG_FILE,
  LOG_RECORD_LENGTH,
} from "../../protocol/messages/read-record.ts";
import { answered, type CardStep, refused } from "./answer.ts";
import type { CardState, Purse } from "./state.ts";

/** READ RECORD (card-edge.md 5.6). P1 and P2 have been checked. */
export function readRecord(state: CardState, apdu: CommandApdu): CardStep {
  const record = recordOf(state.purse, apdu.p2, apdu.p1);
  return record === undefined ? refused(state, 0x6a83) : answered(state, record);
}

/** Whether P2 names a file of this purse: only public key cards have certificates. */
export function isFile({ rsa }: Purse, p2: number): boolean {
  return p2 === CARD_INFORMATION_FILE || p2 === LOG_FILE || (p2 === CERTIFICATE_FILE && rsa !== undefined);
}

/** Bytes of a record of that file. */
export function recordLength(p2: number): number {
  if (p2 === CERTIFICATE_FILE) return CERTIFICATE_LENGTH;
  return p2 === LOG_FILE ? LOG_RECORD_LENGTH : CARD_INFORMATION_LENGTH;
}

/** Record `number` (1 = first or newest) of the file that P2 names. */
export function recordOf(purse: Purse, p2: number, number: number): Uint8Array | undefined {
  if (p2 === CARD_INFORMATION_FILE) return number === 1 ? encodeCardInformation(purse) : undefined;
  if (p2 === CERTIFICATE_FILE) return certificateOf(purse, number);
  const entry = purse.log[number - 1];
  return entry && encodeLogRecord(entry);
}

function certificateOf({ rsa }: Purse, number: number): Uint8Array | undefined {
  if (!rsa) return undefined;
  if (number === ISSUER_CERTIFICATE_RECORD) return fromHex(rsa.issuerCertificate);
  return number === CARD_CERTIFICATE_RECORD ? fromHex(rsa.cardCertificate) : undefined;
}
