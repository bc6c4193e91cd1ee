import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { isDate } from "./calendar.ts";
import { type CommandResult, commandResult, noData } from "./command-result.ts";
import { decodeElement, encodeElement } from "./element-value.ts";
import type { ElementName } from "./elements.ts";
import { type CommandHeader, command } from "./header.ts";
import { encodeStructure, type Parsed, parseStructure } from "./structure-value.ts";

/** UPDATE PSAM (psam-edge.md 4.10): UPDATE, S6 included. */
export const PSAM_UPDATE: CommandHeader = { cla: 0x90, ins: 0x82, p1: 0x00, p2: 0x00 };
/** Shortest and longest data, in bytes. */
export const UPDATE_LENGTHS = [0x16, 0x26] as const;

/** What an update does: to the list of blocked cards, or to the master purchase keys (ALGIEP 04 or 05). */
export type UpdateContent =
  | { readonly kind: "block-card" | "unblock-card"; readonly PPIEP: string; readonly IDIEP: string }
  | {
      readonly kind: "set-key";
      readonly PPIEP: string;
      readonly ALGIEP: number;
      readonly VKIEP: number;
      /** MKP, enciphered for that PSAM and number, 16 bytes. */
      readonly enciphered: Uint8Array;
    }
  | { readonly kind: "remove-key"; readonly PPIEP: string; readonly ALGIEP: number; readonly VKIEP: number };

export interface Update {
  /** Number of the update, 1 the first. */
  readonly NTUPD: number;
  /** YYYYMMDD. */
  readonly date: string;
  readonly content: UpdateContent;
}

/** An update as it travels. */
export interface SignedUpdate {
  readonly update: Update;
  /** What S6 is over, 14 to 30 bytes. */
  readonly unsigned: Uint8Array;
  /** 8 bytes. */
  readonly S6: Uint8Array;
}

export const KINDS = { "block-card": 0x01, "unblock-card": 0x02, "set-key": 0x03, "remove-key": 0x04 } as const;

const CARD = ["PPIEP", "IDIEP"] as const satisfies readonly ElementName[];
const KEY = ["PPIEP", "ALGIEP", "VKIEP"] as const satisfies readonly ElementName[];
const KEY_BYTES = 16;
const S6_BYTES = 8;
/** NTUPD 4, date 4, KIND 1. */
const HEAD_BYTES = 9;
/** Algorithms that have master keys. */
const ALGORITHMS: ReadonlySet<number> = new Set([0x04, 0x05]);

/** UPDATE without its S6, 14 to 30 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeUnsignedUpdate({ NTUPD, date, content }: Update): Uint8Array {
  const kind = Uint8Array.of(KINDS[content.kind]);
  return concat(encodeElement("NTUPD", NTUPD), fromHex(date), kind, encodeContent(content));
}

function encodeContent(content: UpdateContent): Uint8Array {
  switch (content.kind) {
    case "block-card":
    case "unblock-card":
      return encodeStructure(CARD, content);
    case "set-key":
      return concat(encodeStructure(KEY, content), content.enciphered);
    case "remove-key":
      return encodeStructure(KEY, content);
  }
}

/** Reads UPDATE with its S6. Never throws. */
export function parseUpdate(UPDATE: Uint8Array): Parsed<SignedUpdate> {
  const unsigned = UPDATE.slice(0, Math.max(0, UPDATE.length - S6_BYTES));
  if (unsigned.length < HEAD_BYTES) return flawed(`${UPDATE.length} bytes are too few`);
  const date = toHex(unsigned.subarray(4, 8));
  if (!isDate(date)) return flawed(`${date} is no day`);
  const content = parseContent(unsigned[HEAD_BYTES - 1] ?? 0, unsigned.subarray(HEAD_BYTES));
  if (!content.ok) return content;
  const NTUPD = decodeElement("NTUPD", unsigned.subarray(0, 4));
  return {
    ok: true,
    value: { update: { NTUPD, date, content: content.value }, unsigned, S6: UPDATE.slice(-S6_BYTES) },
  };
}

function parseContent(KIND: number, bytes: Uint8Array): Parsed<UpdateContent> {
  switch (KIND) {
    case KINDS["block-card"]:
      return parseCard("block-card", bytes);
    case KINDS["unblock-card"]:
      return parseCard("unblock-card", bytes);
    case KINDS["set-key"]:
      return parseNewKey(bytes);
    case KINDS["remove-key"]: {
      const name = parseKeyName(bytes);
      return name.ok ? { ok: true, value: { kind: "remove-key", ...name.value } } : name;
    }
    default:
      return flawed(`KIND ${KIND} is none`);
  }
}

function parseCard(kind: "block-card" | "unblock-card", bytes: Uint8Array): Parsed<UpdateContent> {
  const card = parseStructure(CARD, bytes);
  return card.ok ? { ok: true, value: { kind, ...card.value } } : card;
}

function parseNewKey(bytes: Uint8Array): Parsed<UpdateContent> {
  const nameBytes = Math.max(0, bytes.length - KEY_BYTES);
  const name = parseKeyName(bytes.subarray(0, nameBytes));
  return name.ok ? { ok: true, value: { kind: "set-key", ...name.value, enciphered: bytes.slice(nameBytes) } } : name;
}

function parseKeyName(bytes: Uint8Array): Parsed<{ PPIEP: string; ALGIEP: number; VKIEP: number }> {
  const name = parseStructure(KEY, bytes);
  if (!name.ok || ALGORITHMS.has(name.value.ALGIEP)) return name;
  return flawed(`ALGIEP ${name.value.ALGIEP} has no master key`);
}

function flawed(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** `UPDATE`: 22 to 38 bytes with S6; not checked. */
export function encodeUpdateCommand(UPDATE: Uint8Array): Uint8Array {
  return command(PSAM_UPDATE, UPDATE);
}

/** Never throws. */
export function parseUpdateResponse(response: Uint8Array): CommandResult<null> {
  return commandResult(response, noData);
}
