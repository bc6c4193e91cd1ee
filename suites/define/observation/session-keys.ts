/**
 * Session keys that evidence has overwritten with zeros, again: who holds the bench's key set opens the ETSK of the same message, as
 * the payment server does (`keys-and-signatures.md` 7). They stay in memory.
 */
import { fromHex } from "../../../harness/core/bytes.ts";
import type { LinkName } from "../../../harness/core/trace.ts";
import { deriveTransactionKey, openTsk } from "../../../harness/crypto/transaction-keys.ts";
import { KeyMask } from "../../../harness/evidence/masking/key-mask.ts";
import { type KeyPlace, keyPlaces, ZERO_DIGIT } from "../../../harness/evidence/masking/key-places.ts";
import type { RecordedEvent } from "../../../harness/flows/observed.ts";
import type { TestKeys } from "../../../harness/flows/system.ts";
import { htmlTags } from "../../../harness/protocol/messages/html-tags.ts";
import { parseMessage } from "../../../harness/protocol/messages/message.ts";

/** What opens an ETSK. */
interface SealedKey {
  readonly IDMER: string;
  readonly IDTRX: string;
  readonly RND: Uint8Array;
  readonly ETSK: Uint8Array;
}

export class SessionKeys {
  readonly #keys: Pick<TestKeys, "sharedKey"> | undefined;
  readonly #mask = new KeyMask();

  constructor(keys: Pick<TestKeys, "sharedKey"> | undefined) {
    this.#keys = keys;
  }

  /** The event as it passed, of a line that says that it was masked; undefined where a key in it cannot be had. */
  ofEvent(event: RecordedEvent): RecordedEvent | undefined {
    if (event.kind !== "message") return undefined;
    const bytes = this.ofBytes(event.link, event.bytes);
    if (!bytes) return undefined;
    const whole = { ...event, bytes };
    const again = this.#mask.event(whole);
    return again.kind === "message" && Buffer.from(again.bytes).equals(event.bytes) ? whole : undefined;
  }

  /** With its key, where it has the place of one; undefined where it has none, or that cannot be had. */
  ofBytes(link: LinkName | undefined, bytes: Uint8Array): Uint8Array | undefined {
    const places = keyPlaces(link, bytes);
    const [first] = places;
    const TSK = first && this.#keyOf(bytes);
    if (!TSK) return undefined;
    const copy = bytes.slice();
    for (const place of places) fill(copy, place, TSK);
    this.#mask.event({ kind: "fault", what: "", before: copy }); // so that it knows the key from now on
    return copy;
  }

  /** As evidence has it: known keys are zeros. */
  masked(text: string): string {
    return this.#mask.text(text);
  }

  #keyOf(bytes: Uint8Array): Uint8Array | undefined {
    const sealed = sealedIn(bytes);
    const KSH = sealed && this.#keys?.sharedKey(sealed.IDMER);
    if (!KSH) return undefined;
    const suite = sealed.ETSK.length === 40 ? "3DES-CBC-MAC" : "AES-128-GCM";
    const KDER = deriveTransactionKey(suite, KSH, sealed.IDMER, sealed.IDTRX, sealed.RND);
    return openTsk(suite, KDER, sealed, sealed.ETSK) ?? undefined;
  }
}

function fill(bytes: Uint8Array, { start, end, zero }: KeyPlace, TSK: Uint8Array): void {
  const value = zero === ZERO_DIGIT ? Buffer.from(Buffer.from(TSK).toString("hex").toUpperCase()) : TSK;
  if (value.length === end - start) bytes.set(value, start);
}

/** In a page or a recovery, of a sale or of a load, as message or as HTML. */
function sealedIn(bytes: Uint8Array): SealedKey | undefined {
  const message = parseMessage(bytes);
  switch (message.kind) {
    case "page":
    case "recovery":
    case "load-page":
    case "load-recovery": {
      const { IDMER, IDTRX, RND, ETSK } = message;
      return RND && ETSK ? { IDMER, IDTRX, RND: fromHex(RND), ETSK } : undefined;
    }
    default:
      return sealedInPage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
  }
}

function sealedInPage(text: string): SealedKey | undefined {
  const values = new Map<string, string>();
  for (const { name, attributes } of htmlTags(text)) {
    if (name === "param") values.set(attributes.get("name") ?? "", attributes.get("value") ?? "");
  }
  const hex = (name: string, digits: RegExp) => {
    const value = values.get(name);
    return value !== undefined && digits.test(value) ? value.toUpperCase() : undefined;
  };
  const IDMER = values.get("merchant-id") ?? values.get("account-holder-id");
  const IDTRX = hex("transaction-id", /^[0-9a-f]{32}$/i);
  const RND = hex("random", /^[0-9a-f]{16}$/i);
  const ETSK = hex("encrypted-session-key", /^([0-9a-f]{80}|[0-9a-f]{88})$/i);
  if (!IDMER || !/^[A-Z0-9]{8}$/.test(IDMER) || !IDTRX || !RND || !ETSK) return undefined;
  return { IDMER, IDTRX, RND: fromHex(RND), ETSK: fromHex(ETSK) };
}
