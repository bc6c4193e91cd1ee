import { fromHex, toHex } from "../../core/bytes.ts";
import { type LayerElements, layerOf } from "../../protocol/messages/encryption-layer.ts";
import type { LoadRecovery } from "../../protocol/messages/layouts.ts";

/** What a load is about, as the load page says it; a page message is one, and so is a kept load. */
export interface LoadTerms {
  /** 1 bank, 2 pre-funded. */
  readonly SOURCE: number;
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly HOST: string;
  readonly PORT: number;
  readonly URL?: string | undefined;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
}

/**
 * A load that the card was initialised for and of whose end the servers have not told yet (load.md 2). Plain JSON. Kept until
 * they do, whatever became of the load command: the user's money is in a hold of the account holder until then.
 */
export interface PendingLoad extends LoadTerms {
  readonly kind: "load";
  readonly MLDA: number;
  readonly PPIEP: string;
  readonly IDIEP: string;
  /** Transaction number of the card when it was initialised. */
  readonly NTIEP: number;
  /** 68 hex digits. */
  readonly LOADINIT: string;
  /** 70 hex digits. */
  readonly LOADRSP: string;
  /** The card's answer to CREDIT IEP, 32 hex digits; empty when it said that it gave none (9406); `null` while only the card knows. */
  readonly CARDRSP: string | null;
  /** What the page said of the encryption layer, hex where it is bytes. Holds a key: not for logs. */
  readonly layer: { readonly ENCRYPTION: string; readonly RND: string; readonly TSK: string; readonly ETSK: string };
}

/** What the card was asked and answered when it was initialised with the user's amount. */
export interface LoadInitialised {
  readonly MLDA: number;
  readonly LOADINIT: Uint8Array;
  readonly LOADRSP: Uint8Array;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
}

/** Undefined where the terms have no encryption layer; every load page has one. */
export function pendingLoad(terms: LoadTerms & LayerElements, card: LoadInitialised): PendingLoad | undefined {
  const layer = layerOf(terms);
  if (!layer) return undefined;
  const { SOURCE, IDTRX, IDMER, HOST, PORT, URL, CURRLDA, CEXPLDA } = terms;
  const { MLDA, PPIEP, IDIEP, NTIEP } = card;
  return {
    kind: "load",
    ...{ SOURCE, IDTRX, IDMER, HOST, PORT, CURRLDA, CEXPLDA },
    ...(URL === undefined ? {} : { URL }),
    ...{ MLDA, PPIEP, IDIEP, NTIEP },
    LOADINIT: toHex(card.LOADINIT),
    LOADRSP: toHex(card.LOADRSP),
    CARDRSP: null,
    layer: { ENCRYPTION: layer.suite, RND: layer.RND, TSK: toHex(layer.TSK), ETSK: toHex(layer.ETSK) },
  };
}

/** First message of a recovery (AE): the card's answer, or that it has none. Undefined while that is unknown. */
export function loadRecoveryMessage(pending: PendingLoad): LoadRecovery | undefined {
  const { SOURCE, IDTRX, IDMER, HOST, PORT, URL, layer } = pending;
  if (pending.CARDRSP === null) return undefined;
  return {
    kind: "load-recovery",
    ...{ SOURCE, IDTRX, IDMER, HOST, PORT },
    ...(URL === undefined ? {} : { URL }),
    ...{ ...layer, TSK: fromHex(layer.TSK), ETSK: fromHex(layer.ETSK) },
    LOADINIT: fromHex(pending.LOADINIT),
    LOADRSP: fromHex(pending.LOADRSP),
    CARDRSP: fromHex(pending.CARDRSP),
    SW: pending.CARDRSP === "" ? "9406" : "9000",
  };
}

/** The card has answered (16 bytes), or has said that it never did (none). */
export function withLoadAnswer(pending: PendingLoad, CARDRSP: Uint8Array): PendingLoad {
  return { ...pending, CARDRSP: toHex(CARDRSP) };
}

/** The card has signed that it was loaded. */
export function isLoaded({ CARDRSP }: PendingLoad): boolean {
  return CARDRSP?.startsWith("0000") ?? false;
}
