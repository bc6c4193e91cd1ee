import type { Deadline } from "../../core/deadline.ts";
import type { Exchange } from "../../link/exchange.ts";
import type { CommandResult } from "../../protocol/messages/command-result.ts";
import type { DebitPackage } from "../../protocol/messages/debit-package.ts";
import {
  type CancelMode,
  encodePsamCancelCommand,
  parsePsamCancelResponse,
} from "../../protocol/messages/psam-cancel.ts";
import {
  encodePackageCardCertificateCommand,
  encodePackageIssuerCertificateCommand,
  encodeReadCertificateCommand,
  encodeReadSessionKeyCommand,
  parsePackageCertificateResponse,
  parseReadCertificateResponse,
  parseReadSessionKeyResponse,
} from "../../protocol/messages/psam-certificates.ts";
import {
  type CollectAnswer,
  type CollectRequest,
  encodeCollectCommand,
  encodeEndOfCollectionCommand,
  parseCollectResponse,
  parseEndOfCollectionResponse,
} from "../../protocol/messages/psam-collect.ts";
import {
  type CompleteAnswer,
  encodePsamCompleteCommand,
  parsePsamCompleteResponse,
} from "../../protocol/messages/psam-complete.ts";
import {
  encodePackageIssueCommand,
  type PackageIssueAnswer,
  parsePackageIssueResponse,
} from "../../protocol/messages/psam-issue.ts";
import {
  encodePackageAtrCommand,
  encodePackageDebitCommand,
  encodePackageInitializeCommand,
  type PackageDebitAnswer,
  type PsamNumber,
  parsePackageAtrResponse,
  parsePackageDebitResponse,
  parsePackageInitializeResponse,
} from "../../protocol/messages/psam-packages.ts";
import {
  encodeReadTotalsCommand,
  parseReadTotalsResponse,
  type Totals,
} from "../../protocol/messages/psam-read-totals.ts";
import { encodeUpdateCommand, parseUpdateResponse } from "../../protocol/messages/psam-update.ts";
import {
  encodeSelectCommand,
  PSAM_AID,
  type PsamIdentity,
  parseSelectPsamResponse,
} from "../../protocol/messages/select-purse.ts";

/**
 * Drives a PSAM, real or simulated. A refusal and bytes that are no answer are results (`CommandResult`); only the
 * channel's own errors (`DEVICE_SILENT`, `DEVICE_LOST` …) are thrown.
 */
export class PsamClient {
  readonly #psam: Exchange;

  constructor(psam: Exchange) {
    this.#psam = psam;
  }

  /** Needed once after each reset. An issued debit becomes suspended. */
  async select(deadline: Deadline): Promise<CommandResult<PsamIdentity>> {
    return parseSelectPsamResponse(await this.#psam.exchange(encodeSelectCommand(PSAM_AID), deadline));
  }

  /** First package of a draw. */
  async packageAtr(ATR: Uint8Array, deadline: Deadline): Promise<CommandResult<null>> {
    return parsePackageAtrResponse(await this.#psam.exchange(encodePackageAtrCommand(ATR), deadline));
  }

  /** Second package. `INITRSP`: 27 bytes. */
  async packageInitialize(INITRSP: Uint8Array, deadline: Deadline): Promise<CommandResult<PsamNumber>> {
    return parsePackageInitializeResponse(await this.#psam.exchange(encodePackageInitializeCommand(INITRSP), deadline));
  }

  /** Third and fourth package of a public key card: its issuer's certificate and its own, 244 bytes each. */
  async packageCertificates(issuer: Uint8Array, card: Uint8Array, deadline: Deadline): Promise<CommandResult<null>> {
    const first = await this.#psam.exchange(encodePackageIssuerCertificateCommand(issuer), deadline);
    const result = parsePackageCertificateResponse(first);
    if (result.kind !== "answer") return result;
    const second = await this.#psam.exchange(encodePackageCardCertificateCommand(card), deadline);
    return parsePackageCertificateResponse(second);
  }

  /** Last package, of an issued debit: gives DEBITDATA and EXPECTED, and the totals have risen. */
  async packageIssue(data: DebitPackage, deadline: Deadline): Promise<CommandResult<PackageIssueAnswer>> {
    return parsePackageIssueResponse(await this.#psam.exchange(encodePackageIssueCommand(data), deadline));
  }

  /** PSAMCERT, 244 bytes, for the public key card of the debit issued last. */
  async readCertificate(deadline: Deadline): Promise<CommandResult<Uint8Array>> {
    return parseReadCertificateResponse(await this.#psam.exchange(encodeReadCertificateCommand(), deadline));
  }

  /** SESSKEY, 224 bytes, for the same. */
  async readSessionKey(deadline: Deadline): Promise<CommandResult<Uint8Array>> {
    return parseReadSessionKeyResponse(await this.#psam.exchange(encodeReadSessionKeyCommand(), deadline));
  }

  /** Last package: gives DEBITDATA. */
  async packageDebit(data: DebitPackage, deadline: Deadline): Promise<CommandResult<PackageDebitAnswer>> {
    return parsePackageDebitResponse(await this.#psam.exchange(encodePackageDebitCommand(data), deadline));
  }

  /** `IDTRX`: 32 hex digits; `CARDRSP`: 16 bytes. */
  async complete(IDTRX: string, CARDRSP: Uint8Array, deadline: Deadline): Promise<CommandResult<CompleteAnswer>> {
    return parsePsamCompleteResponse(await this.#psam.exchange(encodePsamCompleteCommand(IDTRX, CARDRSP), deadline));
  }

  async cancel(IDTRX: string, mode: CancelMode, deadline: Deadline): Promise<CommandResult<null>> {
    return parsePsamCancelResponse(await this.#psam.exchange(encodePsamCancelCommand(IDTRX, mode), deadline));
  }

  async readTotals(deadline: Deadline): Promise<CommandResult<Totals>> {
    return parseReadTotalsResponse(await this.#psam.exchange(encodeReadTotalsCommand(), deadline));
  }

  /** Takes lines out of the totals; the same again is answered as before. */
  async collect(request: CollectRequest, deadline: Deadline): Promise<CommandResult<CollectAnswer>> {
    return parseCollectResponse(await this.#psam.exchange(encodeCollectCommand(request), deadline));
  }

  /** The clearing system has the collection. `S5`: 8 bytes. */
  async endOfCollection(NTCOL: number, S5: Uint8Array, deadline: Deadline): Promise<CommandResult<null>> {
    return parseEndOfCollectionResponse(await this.#psam.exchange(encodeEndOfCollectionCommand(NTCOL, S5), deadline));
  }

  /** `UPDATE`: 22 to 38 bytes with S6. */
  async update(UPDATE: Uint8Array, deadline: Deadline): Promise<CommandResult<null>> {
    return parseUpdateResponse(await this.#psam.exchange(encodeUpdateCommand(UPDATE), deadline));
  }
}
