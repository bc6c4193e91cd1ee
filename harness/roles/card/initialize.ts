import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { nextChallenge } from "../../crypto/challenge.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { isDateTime } from "../../protocol/messages/calendar.ts";
import { encodeInitResponse, type InitResponse } from "../../protocol/messages/init-response.ts";
import { readLoadInit } from "../../protocol/messages/load-init.ts";
import { encodeLoadResponse } from "../../protocol/messages/load-response.ts";
import { answered, type CardStep, refusedSession } from "./answer.ts";
import type { CardCrypto } from "./crypto.ts";
import { loadRequestOf, loadSessionOf } from "./load-request.ts";
import type { CardState, Purse } from "./state.ts";

/** The number at which a purse can make no further transaction: after it the next one would repeat a number. */
export const LAST_NTIEP = 0xffff;

/** INITIALIZE IEP for purchase (card-edge.md 5.2): a fresh R, the same NTIEP until a transaction completes. */
export function initialize(state: CardState): CardStep {
  if (state.purse.NTIEP >= LAST_NTIEP) return refusedSession(state, 0x9402);
  const { R, entropy } = nextChallenge(state.entropy);
  const INITRSP = encodeInitResponse(initResponseOf(state.purse, R));
  return answered({ ...state, entropy, session: { kind: "initialised", INITRSP: toHex(INITRSP) } }, INITRSP);
}

/** INITIALIZE IEP for load (card-edge.md 5.2a): the same, and S1 over what the card was asked, BCD or not. The caller has checked the length. */
export function initializeLoad(state: CardState, apdu: CommandApdu, crypto: CardCrypto): CardStep {
  const { purse } = state;
  if (purse.NTIEP >= LAST_NTIEP) return refusedSession(state, 0x9402);
  const asked = readLoadInit(apdu.data);
  if (!asked.ok) throw new PursebenchError("INTERNAL", `LOADINIT past its length check: ${asked.reason}`);
  if (!isDateTime(asked.value.DTHR)) return refusedSession(state, 0x6a80);
  const { R, entropy } = nextChallenge(state.entropy);
  const fields = initResponseOf(purse, R);
  const S1 = crypto.signS1(loadSessionOf(purse, loadRequestOf(fields, asked.value)));
  const session = {
    kind: "initialised-for-load",
    INITRSP: toHex(encodeInitResponse(fields)),
    LOADINIT: toHex(apdu.data),
    S1: toHex(S1),
  } as const;
  return answered({ ...state, entropy, session }, encodeLoadResponse({ ...fields, S1: session.S1 }));
}

/** What INITRSP of this purse says with challenge `R` (4 bytes). */
export function initResponseOf(purse: Purse, R: Uint8Array): InitResponse {
  const { PPIEP, IDIEP, ALGIEP, DEXPIEP, BALIEP, CURRIEP, CEXPIEP, AMIEP, NTIEP, VKIEP } = purse;
  return { PPIEP, IDIEP, ALGIEP, DEXPIEP, BALIEP, CURRIEP, CEXPIEP, AMIEP, NTIEP, VKIEP, R: toHex(R) };
}
