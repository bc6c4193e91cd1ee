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
  type CompleteAnswer,
  encodePsamCompleteCommand,
  parsePsamCompleteResponse,
} from "../../protocol/messages/psam-complete.ts";
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

  /** Third package: gives DEBITDATA. */
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
}
