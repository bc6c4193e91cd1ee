/** The load page of a load (874), wherever it passed, and what its keys open. */
import { fromHex } from "../../../harness/core/bytes.ts";
import type { LinkName } from "../../../harness/core/trace.ts";
import { openMessage } from "../../../harness/crypto/sealed-message.ts";
import { deriveTransactionKey } from "../../../harness/crypto/transaction-keys.ts";
import type { LoadObservation } from "../../../harness/flows/loading.ts";
import type { MessageEvent, RecordedEvent } from "../../../harness/flows/system.ts";
import {
  LAYOUTS,
  type LoadPage,
  type MessageKind,
  type MessageOf,
} from "../../../harness/protocol/messages/layouts.ts";
import { parseLoadPage } from "../../../harness/protocol/messages/load-page.ts";
import { parseMessage } from "../../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { inconclusive } from "../../define/failures.ts";
import { elementOf } from "../../payment/support/alter.ts";
import { messagesOn, theMessage } from "../../payment/support/observe.ts";
import type { Source } from "./sources.ts";

type Seen = LoadObservation | readonly RecordedEvent[];

export function eventsIn(seen: Seen): readonly RecordedEvent[] {
  return "events" in seen ? seen.events : seen;
}

/** Who keeps the accounts, as a role on the links. */
export function holderRole({ source }: Pick<Source, "source">): "bank-server" | "load-server" {
  return source === "bank" ? "bank-server" : "load-server";
}

export interface ShownPage {
  readonly event: MessageEvent;
  readonly page: Omit<LoadPage, "kind">;
  /** Absent on the direct path. */
  readonly amountUrl: string | undefined;
}

/** The load page as the account holder sent it: on link 234, or on 236 where it is reached directly (861). */
export function theLoadPage(t: CaseContext, seen: Seen, source: Source, about?: About): ShownPage {
  const events = eventsIn(seen);
  if (source.direct) {
    const { event, message } = theMessage(t, events, "236", "load-page", about);
    const { kind: _, ...page } = message;
    return { event, page, amountUrl: undefined };
  }
  const answers = messagesOn(events, "234", holderRole(source)).filter(({ step }) => step === "874");
  const event = t.expect.present("load page (874) on link 234", answers[0], about);
  return { event, ...readLoadPage(t, bodyOf(event.bytes), { ...about, at: event }) };
}

/** The load page in the body of an answer. */
export function readLoadPage(t: CaseContext, body: string, about?: About): Omit<ShownPage, "event"> {
  const parsed = parseLoadPage(body);
  const words = parsed.ok ? "complete" : parsed.reason;
  t.expect.equal("applet parameters of the load page", words, "complete", about);
  const { page, amountUrl } = t.expect.present("load page", parsed.ok ? parsed : undefined, about);
  return { page, amountUrl };
}

/** Body of a message on link 234. */
export function bodyOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  const at = text.indexOf("\n\n");
  return at < 0 ? "" : text.slice(at + 2);
}

/** What account holder and load server know of a load under the layer. Keys of 16 bytes. */
export interface LoadKeys {
  readonly suite: Source["suite"];
  readonly IDMER: string;
  readonly IDTRX: string;
  readonly TSK: Uint8Array;
  readonly KDER: Uint8Array;
}

/** KDER is made again from the contract's shared key; the case has `needs: { keys: true }`. */
export function loadKeys(t: CaseContext, { page }: Pick<ShownPage, "page">, { suite }: Source): LoadKeys {
  const { IDMER, IDTRX, TSK } = page;
  const KSH = t.keys.sharedKey(IDMER) ?? inconclusive(`no shared key of ${IDMER} is at hand`, "bench");
  const RND = fromHex(page.RND ?? "");
  return {
    suite,
    IDMER,
    IDTRX,
    TSK: TSK ?? new Uint8Array(16),
    KDER: deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND),
  };
}

export interface Inner<Kind extends MessageKind> {
  readonly event: MessageEvent;
  /** As it was sealed. */
  readonly inner: Uint8Array;
  readonly message: MessageOf<Kind>;
}

/** Every message of that kind that passed sealed on the link and opens under the session key of the page. */
export function allInner<Kind extends MessageKind>(
  seen: Seen,
  link: LinkName,
  { suite, TSK, IDTRX }: Pick<LoadKeys, "suite" | "TSK" | "IDTRX">,
  kind: Kind,
): readonly Inner<Kind>[] {
  return messagesOn(eventsIn(seen), link).flatMap((event) => {
    const SEALED = elementOf(event.bytes, "SEALED");
    const inner = SEALED && openMessage(suite, TSK, IDTRX, SEALED, [LAYOUTS[kind].tag]);
    const message = inner ? parseMessage(inner) : undefined;
    return inner && message && isOf(message, kind) ? [{ event, inner, message }] : [];
  });
}

/** The first one; a failed expectation when there is none. */
export function theInner<Kind extends MessageKind>(
  t: CaseContext,
  seen: Seen,
  link: LinkName,
  keys: Pick<LoadKeys, "suite" | "TSK" | "IDTRX">,
  kind: Kind,
  about?: About,
): Inner<Kind> {
  const [first] = allInner(seen, link, keys, kind);
  return t.expect.present(`${kind} under the session key of the page, on link ${link}`, first, about);
}

function isOf<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}
