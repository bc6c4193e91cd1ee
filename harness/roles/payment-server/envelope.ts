import { LAYOUTS, type SealedOpening } from "../../protocol/messages/layouts.ts";
import { type OpenLayer, openOpening } from "../layer/open-layer.ts";
import type { MerchantContract } from "./merchant-contract.ts";

export type OpenedEnvelope =
  | { readonly kind: "opened"; readonly layer: OpenLayer; readonly message: Uint8Array }
  /** `what` could not be deciphered, where that is the reason. */
  | { readonly kind: "refused"; readonly CC: string; readonly what?: string };

const OPENINGS = [LAYOUTS["draw-request"].tag, LAYOUTS["debit-response"].tag];

/** Opens a sealed opening (812): KDER from the shared key, TSK from ETSK, the message from SEALED. */
export function openEnvelope(envelope: SealedOpening, contract: MerchantContract | undefined): OpenedEnvelope {
  if (contract === undefined) return { kind: "refused", CC: "A002" };
  const suite = contract.profile?.encryption;
  const { KSH } = contract;
  if (suite === undefined || KSH === undefined) return { kind: "refused", CC: "A00B" };
  const opened = openOpening(envelope, { suite, KSH }, OPENINGS);
  return opened.kind === "opened" ? opened : { kind: "refused", CC: "A00C", what: opened.what };
}
