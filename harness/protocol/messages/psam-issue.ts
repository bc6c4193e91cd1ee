import { CARD_RESPONSE_LENGTH, type CardResponse, parseCardResponse } from "./card-response.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import { DEBIT_DATA_LENGTH } from "./debit-data.ts";
import { type DebitPackage, encodeDebitPackage } from "./debit-package.ts";
import { type CommandHeader, command } from "./header.ts";
import { type PackageDebitAnswer, readPackageDebitAnswer } from "./psam-packages.ts";

/** PACKAGE: DEBIT with P1 01 (psam-edge.md 4.3): the transaction is issued, counted at once, and the PSAM is idle. */
export const PACKAGE_ISSUE: CommandHeader = { cla: 0x90, ins: 0x72, p1: 0x01, p2: 0x00 };

/** DEBITDATA 53, EXPECTED 16. */
export const ISSUE_ANSWER_LENGTH = DEBIT_DATA_LENGTH + CARD_RESPONSE_LENGTH;

/** Throws `PROTOCOL` when an element cannot hold its value. */
export function encodePackageIssueCommand(data: DebitPackage): Uint8Array {
  return command(PACKAGE_ISSUE, encodeDebitPackage(data), ISSUE_ANSWER_LENGTH);
}

/** DEBITDATA, and the CARDRSP that a genuine card gives when it executes it with success. */
export interface PackageIssueAnswer extends PackageDebitAnswer {
  readonly expected: CardResponse;
  /** 16 bytes. */
  readonly EXPECTED: Uint8Array;
}

/** Never throws. */
export function parsePackageIssueResponse(response: Uint8Array): CommandResult<PackageIssueAnswer> {
  return commandResult(response, (data) => {
    const debit = readPackageDebitAnswer(data.subarray(0, DEBIT_DATA_LENGTH));
    if (!debit.ok) return debit;
    const EXPECTED = data.slice(DEBIT_DATA_LENGTH);
    const expected = parseCardResponse(EXPECTED);
    return expected.ok ? { ok: true, value: { ...debit.value, expected: expected.value, EXPECTED } } : expected;
  });
}
