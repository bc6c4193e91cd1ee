import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { CERTIFICATE_LENGTH, SESSION_KEY_LENGTH } from "../../protocol/messages/certificate-bytes.ts";
import { DEBIT_DATA_LENGTH } from "../../protocol/messages/debit-data.ts";
import { DEBIT_PACKAGE_LENGTH } from "../../protocol/messages/debit-package.ts";
import type { CommandHeader } from "../../protocol/messages/header.ts";
import { INIT_RESPONSE_LENGTH } from "../../protocol/messages/init-response.ts";
import { MESSAGE_RESULT_LENGTH } from "../../protocol/messages/message-result.ts";
import { CANCEL_P1, PSAM_CANCEL } from "../../protocol/messages/psam-cancel.ts";
import {
  PACKAGE_CARD_CERTIFICATE,
  PACKAGE_ISSUER_CERTIFICATE,
  PSAM_READ_CERTIFICATE,
  PSAM_READ_SESSION_KEY,
} from "../../protocol/messages/psam-certificates.ts";
import {
  COLLECT_ANSWER_LENGTH,
  COLLECT_LENGTHS,
  END_OF_COLLECTION_LENGTH,
  PSAM_COLLECT,
  PSAM_END_OF_COLLECTION,
} from "../../protocol/messages/psam-collect.ts";
import { COMPLETE_DATA_LENGTH, PSAM_COMPLETE } from "../../protocol/messages/psam-complete.ts";
import { ISSUE_ANSWER_LENGTH, PACKAGE_ISSUE } from "../../protocol/messages/psam-issue.ts";
import {
  PACKAGE_ATR,
  PACKAGE_DEBIT,
  PACKAGE_INITIALIZE,
  PSAM_NUMBER_LENGTH,
} from "../../protocol/messages/psam-packages.ts";
import { PSAM_READ_TOTALS } from "../../protocol/messages/psam-read-totals.ts";
import { PSAM_UPDATE, UPDATE_LENGTHS } from "../../protocol/messages/psam-update.ts";
import { SELECT } from "../../protocol/messages/select-purse.ts";
import type { PsamStep } from "./answer.ts";
import { cancel } from "./cancel.ts";
import { collect, endOfCollection } from "./collect.ts";
import { complete } from "./complete.ts";
import type { PsamCrypto } from "./crypto.ts";
import { packageAtr } from "./package-atr.ts";
import { packageCardCertificate, packageIssuerCertificate } from "./package-certificates.ts";
import { packageDebit } from "./package-debit.ts";
import { packageInitialize } from "./package-initialize.ts";
import { readTotals, totalsOf } from "./read-totals.ts";
import { psamIdentity, select } from "./select.ts";
import { readForCard } from "./session-key.ts";
import type { PsamSession, PsamState } from "./state.ts";
import { update } from "./update.ts";

/** A command of the PSAM: what it is told by, what is right about it before the state is looked at, what it does. */
export interface PsamCommand {
  readonly cla: number;
  readonly ins: number;
  hasRightParameters(p1: number, p2: number): boolean;
  hasRightData(length: number): boolean;
  /** Bytes of the answer when the command succeeds: Le must not be less. */
  answerLength(state: PsamState): number;
  /** For a package: the state in which it is in order. Refused there, even for its length, it leads to idle (section 2). */
  readonly after?: PsamSession["kind"];
  handle(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep;
}

const exactly =
  ({ p1, p2 }: CommandHeader) =>
  (a: number, b: number) =>
    a === p1 && b === p2;
const bytes = (wanted: number) => (length: number) => length === wanted;
const bytesBetween = (shortest: number, longest: number) => (length: number) => length >= shortest && length <= longest;

/** THE table of commands (psam-edge.md, section 4). */
export const PSAM_COMMANDS: readonly PsamCommand[] = [
  {
    ...SELECT,
    hasRightParameters: exactly(SELECT),
    hasRightData: bytesBetween(5, 16),
    answerLength: ({ memory }) => psamIdentity(memory).length,
    handle: select,
  },
  {
    ...PACKAGE_ATR,
    hasRightParameters: exactly(PACKAGE_ATR),
    hasRightData: bytesBetween(2, 33),
    answerLength: () => 0,
    after: "idle",
    handle: packageAtr,
  },
  {
    ...PACKAGE_INITIALIZE,
    hasRightParameters: exactly(PACKAGE_INITIALIZE),
    hasRightData: bytes(INIT_RESPONSE_LENGTH),
    answerLength: () => PSAM_NUMBER_LENGTH,
    after: "card-reset",
    handle: packageInitialize,
  },
  {
    ...PACKAGE_ISSUER_CERTIFICATE,
    hasRightParameters: exactly(PACKAGE_ISSUER_CERTIFICATE),
    hasRightData: bytes(CERTIFICATE_LENGTH),
    answerLength: () => 0,
    after: "card-identified",
    handle: packageIssuerCertificate,
  },
  {
    ...PACKAGE_CARD_CERTIFICATE,
    hasRightParameters: exactly(PACKAGE_CARD_CERTIFICATE),
    hasRightData: bytes(CERTIFICATE_LENGTH),
    answerLength: () => 0,
    after: "issuer-certified",
    handle: packageCardCertificate,
  },
  {
    ...PACKAGE_DEBIT,
    hasRightParameters: exactly(PACKAGE_DEBIT),
    hasRightData: bytes(DEBIT_PACKAGE_LENGTH),
    answerLength: () => DEBIT_DATA_LENGTH,
    after: "card-accepted",
    handle: packageDebit,
  },
  {
    ...PACKAGE_ISSUE,
    hasRightParameters: exactly(PACKAGE_ISSUE),
    hasRightData: bytes(DEBIT_PACKAGE_LENGTH),
    answerLength: () => ISSUE_ANSWER_LENGTH,
    after: "card-accepted",
    handle: packageDebit,
  },
  {
    ...PSAM_READ_CERTIFICATE,
    hasRightParameters: exactly(PSAM_READ_CERTIFICATE),
    hasRightData: bytes(0),
    answerLength: () => CERTIFICATE_LENGTH,
    handle: readForCard,
  },
  {
    ...PSAM_READ_SESSION_KEY,
    hasRightParameters: exactly(PSAM_READ_SESSION_KEY),
    hasRightData: bytes(0),
    answerLength: () => SESSION_KEY_LENGTH,
    handle: readForCard,
  },
  {
    ...PSAM_COMPLETE,
    hasRightParameters: exactly(PSAM_COMPLETE),
    hasRightData: bytes(COMPLETE_DATA_LENGTH),
    answerLength: () => MESSAGE_RESULT_LENGTH,
    handle: complete,
  },
  {
    ...PSAM_CANCEL,
    hasRightParameters: (p1, p2) => p2 === PSAM_CANCEL.p2 && (p1 === CANCEL_P1.withdraw || p1 === CANCEL_P1.suspend),
    hasRightData: bytes(16),
    answerLength: () => 0,
    handle: cancel,
  },
  {
    ...PSAM_READ_TOTALS,
    hasRightParameters: exactly(PSAM_READ_TOTALS),
    hasRightData: bytes(0),
    answerLength: ({ memory }) => totalsOf(memory).length,
    handle: readTotals,
  },
  {
    ...PSAM_COLLECT,
    hasRightParameters: exactly(PSAM_COLLECT),
    hasRightData: bytesBetween(...COLLECT_LENGTHS),
    answerLength: () => COLLECT_ANSWER_LENGTH,
    handle: collect,
  },
  {
    ...PSAM_END_OF_COLLECTION,
    hasRightParameters: exactly(PSAM_END_OF_COLLECTION),
    hasRightData: bytes(END_OF_COLLECTION_LENGTH),
    answerLength: () => 0,
    handle: endOfCollection,
  },
  {
    ...PSAM_UPDATE,
    hasRightParameters: exactly(PSAM_UPDATE),
    hasRightData: bytesBetween(...UPDATE_LENGTHS),
    answerLength: () => 0,
    handle: update,
  },
];

/** The commands of that class and instruction (packages share one), or the status word for a wrong one (section 3). */
export function findCommands(cla: number, ins: number): readonly PsamCommand[] | 0x6e00 | 0x6d00 {
  const found = PSAM_COMMANDS.filter((command) => command.cla === cla && command.ins === ins);
  if (found.length > 0) return found;
  const isKnownClass = PSAM_COMMANDS.some((command) => command.cla === cla);
  const isKnownElsewhere = PSAM_COMMANDS.some((command) => command.ins === ins);
  return isKnownClass && !isKnownElsewhere ? 0x6d00 : 0x6e00;
}
