import { fromHex } from "../../core/bytes.ts";
import { openMessage } from "../../crypto/sealed-message.ts";
import { deriveTransactionKey, openTsk } from "../../crypto/transaction-keys.ts";
import { LAYOUTS, type SealedOpening } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import type { MerchantContract } from "./merchant-contract.ts";
import type { Layer } from "./phase.ts";

export type OpenedEnvelope =
  | { readonly kind: "opened"; readonly layer: Extract<Layer, { at: "open" }>; readonly message: Uint8Array }
  /** `what` could not be deciphered, where that is the reason. */
  | { readonly kind: "refused"; readonly CC: string; readonly what?: string };

const OPENINGS = [LAYOUTS["draw-request"].tag, LAYOUTS["debit-response"].tag];

/** Opens a sealed opening (812): KDER from the shared key, TSK from ETSK, the message from SEALED. */
export function openEnvelope(envelope: SealedOpening, contract: MerchantContract | undefined): OpenedEnvelope {
  if (contract === undefined) return { kind: "refused", CC: "A002" };
  const suite = contract.profile?.encryption;
  if (suite === undefined || contract.KSH === undefined) return { kind: "refused", CC: "A00B" };
  const { IDMER, IDTRX, ETSK, SEALED } = envelope;
  const RND = fromHex(envelope.RND);
  const KDER = deriveTransactionKey(suite, contract.KSH, IDMER, IDTRX, RND);
  const TSK = openTsk(suite, KDER, { IDMER, IDTRX, RND }, ETSK);
  if (TSK === null) return { kind: "refused", CC: "A00C", what: "session key" };
  const message = openMessage(suite, TSK, IDTRX, SEALED, OPENINGS);
  if (message === null) return { kind: "refused", CC: "A00C", what: "message" };
  if (!namesSale(message, envelope)) return { kind: "refused", CC: "A00C", what: "names" };
  return { kind: "opened", layer: { at: "open", suite, TSK, KDER, IDMER, IDTRX }, message };
}

/** IDMER and IDTRX inside are those outside, as far as the message has them. */
function namesSale(bytes: Uint8Array, { IDMER, IDTRX }: SealedOpening): boolean {
  const message = parseMessage(bytes);
  const names = { IDTRX, IDMER };
  return (
    ("IDTRX" in message ? message.IDTRX : names.IDTRX) === IDTRX &&
    ("IDMER" in message ? message.IDMER : names.IDMER) === IDMER
  );
}
