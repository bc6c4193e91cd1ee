/** The keys of one transaction under the layer, computed again from the shared key of the test system (`keys-and-signatures.md` 7). */
import { fromHex } from "../../harness/core/bytes.ts";
import type { CipherSuite } from "../../harness/core/sale-profile.ts";
import { deriveTransactionKey } from "../../harness/crypto/transaction-keys.ts";
import type { PurchaseObservation, RecordedEvent } from "../../harness/flows/system.ts";
import type { LayerElements } from "../../harness/protocol/messages/encryption-layer.ts";
import type { PaymentPage } from "../../harness/protocol/messages/payment-page.ts";
import type { CaseContext } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { inconclusive } from "../define/failures.ts";
import { thePage } from "../payment/support/observe.ts";
import type { Overlay } from "./overlay.ts";

/** What merchant and payment server know of a sale under the layer. Keys of 16 bytes. */
export interface TransactionKeys {
  readonly suite: CipherSuite;
  readonly IDMER: string;
  /** 32 hex digits. */
  readonly IDTRX: string;
  /** 8 bytes. */
  readonly RND: Uint8Array;
  readonly KSH: Uint8Array;
  readonly KDER: Uint8Array;
  readonly TSK: Uint8Array;
  readonly ETSK: Uint8Array;
}

export function sharedKey(t: CaseContext, IDMER: string): Uint8Array {
  return t.keys.sharedKey(IDMER) ?? inconclusive(`no shared key of ${IDMER} is at hand`, "bench");
}

/** The page of a purchase with its keys; a failed expectation when the page has none. */
export function keysOf(
  t: CaseContext,
  seen: PurchaseObservation | readonly RecordedEvent[],
  site: Overlay,
  about?: About,
): TransactionKeys {
  return keysOfPage(t, thePage(t, seen, about).page, site, about);
}

/** What a page says of the layer; that for the set-top box says the same as that of a merchant's site. */
type LayerOfPage = Pick<PaymentPage, "IDTRX"> & LayerElements;

export function keysOfPage(
  t: CaseContext,
  page: LayerOfPage,
  { suite, IDMER }: Pick<Overlay, "suite" | "IDMER">,
  about?: About,
) {
  const { IDTRX } = page;
  const RND = fromHex(t.expect.present("random on the page", page.RND, about));
  const TSK = t.expect.present("session-key on the page", page.TSK, about);
  const ETSK = t.expect.present("encrypted-session-key on the page", page.ETSK, about);
  const KSH = sharedKey(t, IDMER);
  const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND);
  return { suite, IDMER, IDTRX, RND, KSH, KDER, TSK, ETSK } satisfies TransactionKeys;
}
