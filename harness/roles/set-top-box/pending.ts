import { fromHex, toHex } from "../../core/bytes.ts";
import { type LayerElements, layerOf } from "../../protocol/messages/encryption-layer.ts";
import { isLoaded, type PendingLoad } from "./pending-load.ts";

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

/** What outlives a session of the set-top box until it is settled. Plain JSON. */
export type Pending = PendingDebit | PendingLoad;

/** A debit command that was given to a card and whose answer has not reached the payment server. Plain JSON. */
export interface PendingDebit extends Sale {
  /** Told from a load by having none. */
  readonly kind?: undefined;
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

export function answerOf(pending: Pending): Uint8Array | undefined {
  return pending.CARDRSP === null ? undefined : fromHex(pending.CARDRSP);
}

/** Nothing can be settled without the card, though it is asked wherever it is there: only it knows its answer, or it has to prove that it was not loaded. */
export function needsCard(pending: Pending): boolean {
  return pending.kind === "load" ? !isLoaded(pending) : pending.CARDRSP === null;
}

/** `list` with this one in it, in place of an older form of it. */
export function remembered(list: readonly Pending[], pending: Pending): readonly Pending[] {
  return [...list.filter(({ IDTRX }) => IDTRX !== pending.IDTRX), pending];
}

export function forgotten(list: readonly Pending[], IDTRX: string): readonly Pending[] {
  return list.filter((pending) => pending.IDTRX !== IDTRX);
}

/** Ends that say nothing of the card's answer having been worked off: a later recovery may still succeed. */
const OPEN_ENDS = new Set(["A007", "A008", "A010", "A019", "A01A"]);

/** True when the servers have spoken their last word on a transaction with this code (messages.md 6). */
export function isSettled(CC: string): boolean {
  return !OPEN_ENDS.has(CC);
}

/** The debit of that sale, where it is kept. */
export function debitOf(list: readonly Pending[], IDTRX: string | undefined): PendingDebit | undefined {
  return list.find((each): each is PendingDebit => each.IDTRX === IDTRX && each.kind === undefined);
}

/** The load of that transaction identifier, where it is kept. */
export function loadOf(list: readonly Pending[], IDTRX: string | undefined): PendingLoad | undefined {
  return list.find((each): each is PendingLoad => each.IDTRX === IDTRX && each.kind === "load");
}

/** The same card: the purse's own identity, never its answer to reset. */
export function isSameCard(left: { PPIEP: string; IDIEP: string }, right: { PPIEP: string; IDIEP: string }): boolean {
  return left.PPIEP === right.PPIEP && left.IDIEP === right.IDIEP;
}
