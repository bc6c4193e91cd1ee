import { fromHex } from "../../core/bytes.ts";
import type { CipherSuite } from "../../core/sale-profile.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { openMessage, sealMessage } from "../../crypto/sealed-message.ts";
import { deriveTransactionKey, openTsk } from "../../crypto/transaction-keys.ts";
import type { Message, SealedOpening } from "../../protocol/messages/layouts.ts";
import { parseMessage, type Unrecognised } from "../../protocol/messages/message.ts";

/** The encryption layer of a channel from its sealed opening on (`messages.md` 3b), at the server's end. Keys of 16 bytes. */
export interface OpenLayer {
  readonly at: "open";
  readonly suite: CipherSuite;
  readonly TSK: Uint8Array;
  readonly KDER: Uint8Array;
  readonly IDMER: string;
  readonly IDTRX: string;
}

export type OpenedOpening =
  | { readonly kind: "opened"; readonly layer: OpenLayer; readonly message: Uint8Array }
  /** What does not open, or does not agree with what is said outside. */
  | { readonly kind: "closed"; readonly what: "session key" | "message" | "names" };

/** Opens a sealed opening: KDER from the shared key, TSK from ETSK, the message from SEALED. `due`: tags of the messages that may open a channel. */
export function openOpening(
  envelope: SealedOpening,
  { suite, KSH }: { readonly suite: CipherSuite; readonly KSH: Uint8Array },
  due: readonly number[],
): OpenedOpening {
  const { IDMER, IDTRX, ETSK, SEALED } = envelope;
  const RND = fromHex(envelope.RND);
  const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND);
  const TSK = openTsk(suite, KDER, { IDMER, IDTRX, RND }, ETSK);
  if (TSK === null) return { kind: "closed", what: "session key" };
  const message = openMessage(suite, TSK, IDTRX, SEALED, due);
  if (message === null) return { kind: "closed", what: "message" };
  if (!namesTransaction(message, envelope)) return { kind: "closed", what: "names" };
  return { kind: "opened", layer: { at: "open", suite, TSK, KDER, IDMER, IDTRX }, message };
}

/**
 * The message inside of a sealed one, with the IDTRX of this channel outside and inside; `null` for whatever does not open.
 * `due`: tags of what may come in a sealed message, and in a repeated opening.
 */
export function openInner(
  { suite, TSK, IDTRX }: OpenLayer,
  message: Message,
  due: { readonly sealed: readonly number[]; readonly opening: readonly number[] },
): Uint8Array | null {
  if (message.kind !== "sealed" && message.kind !== "sealed-opening") return null;
  if (message.IDTRX !== IDTRX) return null;
  const bytes = openMessage(suite, TSK, IDTRX, message.SEALED, message.kind === "sealed" ? due.sealed : due.opening);
  return bytes !== null && [undefined, IDTRX].includes(namedIn(parseMessage(bytes))) ? bytes : null;
}

/** SEALED around an encoded message. `nonce`: fresh, at least as long as the suite wants it. */
export function sealInner({ suite, TSK, IDTRX }: OpenLayer, nonce: Uint8Array, bytes: Uint8Array): Uint8Array {
  return sealMessage(suite, TSK, IDTRX, nonce.slice(0, nonceLength(suite)), bytes);
}

/** IDTRX as a message says it. */
export function namedIn(message: Message | Unrecognised): string | undefined {
  return "IDTRX" in message ? message.IDTRX : undefined;
}

/** IDMER and IDTRX inside are those outside, as far as the message has them. */
function namesTransaction(bytes: Uint8Array, { IDMER, IDTRX }: SealedOpening): boolean {
  const message = parseMessage(bytes);
  const holder = "IDMER" in message ? message.IDMER : IDMER;
  return (namedIn(message) ?? IDTRX) === IDTRX && (holder ?? IDMER) === IDMER;
}
