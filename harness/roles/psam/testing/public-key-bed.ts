/** A PSAM with CA keys and a public key card, package by package. */
import { createPublicKey } from "node:crypto";
import { expect } from "vitest";
import { fromHex } from "../../../core/bytes.ts";
import { encodePresentCertificateCommand } from "../../../protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../../protocol/messages/present-session-key.ts";
import {
  encodePackageCardCertificateCommand,
  encodePackageIssuerCertificateCommand,
} from "../../../protocol/messages/psam-certificates.ts";
import type { SimulatedCard } from "../../card/serve.ts";
import type { SimulatedPsam } from "../serve.ts";
import { debitPackage, initResponse, present, send } from "./psam-bed.ts";

export const READ_CERTIFICATE = "90780000F4";
export const READ_SESSION_KEY = "90780100E0";

/** Of RSA, exponent 65,537. */
export const publicKey = (modulus: Uint8Array) =>
  createPublicKey({ key: { kty: "RSA", n: Buffer.from(modulus).toString("base64url"), e: "AQAB" }, format: "jwk" });

export const issuerPackage = (to: SimulatedPsam, bytes: Uint8Array) =>
  send(to, encodePackageIssuerCertificateCommand(bytes));
export const cardPackage = (to: SimulatedPsam, bytes: Uint8Array) =>
  send(to, encodePackageCardCertificateCommand(bytes));
/** A record of the card's file of certificates: 1 its issuer's, 2 its own. */
export const fileOf = (of: SimulatedCard, record: number) => fromHex(send(of, `00B20${record}1400`).slice(0, -4));

/** Packages up to the card's own certificate; the status word of the first that is refused, or of the last. */
export function accept(to: SimulatedPsam, of: SimulatedCard): string {
  const SW = present(to, initResponse(of));
  if (SW !== "9000") return SW;
  const issuer = issuerPackage(to, fileOf(of, 1));
  return issuer === "9000" ? cardPackage(to, fileOf(of, 2)) : issuer;
}

/** All packages, the debit reserved or issued, and its key presented to the card: DEBITDATA. */
export function drawPublic(to: SimulatedPsam, of: SimulatedCard, command = debitPackage()): Uint8Array {
  expect(accept(to, of)).toBe("9000");
  const response = send(to, command);
  expect(response).toMatch(/9000$/);
  const PSAMCERT = fromHex(send(to, READ_CERTIFICATE).slice(0, -4));
  const SESSKEY = fromHex(send(to, READ_SESSION_KEY).slice(0, -4));
  expect(send(of, encodePresentCertificateCommand(PSAMCERT))).toBe("9000");
  expect(send(of, encodePresentSessionKeyCommand(SESSKEY))).toBe("9000");
  return fromHex(response.slice(0, 106));
}
