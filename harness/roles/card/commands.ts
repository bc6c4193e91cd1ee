import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { CARD_RESPONSE_LENGTH } from "../../protocol/messages/card-response.ts";
import { CERTIFICATE_LENGTH, SESSION_KEY_LENGTH } from "../../protocol/messages/certificate-bytes.ts";
import { CREDIT_IEP } from "../../protocol/messages/credit-iep.ts";
import { DEBIT_DATA_LENGTH } from "../../protocol/messages/debit-data.ts";
import { DEBIT_IEP } from "../../protocol/messages/debit-iep.ts";
import { BALANCE_LENGTH, GET_BALANCE } from "../../protocol/messages/get-balance.ts";
import { GET_PREVIOUS_LOAD, GET_PREVIOUS_SIGNATURE } from "../../protocol/messages/get-previous-signature.ts";
import type { CommandHeader } from "../../protocol/messages/header.ts";
import { INIT_RESPONSE_LENGTH } from "../../protocol/messages/init-response.ts";
import { INITIALIZE_IEP } from "../../protocol/messages/initialize-iep.ts";
import { INITIALIZE_LOAD } from "../../protocol/messages/initialize-load.ts";
import { LOAD_DATA_LENGTH } from "../../protocol/messages/load-data.ts";
import { LOAD_INIT_LENGTH } from "../../protocol/messages/load-init.ts";
import { LOAD_RESPONSE_LENGTH } from "../../protocol/messages/load-response.ts";
import { PERSO_DATA_LENGTH, PERSONALISE } from "../../protocol/messages/personalise.ts";
import { PRESENT_CERTIFICATE } from "../../protocol/messages/present-certificate.ts";
import { PRESENT_SESSION_KEY } from "../../protocol/messages/present-session-key.ts";
import { READ_RECORD } from "../../protocol/messages/read-record.ts";
import { SELECT } from "../../protocol/messages/select-purse.ts";
import type { CardStep } from "./answer.ts";
import { balance } from "./balance.ts";
import { credit } from "./credit.ts";
import type { CardCrypto } from "./crypto.ts";
import { debit } from "./debit.ts";
import { initialize, initializeLoad } from "./initialize.ts";
import { personalise } from "./issue.ts";
import { presentCertificate, presentSessionKey } from "./present.ts";
import { previousSignature } from "./previous-signature.ts";
import { isFile, readRecord, recordLength } from "./read-record.ts";
import { purseIdentity, select } from "./select.ts";
import type { CardState } from "./state.ts";

/** A command of the card: what it is told by, what is right about it before the purse is looked at, what it does. */
export interface CardCommand {
  readonly name:
    | "select"
    | "initialize"
    | "initialize-load"
    | "credit"
    | "certificate"
    | "session-key"
    | "debit"
    | "previous-signature"
    | "balance"
    | "read-record"
    | "personalise";
  readonly cla: number;
  readonly ins: number;
  hasRightParameters(p1: number, p2: number, state: CardState): boolean;
  hasRightData(length: number): boolean;
  /** Bytes of the answer when the command succeeds: Le must not be less. */
  answerLength(state: CardState, p2: number): number;
  /** Works without a selected purse. */
  readonly beforeSelection?: true;
  /** Refused, for whatever reason, it ends an initialised session (section 3, 5.3a). */
  readonly endsWhenRefused?: true;
  /** Whether a supplied purse takes it: `too`, or that alone. Absent: only once it is issued. */
  readonly whenSupplied?: "too" | "only";
  /** A blocked purse refuses it. */
  readonly needsIssuedPurse?: true;
  handle(state: CardState, apdu: CommandApdu, crypto: CardCrypto): CardStep;
}

const exactly =
  ({ p1, p2 }: CommandHeader) =>
  (a: number, b: number) =>
    a === p1 && b === p2;
const bytes = (wanted: number) => (length: number) => length === wanted;

/** THE table of commands (card-edge.md, section 5). */
export const CARD_COMMANDS: readonly CardCommand[] = [
  {
    name: "select",
    ...SELECT,
    hasRightParameters: exactly(SELECT),
    hasRightData: (length) => length >= 5 && length <= 16,
    answerLength: ({ purse }) => purseIdentity(purse).length,
    beforeSelection: true,
    whenSupplied: "too",
    handle: select,
  },
  {
    name: "initialize",
    ...INITIALIZE_IEP,
    hasRightParameters: exactly(INITIALIZE_IEP),
    hasRightData: bytes(0),
    answerLength: () => INIT_RESPONSE_LENGTH,
    needsIssuedPurse: true,
    endsWhenRefused: true,
    handle: initialize,
  },
  {
    name: "initialize-load",
    ...INITIALIZE_LOAD,
    hasRightParameters: exactly(INITIALIZE_LOAD),
    hasRightData: bytes(LOAD_INIT_LENGTH),
    answerLength: () => LOAD_RESPONSE_LENGTH,
    needsIssuedPurse: true,
    endsWhenRefused: true,
    handle: initializeLoad,
  },
  {
    name: "credit",
    ...CREDIT_IEP,
    hasRightParameters: exactly(CREDIT_IEP),
    hasRightData: bytes(LOAD_DATA_LENGTH),
    answerLength: () => CARD_RESPONSE_LENGTH,
    needsIssuedPurse: true,
    handle: credit,
  },
  {
    name: "certificate",
    ...PRESENT_CERTIFICATE,
    hasRightParameters: exactly(PRESENT_CERTIFICATE),
    hasRightData: bytes(CERTIFICATE_LENGTH),
    answerLength: () => 0,
    endsWhenRefused: true,
    handle: presentCertificate,
  },
  {
    name: "session-key",
    ...PRESENT_SESSION_KEY,
    hasRightParameters: exactly(PRESENT_SESSION_KEY),
    hasRightData: bytes(SESSION_KEY_LENGTH),
    answerLength: () => 0,
    endsWhenRefused: true,
    handle: presentSessionKey,
  },
  {
    name: "debit",
    ...DEBIT_IEP,
    hasRightParameters: exactly(DEBIT_IEP),
    hasRightData: bytes(DEBIT_DATA_LENGTH),
    answerLength: () => CARD_RESPONSE_LENGTH,
    needsIssuedPurse: true,
    handle: debit,
  },
  {
    name: "previous-signature",
    ...GET_PREVIOUS_SIGNATURE,
    hasRightParameters: (p1, p2) =>
      p2 === GET_PREVIOUS_SIGNATURE.p2 && (p1 === GET_PREVIOUS_SIGNATURE.p1 || p1 === GET_PREVIOUS_LOAD.p1),
    hasRightData: bytes(2),
    answerLength: () => CARD_RESPONSE_LENGTH,
    handle: previousSignature,
  },
  {
    name: "balance",
    ...GET_BALANCE,
    hasRightParameters: exactly(GET_BALANCE),
    hasRightData: bytes(0),
    answerLength: () => BALANCE_LENGTH,
    handle: balance,
  },
  {
    name: "read-record",
    ...READ_RECORD,
    hasRightParameters: (p1, p2, { purse }) => p1 !== 0 && isFile(purse, p2),
    hasRightData: bytes(0),
    answerLength: (_state, p2) => recordLength(p2),
    handle: readRecord,
  },
  {
    name: "personalise",
    ...PERSONALISE,
    hasRightParameters: exactly(PERSONALISE),
    hasRightData: bytes(PERSO_DATA_LENGTH),
    answerLength: () => 0,
    whenSupplied: "only",
    handle: personalise,
  },
];

/** The commands of that class and instruction (INITIALIZE and PRESENT have two), or the status word for a wrong one (section 4). */
export function findCommands(cla: number, ins: number): readonly CardCommand[] | 0x6e00 | 0x6d00 {
  const found = CARD_COMMANDS.filter((command) => command.cla === cla && command.ins === ins);
  if (found.length > 0) return found;
  const isKnownClass = CARD_COMMANDS.some((command) => command.cla === cla);
  const isKnownElsewhere = CARD_COMMANDS.some((command) => command.ins === ins);
  return isKnownClass && !isKnownElsewhere ? 0x6d00 : 0x6e00;
}
