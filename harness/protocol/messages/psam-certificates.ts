import { CERTIFICATE_LENGTH, exactBytes, SESSION_KEY_LENGTH } from "./certificate-bytes.ts";
import { type CommandResult, commandResult, noData } from "./command-result.ts";
import { type CommandHeader, command, NO_DATA } from "./header.ts";

/** The packages of a public key card (psam-edge.md 4.2a): certificate 244, no answer data. In this order. */
export const PACKAGE_ISSUER_CERTIFICATE: CommandHeader = { cla: 0x90, ins: 0x70, p1: 0x02, p2: 0x00 };
export const PACKAGE_CARD_CERTIFICATE: CommandHeader = { cla: 0x90, ins: 0x70, p1: 0x03, p2: 0x00 };

/** What the card wants to see before DEBIT IEP (psam-edge.md 4.7): no data, Le F4 and E0. */
export const PSAM_READ_CERTIFICATE: CommandHeader = { cla: 0x90, ins: 0x78, p1: 0x00, p2: 0x00 };
export const PSAM_READ_SESSION_KEY: CommandHeader = { cla: 0x90, ins: 0x78, p1: 0x01, p2: 0x00 };

/** `certificate`: 244 bytes as the card gave them; not checked, so that a case can send others. */
export function encodePackageIssuerCertificateCommand(certificate: Uint8Array): Uint8Array {
  return command(PACKAGE_ISSUER_CERTIFICATE, certificate);
}

/** `certificate`: 244 bytes as the card gave them; not checked. */
export function encodePackageCardCertificateCommand(certificate: Uint8Array): Uint8Array {
  return command(PACKAGE_CARD_CERTIFICATE, certificate);
}

/** Of either certificate. Never throws. */
export function parsePackageCertificateResponse(response: Uint8Array): CommandResult<null> {
  return commandResult(response, noData);
}

export function encodeReadCertificateCommand(): Uint8Array {
  return command(PSAM_READ_CERTIFICATE, NO_DATA, CERTIFICATE_LENGTH);
}

export function encodeReadSessionKeyCommand(): Uint8Array {
  return command(PSAM_READ_SESSION_KEY, NO_DATA, SESSION_KEY_LENGTH);
}

/** PSAMCERT, 244 bytes. Never throws. */
export function parseReadCertificateResponse(response: Uint8Array): CommandResult<Uint8Array> {
  return commandResult(response, (data) => exactBytes(data, CERTIFICATE_LENGTH));
}

/** SESSKEY: EK 112, SIG 112. Never throws. */
export function parseReadSessionKeyResponse(response: Uint8Array): CommandResult<Uint8Array> {
  return commandResult(response, (data) => exactBytes(data, SESSION_KEY_LENGTH));
}
