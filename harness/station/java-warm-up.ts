/**
 * The first use of each algorithm costs a Java virtual machine up to half a second, more than a terminal waits for its PSAM. So
 * every runtime makes two purchases between cards of its own before the first card of a case is in its reader.
 */
import { PursebenchError } from "../core/errors.ts";
import { encodeDebitIepCommand } from "../protocol/messages/debit-iep.ts";
import { encodeInitializeIepCommand } from "../protocol/messages/initialize-iep.ts";
import { encodePresentCertificateCommand } from "../protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../protocol/messages/present-session-key.ts";
import {
  encodePackageCardCertificateCommand,
  encodePackageIssuerCertificateCommand,
  encodeReadCertificateCommand,
  encodeReadSessionKeyCommand,
} from "../protocol/messages/psam-certificates.ts";
import { encodePsamCompleteCommand } from "../protocol/messages/psam-complete.ts";
import {
  encodePackageAtrCommand,
  encodePackageDebitCommand,
  encodePackageInitializeCommand,
} from "../protocol/messages/psam-packages.ts";
import {
  CARD_CERTIFICATE_RECORD,
  CERTIFICATE_FILE,
  encodeReadRecordCommand,
  ISSUER_CERTIFICATE_RECORD,
} from "../protocol/messages/read-record.ts";
import { encodeSelectCommand, PSAM_AID } from "../protocol/messages/select-purse.ts";
import type { Ask } from "./supply.ts";

const IDTRX = "57".repeat(16);
const SALE = { MPDA: 1, CURRPDA: "0978", CEXPPDA: 2, DTHR: "20260802101500", LOC: "04900001", IDTRX } as const;

/** One purchase of a cent. `card`, `psam`: powered, supplied, not selected. Rejects with `PROTOCOL` when one of them refuses. */
export async function warmUp(card: Ask, psam: Ask, ATR: Uint8Array, isPublicKey: boolean): Promise<void> {
  await said(card, encodeSelectCommand());
  await said(psam, encodeSelectCommand(PSAM_AID));
  await said(psam, encodePackageAtrCommand(ATR));
  await said(psam, encodePackageInitializeCommand(await said(card, encodeInitializeIepCommand())));
  if (isPublicKey) {
    const certificate = (record: number) => said(card, encodeReadRecordCommand(record, CERTIFICATE_FILE));
    await said(psam, encodePackageIssuerCertificateCommand(await certificate(ISSUER_CERTIFICATE_RECORD)));
    await said(psam, encodePackageCardCertificateCommand(await certificate(CARD_CERTIFICATE_RECORD)));
  }
  const DEBITDATA = await said(psam, encodePackageDebitCommand(SALE));
  if (isPublicKey) {
    await said(card, encodePresentCertificateCommand(await said(psam, encodeReadCertificateCommand())));
    await said(card, encodePresentSessionKeyCommand(await said(psam, encodeReadSessionKeyCommand())));
  }
  await said(psam, encodePsamCompleteCommand(IDTRX, await said(card, encodeDebitIepCommand(DEBITDATA))));
}

async function said(ask: Ask, command: Uint8Array): Promise<Uint8Array> {
  const answer = await ask(command);
  if (answer?.at(-2) === 0x90 && answer.at(-1) === 0) return answer.slice(0, -2);
  throw new PursebenchError("PROTOCOL", "a Java Card of the harness does not do as its specification says", {
    owner: "bench",
    mend: "build the applets again: npm run applets",
  });
}
