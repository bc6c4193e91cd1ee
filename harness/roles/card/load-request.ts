import { fromHex } from "../../core/bytes.ts";
import {
  deriveLoadSessionKeys,
  type LoadAlgorithm,
  type LoadSessionKeys,
  loadAlgorithm,
} from "../../crypto/load-keys.ts";
import type { LoadRequest } from "../../crypto/load-signatures.ts";
import type { InitResponse } from "../../protocol/messages/init-response.ts";
import type { LoadInit } from "../../protocol/messages/load-init.ts";
import type { Purse } from "./state.ts";

/** One load as the card's cryptography sees it; used and forgotten. */
export interface LoadSession {
  /** 4 or 5, whatever the card pays with. */
  readonly ALGL: LoadAlgorithm;
  readonly keys: LoadSessionKeys;
  readonly request: LoadRequest;
}

/** What the card is, and what it was asked. */
export function loadRequestOf(card: InitResponse, asked: LoadInit): LoadRequest {
  const { PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R } = card;
  return { ...asked, PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R };
}

/** That request with the keys of this card for it. */
export function loadSessionOf({ ALGIEP, KDL }: Purse, request: LoadRequest): LoadSession {
  const ALGL = loadAlgorithm(ALGIEP);
  return { ALGL, keys: deriveLoadSessionKeys(ALGL, fromHex(KDL), request), request };
}
