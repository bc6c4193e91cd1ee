/** A PSAM, cards and the bytes between them, for the tests of the PSAM. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { fromHex, toHex } from "../../../core/bytes.ts";
import { seededRandom } from "../../../core/random.ts";
import { loadTestKeys } from "../../../crypto/test-keys.ts";
import { encodeDebitIepCommand } from "../../../protocol/messages/debit-iep.ts";
import type { DebitPackage } from "../../../protocol/messages/debit-package.ts";
import { encodePsamCompleteCommand } from "../../../protocol/messages/psam-complete.ts";
import { encodePackageIssueCommand } from "../../../protocol/messages/psam-issue.ts";
import {
  encodePackageAtrCommand,
  encodePackageDebitCommand,
  encodePackageInitializeCommand,
} from "../../../protocol/messages/psam-packages.ts";
import { cardAtr } from "../../card/atr.ts";
import { type CardData, loadCardData } from "../../card/card-data.ts";
import { card as cardModel } from "../../card/model.ts";
import { createCard } from "../../card/personalise.ts";
import { type SimulatedCard, serveCard } from "../../card/serve.ts";
import { createPsam } from "../personalise.ts";
import { loadPsamData } from "../psam-data.ts";
import { type ServePsamOptions, type SimulatedPsam, servePsam } from "../serve.ts";
import type { PsamMemory } from "../state.ts";

export const FIXTURES = new URL("../../../../fixtures/", import.meta.url);
export const read = (path: string): string => readFileSync(new URL(path, FIXTURES), "utf8");
export const KEYS = loadTestKeys(read("keys/test-keys.yaml"), "test-keys.yaml");
export const DATA = loadPsamData(read("psams/psam-1.yaml"), "psam-1.yaml");

export const SELECT = "00A4040008F050422D50534D3100";
export const READ_TOTALS = "908C000000";

export function idtrx(number: number): string {
  return number.toString(16).toUpperCase().padStart(32, "0");
}

export function testCard(name: string, changes: Partial<CardData> = {}): SimulatedCard {
  const data = { ...loadCardData(read(`cards/${name}.yaml`), name), ...changes };
  const card = serveCard({ state: createCard(data, KEYS, seededRandom(name)) });
  card.powerOn();
  card.transmit(fromHex("00A4040008F050422D4945503100"));
  return card;
}

export function serve(options: Partial<ServePsamOptions> = {}, changes: Partial<PsamMemory> = {}): SimulatedPsam {
  const state = createPsam(DATA, KEYS);
  const psam = servePsam({ state: { ...state, memory: { ...state.memory, ...changes } }, ...options });
  expect(send(psam, SELECT)).toMatch(/9000$/);
  return psam;
}

export function send(device: SimulatedPsam | SimulatedCard, command: string | Uint8Array): string {
  return toHex(device.transmit(typeof command === "string" ? fromHex(command) : command) ?? new Uint8Array(0));
}

export function initResponse(card: SimulatedCard): Uint8Array {
  return fromHex(send(card, "905001001B").slice(0, -4));
}

const STANDARD = { MPDA: 995, CURRPDA: "0978", CEXPPDA: 2, DTHR: "20260115123059", LOC: "00490089", IDTRX: idtrx(1) };

export function debitPackage(changes: Partial<DebitPackage> = {}): Uint8Array {
  return encodePackageDebitCommand({ ...STANDARD, ...changes });
}

export function issuePackage(changes: Partial<DebitPackage> = {}): Uint8Array {
  return encodePackageIssueCommand({ ...STANDARD, ...changes });
}

/** The first two packages; the status word of the second. */
export function present(psam: SimulatedPsam, INITRSP: Uint8Array): string {
  expect(send(psam, encodePackageAtrCommand(cardAtr()))).toBe("9000");
  return send(psam, encodePackageInitializeCommand(INITRSP)).slice(-4);
}

/** All three packages: DEBITDATA. */
export function draw(psam: SimulatedPsam, card: SimulatedCard, changes: Partial<DebitPackage> = {}): Uint8Array {
  expect(present(psam, initResponse(card))).toBe("9000");
  const response = send(psam, debitPackage(changes));
  expect(response).toMatch(/^.{106}9000$/);
  return fromHex(response.slice(0, 106));
}

export interface Issued {
  /** 53 bytes. */
  readonly DEBITDATA: Uint8Array;
  /** 16 bytes. */
  readonly EXPECTED: Uint8Array;
}

/** All three packages, the debit issued at once. */
export function issue(psam: SimulatedPsam, card: SimulatedCard, changes: Partial<DebitPackage> = {}): Issued {
  expect(present(psam, initResponse(card))).toBe("9000");
  const response = send(psam, issuePackage(changes));
  expect(response).toMatch(/^.{138}9000$/);
  return { DEBITDATA: fromHex(response.slice(0, 106)), EXPECTED: fromHex(response.slice(106, 138)) };
}

/** The card's answer to that debit: CARDRSP. */
export function debit(card: SimulatedCard, DEBITDATA: Uint8Array): Uint8Array {
  const response = send(card, encodeDebitIepCommand(DEBITDATA));
  expect(response).toMatch(/^.{32}9000$/);
  return fromHex(response.slice(0, 32));
}

/** A genuine negative CARDRSP: the purse turns into one of another currency between INITIALIZE and DEBIT. */
export function negative(card: SimulatedCard, DEBITDATA: Uint8Array): Uint8Array {
  const state = { ...card.state, purse: { ...card.state.purse, CURRIEP: "0840" } };
  const { outputs } = cardModel.handle(state, { kind: "command", bytes: encodeDebitIepCommand(DEBITDATA) });
  const response = outputs.find((output) => output.kind === "response");
  return response?.bytes.subarray(0, 16) ?? new Uint8Array(0);
}

export function complete(psam: SimulatedPsam, number: number, CARDRSP: Uint8Array): string {
  return send(psam, encodePsamCompleteCommand(idtrx(number), CARDRSP));
}
