/** What a card is, asked with commands that change nothing. */
import { toHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import type { CardChannel } from "../device/contracts.ts";
import type { PsamTotals, PurseReading } from "../flows/system.ts";
import { describeAtr } from "../protocol/atr/describe-atr.ts";
import { parseAtr } from "../protocol/atr/parse-atr.ts";
import { encodeGetBalanceCommand } from "../protocol/messages/get-balance.ts";
import { encodeReadTotalsCommand, parseReadTotalsResponse } from "../protocol/messages/psam-read-totals.ts";
import {
  encodeSelectCommand,
  PSAM_AID,
  type PsamIdentity,
  type PurseIdentity,
  parseSelectPsamResponse,
  parseSelectPurseResponse,
} from "../protocol/messages/select-purse.ts";
import { readPurse } from "./read-purse.ts";

/** AID of the reader exerciser (`test-cards.md` 4). */
const EXERCISER_AID = "F050422D45584531";
const LOOK_MS = 20_000;

export type CardContent =
  | { readonly kind: "purse"; readonly state: "issued"; readonly purse: PurseReading; readonly isBlocked: boolean }
  /** `supplied`: it waits for PERSONALISE; `blank`: a test applet with nothing on it. */
  | { readonly kind: "purse"; readonly state: "supplied" | "blank"; readonly identity: PurseIdentity }
  | { readonly kind: "psam"; readonly state: "issued"; readonly identity: PsamIdentity; readonly totals: PsamTotals }
  | { readonly kind: "psam"; readonly state: "blank" }
  | { readonly kind: "exerciser" }
  /** None of ours; `SW`: how SELECT of the purse was answered. */
  | { readonly kind: "other"; readonly SW: string };

export interface CardLook {
  readonly ATR: string;
  readonly protocol: string;
  /** The answer to reset in words, a statement a line. */
  readonly atrWords: readonly string[];
  readonly content: CardContent;
}

/** Purse not issued yet (`card-edge.md` 4). */
const NOT_ISSUED = "9304";
const CONDITIONS = "6985";
const BLOCKED = "9303";

export async function lookAtCard(channel: CardChannel): Promise<CardLook> {
  const parsed = parseAtr(channel.atr);
  return {
    ATR: toHex(channel.atr),
    protocol: channel.protocol,
    atrWords: parsed.ok ? describeAtr(parsed.atr) : [`malformed: ${parsed.reason}`],
    content: await contentOf(channel),
  };
}

async function contentOf(channel: CardChannel): Promise<CardContent> {
  const ask = (command: Uint8Array) => channel.transmit(command, deadlineIn(systemClock, LOOK_MS));
  const answer = await ask(encodeSelectCommand());
  const chosen = parseSelectPurseResponse(answer);
  if (chosen.kind === "answer") return await purseContent(channel, ask, chosen.value);
  const psam = parseSelectPsamResponse(await ask(encodeSelectCommand(PSAM_AID)));
  if (psam.kind === "answer") return await psamContent(ask, psam.value);
  if (statusOf(await ask(encodeSelectCommand(EXERCISER_AID))) === "9000") return { kind: "exerciser" };
  return { kind: "other", SW: statusOf(answer) };
}

type Ask = (command: Uint8Array) => Promise<Uint8Array>;

async function purseContent(channel: CardChannel, ask: Ask, identity: PurseIdentity): Promise<CardContent> {
  const balance = statusOf(await ask(encodeGetBalanceCommand()));
  if (balance === NOT_ISSUED) return { kind: "purse", state: "supplied", identity };
  if (balance === CONDITIONS) return { kind: "purse", state: "blank", identity };
  const purse = await readPurse(channel, deadlineIn(systemClock, LOOK_MS));
  const initialised = statusOf(await ask(Uint8Array.of(0x90, 0x50, 0x01, 0x00, 0x00)));
  return { kind: "purse", state: "issued", purse, isBlocked: initialised === BLOCKED };
}

async function psamContent(ask: Ask, identity: PsamIdentity): Promise<CardContent> {
  const answer = await ask(encodeReadTotalsCommand());
  if (statusOf(answer) === CONDITIONS) return { kind: "psam", state: "blank" };
  const totals = parseReadTotalsResponse(answer);
  if (totals.kind === "answer") return { kind: "psam", state: "issued", identity, totals: totals.value };
  return { kind: "other", SW: statusOf(answer) };
}

function statusOf(answer: Uint8Array): string {
  return toHex(answer.slice(-2));
}
