import type { Deadline } from "../../core/deadline.ts";
import type { CommandResult } from "../../protocol/messages/command-result.ts";
import { encodeCreditIepCommand, parseCreditIepResponse } from "../../protocol/messages/credit-iep.ts";
import { type DebitAnswer, encodeDebitIepCommand, parseDebitIepResponse } from "../../protocol/messages/debit-iep.ts";
import { type Balance, encodeGetBalanceCommand, parseGetBalanceResponse } from "../../protocol/messages/get-balance.ts";
import {
  encodeGetPreviousSignatureCommand,
  parseGetPreviousSignatureResponse,
  type TransactionKind,
} from "../../protocol/messages/get-previous-signature.ts";
import {
  encodeInitializeIepCommand,
  type InitializeAnswer,
  parseInitializeIepResponse,
} from "../../protocol/messages/initialize-iep.ts";
import {
  encodeInitializeLoadCommand,
  type InitializeLoadAnswer,
  parseInitializeLoadResponse,
} from "../../protocol/messages/initialize-load.ts";
import { encodePersonaliseCommand, parsePersonaliseResponse } from "../../protocol/messages/personalise.ts";
import {
  encodePresentCertificateCommand,
  parsePresentCertificateResponse,
} from "../../protocol/messages/present-certificate.ts";
import {
  encodePresentSessionKeyCommand,
  parsePresentSessionKeyResponse,
} from "../../protocol/messages/present-session-key.ts";
import {
  CARD_CERTIFICATE_RECORD,
  CARD_INFORMATION_FILE,
  type CardInformationRecord,
  CERTIFICATE_FILE,
  encodeReadRecordCommand,
  ISSUER_CERTIFICATE_RECORD,
  LOG_FILE,
  type LogRecord,
  parseCardInformationResponse,
  parseCertificateRecordResponse,
  parseLogRecordResponse,
} from "../../protocol/messages/read-record.ts";
import {
  encodeSelectCommand,
  type PurseIdentity,
  parseSelectPurseResponse,
} from "../../protocol/messages/select-purse.ts";

/** How APDUs reach the card: `CardChannel` of device/contracts.ts has it. */
export interface CardAccess {
  transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array>;
}

/** No card keeps more records than P1 can name. */
const MAX_RECORDS = 254;

/**
 * Drives a purse card, real or simulated. A refusal and bytes that are no answer are results (`CommandResult`); only the
 * channel's own errors (`DEVICE_SILENT`, `DEVICE_LOST` …) are thrown.
 */
export class IepClient {
  readonly #card: CardAccess;

  constructor(card: CardAccess) {
    this.#card = card;
  }

  async select(deadline: Deadline): Promise<CommandResult<PurseIdentity>> {
    return parseSelectPurseResponse(await this.#card.transmit(encodeSelectCommand(), deadline));
  }

  async initialize(deadline: Deadline): Promise<CommandResult<InitializeAnswer>> {
    return parseInitializeIepResponse(await this.#card.transmit(encodeInitializeIepCommand(), deadline));
  }

  /** Certificates of issuer and card, 244 bytes each, of a public key card; refused with 6A86 by every other one. */
  async readCertificates(
    deadline: Deadline,
  ): Promise<CommandResult<{ readonly issuer: Uint8Array; readonly card: Uint8Array }>> {
    const issuer = await this.#readCertificate(ISSUER_CERTIFICATE_RECORD, deadline);
    if (issuer.kind !== "answer") return issuer;
    const card = await this.#readCertificate(CARD_CERTIFICATE_RECORD, deadline);
    if (card.kind !== "answer") return card;
    return { kind: "answer", value: { issuer: issuer.value, card: card.value } };
  }

  /** `PSAMCERT`: 244 bytes as the PSAM gave them; first after INITIALIZE IEP of a public key card. */
  async presentCertificate(PSAMCERT: Uint8Array, deadline: Deadline): Promise<CommandResult<null>> {
    const response = await this.#card.transmit(encodePresentCertificateCommand(PSAMCERT), deadline);
    return parsePresentCertificateResponse(response);
  }

  /** `SESSKEY`: 224 bytes as the PSAM gave them; second. */
  async presentSessionKey(SESSKEY: Uint8Array, deadline: Deadline): Promise<CommandResult<null>> {
    const response = await this.#card.transmit(encodePresentSessionKeyCommand(SESSKEY), deadline);
    return parsePresentSessionKeyResponse(response);
  }

  /** `DEBITDATA`: 53 bytes as the PSAM gave them. */
  async debit(DEBITDATA: Uint8Array, deadline: Deadline): Promise<CommandResult<DebitAnswer>> {
    return parseDebitIepResponse(await this.#card.transmit(encodeDebitIepCommand(DEBITDATA), deadline));
  }

  /** `LOADINIT`: 34 bytes. */
  async initializeLoad(LOADINIT: Uint8Array, deadline: Deadline): Promise<CommandResult<InitializeLoadAnswer>> {
    return parseInitializeLoadResponse(await this.#card.transmit(encodeInitializeLoadCommand(LOADINIT), deadline));
  }

  /** `LOADDATA`: 15 bytes as the load server gave them. */
  async credit(LOADDATA: Uint8Array, deadline: Deadline): Promise<CommandResult<DebitAnswer>> {
    return parseCreditIepResponse(await this.#card.transmit(encodeCreditIepCommand(LOADDATA), deadline));
  }

  /** `PERSODATA`: 73 bytes for this very card. */
  async personalise(PERSODATA: Uint8Array, deadline: Deadline): Promise<CommandResult<null>> {
    return parsePersonaliseResponse(await this.#card.transmit(encodePersonaliseCommand(PERSODATA), deadline));
  }

  /** CARDRSP of the transaction `NTIEP`, if it was the last one and of that kind. */
  async getPreviousSignature(
    NTIEP: number,
    deadline: Deadline,
    kind: TransactionKind = "purchase",
  ): Promise<CommandResult<DebitAnswer>> {
    const response = await this.#card.transmit(encodeGetPreviousSignatureCommand(NTIEP, kind), deadline);
    return parseGetPreviousSignatureResponse(response);
  }

  async getBalance(deadline: Deadline): Promise<CommandResult<Balance>> {
    return parseGetBalanceResponse(await this.#card.transmit(encodeGetBalanceCommand(), deadline));
  }

  async readCardInformation(deadline: Deadline): Promise<CommandResult<CardInformationRecord>> {
    const response = await this.#card.transmit(encodeReadRecordCommand(1, CARD_INFORMATION_FILE), deadline);
    return parseCardInformationResponse(response);
  }

  /** All records, newest first. A card that never says 6A83 is stopped after 254. */
  async readLog(deadline: Deadline): Promise<CommandResult<readonly LogRecord[]>> {
    const records: LogRecord[] = [];
    for (let number = 1; number <= MAX_RECORDS; number++) {
      const response = await this.#card.transmit(encodeReadRecordCommand(number, LOG_FILE), deadline);
      const result = parseLogRecordResponse(response);
      if (result.kind === "refused" && result.SW === 0x6a83) break;
      if (result.kind !== "answer") return result;
      records.push(result.value);
    }
    return { kind: "answer", value: records };
  }

  async #readCertificate(record: number, deadline: Deadline): Promise<CommandResult<Uint8Array>> {
    const response = await this.#card.transmit(encodeReadRecordCommand(record, CERTIFICATE_FILE), deadline);
    return parseCertificateRecordResponse(response);
  }
}
