import { fromHex, toHex } from "../../core/bytes.ts";
import { algorithmOf } from "../../crypto/algorithm.ts";
import type { HsmResult, HsmResultKind } from "../../crypto/hsm-result.ts";
import { loadAlgorithm } from "../../crypto/load-keys.ts";
import type { HsmRequest } from "../../protocol/hsm/commands.ts";
import { isDateTime } from "../../protocol/messages/calendar.ts";
import { type CardResponse, encodeCardResponse, parseCardResponse } from "../../protocol/messages/card-response.ts";
import { parseLoadInit } from "../../protocol/messages/load-init.ts";
import { type LoadResponse, parseLoadResponse } from "../../protocol/messages/load-response.ts";
import type { KeyCryptogram } from "./contract.ts";
import type { LoadRecord } from "./database/contracts.ts";
import type { Load, SentLoad, SignedRequest } from "./phase.ts";

/** The elements of a load in the forms that HSM, messages and database want them in. */

/** A load request of which every element is one, or undefined. */
export function signedRequest(LOADINIT: Uint8Array, LOADRSP: Uint8Array): SignedRequest | undefined {
  const init = parseLoadInit(LOADINIT);
  const card = parseLoadResponse(LOADRSP);
  if (!init.ok || !card.ok || !isDateTime(init.value.DTHR)) return undefined;
  return { init: init.value, card: card.value };
}

/** CARDRSP that says how the card executed the command, or undefined. */
export function cardAnswer({ CARDRSP, SW }: { CARDRSP: Uint8Array; SW: string }): CardResponse | undefined {
  const parsed = parseCardResponse(CARDRSP);
  return parsed.ok && SW === "9000" ? parsed.value : undefined;
}

/** KML for that card, or the code of what is missing. */
export function cryptogramFor(cryptograms: readonly KeyCryptogram[], card: LoadResponse): { KML: string } | string {
  const { PPIEP, ALGIEP, VKIEP } = card;
  if (algorithmOf(ALGIEP) === undefined) return "9410";
  const ofIssuer = cryptograms.filter((key) => key.PPIEP === PPIEP && key.ALGL === loadAlgorithm(ALGIEP));
  if (ofIssuer.length === 0) return "9410";
  return ofIssuer.find((key) => key.VKIEP === VKIEP) ?? "9403";
}

/** REQ of the HSM's commands. */
export function hsmRequest({ init, card, KML }: Load): HsmRequest {
  const { PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R, S1, VKIEP, ALGIEP } = card;
  const ALGL = loadAlgorithm(ALGIEP);
  return { ...init, KML, PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R, S1, VKIEP, ALGL };
}

/** What HRES has to say. */
export function expectedResult({ init, card }: SignedRequest, kind: HsmResultKind, CC: string): HsmResult {
  const { PPIEP, IDIEP, NTIEP } = card;
  return { ...init, kind, CC, PPIEP, IDIEP, NTIEP };
}

/** Hex of CARDRSP, for the row. */
export function answerHex(answer: CardResponse): string {
  return toHex(encodeCardResponse(answer));
}

/** A stored load as its request stated it; undefined where the key is not served any more. */
export function storedLoad(row: LoadRecord, cryptograms: readonly KeyCryptogram[]): SentLoad | undefined {
  const signed = signedRequest(fromHex(row.LOADINIT), fromHex(row.LOADRSP));
  const key = signed && cryptogramFor(cryptograms, signed.card);
  if (signed === undefined || key === undefined || typeof key === "string") return undefined;
  const { SOURCE, IDMER, IDTRX } = row;
  const counts = { wrongAnswers: 0, negativeAnswers: 0, strays: 0 };
  return { SOURCE, IDMER, IDTRX, ...signed, KML: key.KML, isRecovered: true, ...counts };
}
