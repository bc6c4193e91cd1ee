/** What passes sealed in a load, altered and sealed again under the session key of its page (`messages.md` 3b, `load.md` 2). */
import { uintToBytes } from "../../../harness/core/bytes.ts";
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import { nonceLength } from "../../../harness/crypto/seal.ts";
import { openMessage, sealMessage } from "../../../harness/crypto/sealed-message.ts";
import type { LoadSiteFacts } from "../../../harness/flows/loading.ts";
import { LAYOUTS, type Message, type MessageKind, type MessageOf } from "../../../harness/protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../../define/case.ts";
import { elementOf, inElement, setTo } from "../../payment/support/alter.ts";
import { allOf } from "../../payment/support/observe.ts";

/** A disturbance of sealed messages that says how many of them it has altered. */
export interface Alteration extends Disposable {
  readonly altered: number;
}

export interface SealedPlace<Kind extends MessageKind> {
  readonly link: LinkName;
  readonly from: RoleName;
  readonly kind: Kind;
  /** Every one when absent. */
  readonly times?: number;
  readonly what: string;
}

type SiteKey = Pick<LoadSiteFacts, "suite">;

/**
 * Sealed messages of a kind, as whoever has the session key can alter them: the head end that is not trusted, or a set-top box
 * in the hands of its user. What `change` gives, bytes where it is no message, is sealed again; undefined leaves a message as it is.
 */
export function alterSealed<Kind extends MessageKind>(
  t: CaseContext,
  { suite }: SiteKey,
  { link, from, kind, times = Number.POSITIVE_INFINITY, what }: SealedPlace<Kind>,
  change: (message: MessageOf<Kind>) => Message | Uint8Array | undefined,
): Alteration {
  const since = t.system.events().at(-1)?.n;
  let altered = 0;
  const act = (bytes: Uint8Array): Uint8Array => {
    const page = allOf(t.system.events(since), "cable", "load-page").at(-1)?.message;
    const SEALED = elementOf(bytes, "SEALED");
    if (page?.TSK === undefined || SEALED === undefined || altered >= times) return bytes;
    const inner = openMessage(suite, page.TSK, page.IDTRX, SEALED, [LAYOUTS[kind].tag]);
    const message = inner && parseMessage(inner);
    const made = message && isOf(message, kind) ? change(message) : undefined;
    if (made === undefined) return bytes;
    altered++;
    const nonce = uintToBytes(NONCES + altered, nonceLength(suite));
    return inElement("SEALED", setTo(sealMessage(suite, page.TSK, page.IDTRX, nonce, bytesOf(made))))(bytes);
  };
  const fault = t.system.disturb({ link, from, message: LAYOUTS.sealed.tag, act, what });
  return {
    get altered() {
      return altered;
    },
    [Symbol.dispose]: () => fault[Symbol.dispose](),
  };
}

/** Nonces of the harness's own: no honest party draws such small ones. */
const NONCES = 100;

function bytesOf(made: Message | Uint8Array): Uint8Array {
  return made instanceof Uint8Array ? made : encodeMessage(made);
}

function isOf<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}
