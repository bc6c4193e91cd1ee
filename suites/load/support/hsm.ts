/** The harness in the load server's place at the HSM edge (`hsm-edge.md`): frames that it writes itself, character by character. */
import { toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { loadAlgorithm } from "../../../harness/crypto/load-keys.ts";
import type { LoadInit } from "../../../harness/protocol/messages/load-init.ts";
import type { LoadResponse } from "../../../harness/protocol/messages/load-response.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { cryptogram, expectedS1 } from "./signatures.ts";

/** Fields of a command, in their order: name and characters. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** A load request of a card that need not be in the reader: S1 is as this card would make it. */
export interface CardRequest {
  readonly init: LoadInit;
  readonly card: LoadResponse;
}

const number = (value: number, bytes: number) => toHex(uintToBytes(value, bytes));

/** A good card of issuer A that asks for 25.00 EUR. `changes` are part of what it signs. */
export function cardRequest(
  t: CaseContext,
  changes: { readonly init?: Partial<LoadInit>; readonly card?: Partial<LoadResponse> } = {},
): CardRequest {
  const init: LoadInit = {
    MLDA: 2500,
    CURRLDA: "0978",
    CEXPLDA: 2,
    IDACQ: t.facts.loadServer.IDACQ,
    DTHR: `20${t.facts.today}101500`,
    IDTRX: "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF",
    ...changes.init,
  };
  const card = {
    PPIEP: "000123",
    IDIEP: "0000008801",
    ALGIEP: 4,
    DEXPIEP: "991231",
    BALIEP: 10_000,
    CURRIEP: init.CURRLDA,
    CEXPIEP: init.CEXPLDA,
    AMIEP: 1,
    NTIEP: 7,
    VKIEP: 1,
    R: "CAFEBABE",
    ...changes.card,
  };
  return { init, card: { ...card, S1: changes.card?.S1 ?? expectedS1(t, { init, card }) } };
}

/** REQ as the specification lists it, 162 characters. */
export function requestFields(t: CaseContext, { init, card }: CardRequest, KML = cryptogram(t, card)): Fields {
  return [
    ["KML", KML],
    ["PPIEP", card.PPIEP],
    ["IDIEP", card.IDIEP],
    ["DEXPIEP", card.DEXPIEP],
    ["NTIEP", number(card.NTIEP, 2)],
    ["MLDA", number(init.MLDA, 4)],
    ["CURRLDA", init.CURRLDA],
    ["CEXPLDA", number(init.CEXPLDA, 1)],
    ["BALIEP", number(card.BALIEP, 4)],
    ["IDACQ", init.IDACQ],
    ["R", card.R],
    ["S1", card.S1],
    ["VKIEP", number(card.VKIEP, 1)],
    ["ALGL", number(loadAlgorithm(card.ALGIEP), 1)],
    ["DTHR", init.DTHR],
    ["IDTRX", init.IDTRX],
  ];
}

/** What DO says of the card's answer. */
export function completionFields(CC: string, BALIEP: number, S3: string): Fields {
  return [
    ["CC", CC],
    ["BALIEP after", number(BALIEP, 4)],
    ["S3", S3],
  ];
}

/** What DU says of a new, zero value load request. `lowered`: NTIEP as the load server gives it. */
export function freshFields({ init, card }: CardRequest, lowered: number): Fields {
  return [
    ["NTIEP lowered", number(lowered, 2)],
    ["NTIEP new", number(card.NTIEP, 2)],
    ["MLDA new", number(init.MLDA, 4)],
    ["BALIEP new", number(card.BALIEP, 4)],
    ["R new", card.R],
    ["DTHR new", init.DTHR],
    ["IDTRX new", init.IDTRX],
    ["S1 new", card.S1],
  ];
}

export function textOf(fields: Fields): string {
  return fields.map(([, value]) => value).join("");
}

/** One field with another value of the same length. */
export function withField(fields: Fields, name: string, value: string): Fields {
  return fields.map(([each, own]) => [each, each === name ? value : own]);
}

/** The last digit of a field is another one, that is a digit too. */
export function withOther(fields: Fields, name: string): Fields {
  return fields.map(([each, own]) => [each, each === name ? otherLast(own) : own]);
}

function otherLast(digits: string): string {
  const last = Number.parseInt(digits.slice(-1), 16);
  return digits.slice(0, -1) + (last < 9 ? last + 1 : 0).toString(16).toUpperCase();
}

/** What the HSM answers to one frame, as text; null when it closed the connection. */
export async function askHsm(t: CaseContext, frame: string | Uint8Array): Promise<string | null> {
  const bytes = typeof frame === "string" ? Uint8Array.from(frame, (each) => each.charCodeAt(0)) : frame;
  const answer = await t.system.hsm(bytes);
  return answer === null ? null : String.fromCharCode(...answer);
}

/** The answer to a command with header 0001 is exactly that: code, error, fields. */
export async function expectHsm(
  t: CaseContext,
  what: string,
  command: string,
  fields: Fields | string,
  answer: string,
  about?: About,
): Promise<void> {
  const body = typeof fields === "string" ? fields : textOf(fields);
  t.expect.equal(`the HSM's answer to ${what}`, await askHsm(t, `0001${command}${body}`), `0001${answer}`, about);
}
