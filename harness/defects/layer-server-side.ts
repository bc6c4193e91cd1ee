/** A payment server under the encryption layer, taken apart: envelopes as it sees them, and what it seals as it leaves. */
import { fromHex } from "../core/bytes.ts";
import { nonceLength } from "../crypto/seal.ts";
import { openMessage, sealMessage } from "../crypto/sealed-message.ts";
import { deriveTransactionKey } from "../crypto/transaction-keys.ts";
import type { Message, SealedOpening } from "../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentServerRole } from "../roles/payment-server/model.ts";
import type { Layer, PaymentState } from "../roles/payment-server/phase.ts";
import type { Vary } from "../roles/role.ts";
import type { Known } from "./layer-keys.ts";
import { varyOutputs } from "./wrap.ts";

type OpenLayer = Extract<Layer, { at: "open" }>;
type Contract = NonNullable<Extract<PaymentInput, { kind: "merchant" }>["contract"]>;

/** Tags of what may be in a SEALED (`messages.md` 3b). */
export const INNER_TAGS = [0xea, 0xeb, 0xec, 0xed, 0xe0];

/** What is known of a transaction before its envelope is opened: everything but TSK. */
export type BeforeOpening = Omit<Known, "TSK">;

/** The server that sees another envelope than it was sent, as soon as it has the merchant's contract. */
export function withEnvelope(
  change: (envelope: SealedOpening, known: BeforeOpening) => SealedOpening,
): Vary<PaymentServerRole> {
  return (reference) => ({
    handle(state, input) {
      const { layer } = state;
      if (layer?.at !== "opening" || input.kind !== "merchant") return reference.handle(state, input);
      const known = input.contract && knownOf(layer.envelope, input.contract);
      if (!known) return reference.handle(state, input);
      const envelope = change(layer.envelope, known);
      return reference.handle({ ...state, layer: { ...layer, envelope } }, input);
    },
  });
}

export function knownOf(envelope: SealedOpening, { KSH, profile }: Contract): BeforeOpening | undefined {
  const suite = profile?.encryption;
  if (!KSH || !suite) return undefined;
  const { IDMER, IDTRX } = envelope;
  const RND = fromHex(envelope.RND);
  return { suite, KSH, KDER: deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND), IDMER, IDTRX, RND };
}

/** `change` for each message that leaves a channel whose layer is open. */
export function withSent(
  change: (message: Message, layer: OpenLayer, bytes: Uint8Array) => Message | Uint8Array,
): Vary<PaymentServerRole> {
  return varyOutputs<PaymentState, PaymentInput, PaymentOutput>((output, { before, after }) => {
    const layer = after.layer?.at === "open" ? after.layer : before.layer;
    if (output.kind !== "send" || layer?.at !== "open") return [output];
    const message = parseMessage(output.bytes);
    if (message.kind === "unrecognised") return [output];
    const changed = change(message, layer, output.bytes);
    return [{ ...output, bytes: changed instanceof Uint8Array ? changed : encodeMessage(changed) }];
  });
}

type SealKeys = Pick<OpenLayer, "suite" | "IDTRX">;

/** SEALED with its message under `to`, where it opens under `from`; `change` is made of the message. */
export function sealedUnder(
  { suite, IDTRX }: SealKeys,
  SEALED: Uint8Array,
  from: Uint8Array,
  to: Uint8Array,
  change: (inner: Uint8Array) => Uint8Array = (inner) => inner,
): Uint8Array {
  const inner = openMessage(suite, from, IDTRX, SEALED, INNER_TAGS);
  return inner ? sealMessage(suite, to, IDTRX, SEALED.slice(0, nonceLength(suite)), change(inner)) : SEALED;
}
