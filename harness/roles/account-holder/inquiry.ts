import { toHex } from "../../core/bytes.ts";
import { sealMessage } from "../../crypto/sealed-message.ts";
import { deriveTransactionKey, newTsk, sealTsk } from "../../crypto/transaction-keys.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { acceptable, conclude } from "./confirm.ts";
import type { AccountHolder } from "./contract.ts";
import type { HeldLoad } from "./held-load.ts";
import type { Fresh, HolderInput } from "./questions.ts";
import { answer, go, type HolderPhase, type HolderStep } from "./state.ts";

/** Asks the load server what became of a load that is still held (`load.md` 6), under keys of their own. */
export function inquire(holder: AccountHolder, load: HeldLoad, fresh: Fresh): HolderStep {
  if (load.status !== "held")
    return answer({ kind: "settled", status: load.status === "offered" ? "open" : load.status });
  const { IDMER, suite, KSH } = holder;
  const { IDTRX } = load;
  const { RND } = fresh;
  const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND);
  const TSK = newTsk(suite, fresh.TSK);
  const ETSK = sealTsk(suite, KDER, { IDMER, IDTRX, RND }, TSK, fresh.nonce);
  const question = encodeMessage({ kind: "load-inquiry", IDMER, IDTRX });
  const SEALED = sealMessage(suite, TSK, IDTRX, fresh.layerNonce, question);
  const bytes = encodeMessage({ kind: "sealed-opening", IDMER, IDTRX, RND: toHex(RND), ETSK, SEALED });
  return go({ at: "inquiring", load, KDER }, { kind: "inquire", bytes });
}

/** Nothing but a confirmation under the keys of the inquiry ends a hold. */
export function onInquired(
  holder: AccountHolder,
  { load, KDER }: Extract<HolderPhase, { at: "inquiring" }>,
  { bytes }: Extract<HolderInput, { kind: "inquired" }>,
): HolderStep {
  const message = bytes && parseMessage(bytes);
  const confirmation =
    message?.kind === "sealed-results" && message.IDTRX === load.IDTRX
      ? acceptable(holder, load, KDER, message.CONF)
      : null;
  if (confirmation === null) return answer({ kind: "settled", status: "open" });
  return conclude(holder, load, confirmation, true);
}
