import { fromHex, toHex } from "../../core/bytes.ts";
import { type LayerElements, layerOf } from "../../protocol/messages/encryption-layer.ts";

/** What the set-top box must know of a sale to recover it (messages.md 2, E9); a page message is one. */
export interface Sale {
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly HOST: string;
  readonly PORT: number;
  readonly URL: string;
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
}

/** A debit command that was given to a card and whose answer has not reached the payment server. Plain JSON. */
export interface PendingDebit extends Sale {
  readonly PPIEP: string;
  readonly IDIEP: string;
  /** Transaction number of the card that was to be debited. */
  readonly NTIEP: number;
  /** The card's answer, 32 hex digits, once it is known; `null` while only the card knows it. */
  readonly CARDRSP: string | null;
  /** What the page said of the encryption layer, hex where it is bytes; absent where there is none. Holds a key: not for logs. */
  readonly layer?: {
    readonly ENCRYPTION: string;
    readonly RND: string;
    readonly TSK: string;
    readonly ETSK: string;
  };
}

/** `sale`: the page. */
export function pendingDebit(
  sale: Sale & LayerElements,
  card: { PPIEP: string; IDIEP: string; NTIEP: number },
): PendingDebit {
  const { IDTRX, IDMER, HOST, PORT, URL, MPDA, CURRPDA, CEXPPDA } = sale;
  const { PPIEP, IDIEP, NTIEP } = card;
  const pending = { IDTRX, IDMER, HOST, PORT, URL, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, CARDRSP: null };
  const layer = layerOf(sale);
  if (!layer) return pending;
  const { suite: ENCRYPTION, RND, TSK, ETSK } = layer;
  return { ...pending, layer: { ENCRYPTION, RND, TSK: toHex(TSK), ETSK: toHex(ETSK) } };
}

/** As the recovery message has them. */
export function layerElements({ layer }: PendingDebit): LayerElements {
  return layer ? { ...layer, TSK: fromHex(layer.TSK), ETSK: fromHex(layer.ETSK) } : {};
}

export function withAnswer(pending: PendingDebit, CARDRSP: Uint8Array): PendingDebit {
  return { ...pending, CARDRSP: toHex(CARDRSP) };
}

export function answerOf(pending: PendingDebit): Uint8Array | undefined {
  return pending.CARDRSP === null ? undefined : fromHex(pending.CARDRSP);
}

/** `list` with this one in it, in place of an older form of it. */
export function remembered(list: readonly PendingDebit[], pending: PendingDebit): readonly PendingDebit[] {
  return [...list.filter(({ IDTRX }) => IDTRX !== pending.IDTRX), pending];
}

export function forgotten(list: readonly PendingDebit[], IDTRX: string): readonly PendingDebit[] {
  return list.filter((pending) => pending.IDTRX !== IDTRX);
}

/** Ends that say nothing of the card's answer having been worked off: a later recovery may still succeed. */
const OPEN_ENDS = new Set(["A007", "A008", "A010", "A019", "A01A"]);

/** True when the servers have spoken their last word on a transaction with this code (messages.md 6). */
export function isSettled(CC: string): boolean {
  return !OPEN_ENDS.has(CC);
}

/** The same card: the purse's own identity, never its answer to reset. */
export function isSameCard(left: { PPIEP: string; IDIEP: string }, right: { PPIEP: string; IDIEP: string }): boolean {
  return left.PPIEP === right.PPIEP && left.IDIEP === right.IDIEP;
}
