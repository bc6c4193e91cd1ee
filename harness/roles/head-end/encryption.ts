/** The encryption layer at the head end (messages.md 3b): what it hears is opened, what it says to the payment server sealed. */
import { equal } from "../../core/bytes.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { sealMessage } from "../../crypto/sealed-message.ts";
import { type EncryptionLayer, layerOf } from "../../protocol/messages/encryption-layer.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { HeadEndRole } from "./events.ts";
import { fail, log } from "./fail.ts";
import { opened } from "./open-sealed.ts";
import type { HeadEndSale, HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";

/** The role behind the layer wherever the page, or the recovery, has one; nonces are asked for. */
export function withEncryption(role: HeadEndRole): HeadEndRole {
  return {
    handle(state, input) {
      const { sale, held } = state;
      const layer = sale && layerOf(sale);
      if (!layer) return role.handle(state, input);
      if (input.kind === "random" && held) {
        const isFirst = held.kind === "draw-request" || state.page === undefined || state.phase === "settling";
        const message = envelope(sale, layer, held, input.bytes, isFirst);
        return go(state, { held: undefined }, { kind: "send-payment", message });
      }
      const heard = opened(state, input, layer);
      return sealed(role.handle(heard.state, heard.input), layer);
    },
  };
}

/** Whatever it was, it is not obeyed, and no result: after a debit command the transaction is unresolved. */
export function onUndecipherable(state: HeadEndState, from: string): HeadEndStep {
  const noted = log(state, "undecipherable", "816", { from });
  return after([noted], fail(state, state.command || state.response ? "A01A" : "A00C"));
}

/** A message for the payment server waits for its nonce, unless the set-top box has sealed it already (819). */
function sealed({ state, outputs }: HeadEndStep, { suite }: EncryptionLayer): HeadEndStep {
  const last = outputs.at(-1);
  if (last?.kind !== "send-payment") return { state, outputs };
  const { sealedResponse } = state;
  const { message } = last;
  if (
    sealedResponse &&
    state.phase !== "settling" &&
    "IDTRX" in message &&
    equal(encodeMessage(message), sealedResponse.inner)
  ) {
    const unchanged = { kind: "sealed", IDTRX: message.IDTRX ?? "", SEALED: sealedResponse.SEALED } as const;
    return go(state, {}, ...outputs.slice(0, -1), { kind: "send-payment", message: unchanged });
  }
  return go(state, { held: message }, ...outputs.slice(0, -1), { kind: "random", length: nonceLength(suite) });
}

/** `isFirst`: the first message of a channel brings what the payment server derives the key from (810). */
function envelope(
  { IDMER, IDTRX }: HeadEndSale,
  { suite, TSK, RND, ETSK }: EncryptionLayer,
  inner: Message,
  nonce: Uint8Array,
  isFirst: boolean,
): Message {
  const SEALED = sealMessage(suite, TSK, IDTRX, nonce, encodeMessage(inner));
  if (!isFirst) return { kind: "sealed", IDTRX, SEALED };
  return { kind: "sealed-opening", IDMER, IDTRX, RND, ETSK, SEALED };
}
