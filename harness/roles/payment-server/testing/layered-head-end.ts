import { fromHex, toHex } from "../../../core/bytes.ts";
import type { CipherSuite } from "../../../core/sale-profile.ts";
import { nonceLength } from "../../../crypto/seal.ts";
import { openMessage, sealMessage } from "../../../crypto/sealed-message.ts";
import { deriveTransactionKey, sealTsk } from "../../../crypto/transaction-keys.ts";
import type { Message, Sealed, SealedOpening, SealedResults } from "../../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../protocol/messages/message.ts";
import { KSH } from "./merchants.ts";

/** Odd parity: good for both suites. */
export const TSK = fromHex("1012131516191A1C1F202325262A2C2F");
export const RND = fromHex("0102030405060708");

/** What head end, set-top box and merchant do under the encryption layer, with keys that a test can look at. */
export class LayeredHeadEnd {
  readonly suite: CipherSuite;
  readonly IDMER: string;
  readonly IDTRX: string;
  readonly KDER: Uint8Array;
  #count = 0;

  constructor(suite: CipherSuite, IDMER: string, IDTRX: string) {
    this.suite = suite;
    this.IDMER = IDMER;
    this.IDTRX = IDTRX;
    this.KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND);
  }

  /** E4 around `inner`. */
  opening(inner: Message, over: Partial<SealedOpening> = {}): SealedOpening {
    const { suite, IDMER, IDTRX } = this;
    const ETSK = sealTsk(suite, this.KDER, { IDMER, IDTRX, RND }, TSK, this.#nonce());
    const SEALED = this.#seal(inner);
    return { kind: "sealed-opening", IDMER, IDTRX, RND: toHex(RND), ETSK, SEALED, ...over };
  }

  /** E5 around `inner`. */
  sealed(inner: Message): Sealed {
    return { kind: "sealed", IDTRX: this.IDTRX, SEALED: this.#seal(inner) };
  }

  /** The message inside of E5 or EF; throws when it does not open with the tag `tag`. */
  opened(message: Message | null | undefined, tag: number): Message {
    if (message?.kind !== "sealed" && message?.kind !== "sealed-results") throw new Error(`sealed? ${message?.kind}`);
    const inner = openMessage(this.suite, TSK, this.IDTRX, message.SEALED, [tag]);
    const parsed = inner && parseMessage(inner);
    if (parsed === null || parsed.kind === "unrecognised") throw new Error("it does not open");
    return parsed;
  }

  /** Debit result C inside of EF. */
  resultC(message: Message | null | undefined): Message {
    return this.opened(message, 0xed);
  }

  #seal(inner: Message): Uint8Array {
    return sealMessage(this.suite, TSK, this.IDTRX, this.#nonce(), encodeMessage(inner));
  }

  #nonce(): Uint8Array {
    return new Uint8Array(nonceLength(this.suite)).fill(++this.#count);
  }
}

export function isSealedResults(message: Message | null | undefined): message is SealedResults {
  return message?.kind === "sealed-results";
}
