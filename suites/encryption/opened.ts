/** What passed sealed, opened with the session key of the page. */
import type { LinkName } from "../../harness/core/trace.ts";
import { openMessage } from "../../harness/crypto/sealed-message.ts";
import type { MessageEvent, PurchaseObservation, RecordedEvent } from "../../harness/flows/system.ts";
import { LAYOUTS, type Message, type MessageKind, type MessageOf } from "../../harness/protocol/messages/layouts.ts";
import { parseMessage, type Unrecognised } from "../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { elementOf } from "../payment/support/alter.ts";
import { messagesOn } from "../payment/support/observe.ts";
import type { TransactionKeys } from "./keys.ts";

/** What may be in a SEALED (`messages.md` 3b). */
export const INNER_TAGS = (["notice", "draw-request", "debit-command", "debit-response", "debit-result"] as const).map(
  (kind) => LAYOUTS[kind].tag,
);

export interface Opened<Inner = Message> {
  readonly event: MessageEvent;
  readonly SEALED: Uint8Array;
  /** As it was sealed. */
  readonly inner: Uint8Array;
  readonly message: Inner;
}

type Keys = Pick<TransactionKeys, "suite" | "TSK" | "IDTRX">;

/** Every SEALED on the link that opens under TSK and holds a message. */
export function openedOn(
  seen: PurchaseObservation | readonly RecordedEvent[],
  link: LinkName,
  { suite, TSK, IDTRX }: Keys,
): readonly Opened[] {
  return messagesOn(seen, link).flatMap((event) => {
    const SEALED = elementOf(event.bytes, "SEALED");
    const inner = SEALED && openMessage(suite, TSK, IDTRX, SEALED, INNER_TAGS);
    const message = inner ? parseMessage(inner) : undefined;
    return SEALED && inner && message && isMessage(message) ? [{ event, SEALED, inner, message }] : [];
  });
}

/** The first one of that kind; a failed expectation when there is none. */
export function theOpened<Kind extends MessageKind>(
  t: CaseContext,
  seen: PurchaseObservation | readonly RecordedEvent[],
  link: LinkName,
  keys: Keys,
  kind: Kind,
  about?: About,
): Opened<MessageOf<Kind>> {
  const found = openedOn(seen, link, keys).flatMap(({ message, ...rest }) =>
    isOf(message, kind) ? [{ ...rest, message }] : [],
  );
  return t.expect.present(`${kind} under the session key of the page, on link ${link}`, found[0], about);
}

function isOf<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}

function isMessage(message: Message | Unrecognised): message is Message {
  return message.kind !== "unrecognised";
}
