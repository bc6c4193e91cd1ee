/** What head end and payment server said to each other, in clear: as it passed, or opened with the keys of the layer. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { CipherSuite } from "../../../harness/core/sale-profile.ts";
import { openMessage } from "../../../harness/crypto/sealed-message.ts";
import { deriveTransactionKey, openTsk } from "../../../harness/crypto/transaction-keys.ts";
import type { MessageEvent, PurchaseObservation } from "../../../harness/flows/system.ts";
import type { Message, MessageKind, MessageOf } from "../../../harness/protocol/messages/layouts.ts";
import { parseMessage } from "../../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { inconclusive } from "../../define/failures.ts";
import { messagesOn, theMessage } from "../support/observe.ts";
import type { Combination } from "./dimensions.ts";
import { paymentLink } from "./expected.ts";

const ABOUT: About = { requirement: "ENC-0107-b", owner: "server" };

/** Keys of one transaction under the layer. */
export interface LayerKeys {
  readonly suite: CipherSuite;
  readonly KSH: Uint8Array;
  readonly KDER: Uint8Array;
  readonly TSK: Uint8Array;
}

/** Undefined without layer. KDER from the shared key, TSK from ETSK as only merchant and payment server can; it is that of the page. */
export function layerKeys(t: CaseContext, seen: PurchaseObservation, combination: Combination): LayerKeys | undefined {
  const { encryption: suite } = combination;
  if (suite === undefined) return undefined;
  const { message } = theMessage(t, seen, paymentLink(combination), "sealed-opening", ABOUT);
  const { IDMER, IDTRX, ETSK } = message;
  const RND = fromHex(message.RND);
  const KSH = t.keys.sharedKey(IDMER) ?? inconclusive(`no shared key for ${IDMER} is at hand`, "bench");
  const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND);
  const TSK = t.expect.present("TSK in ETSK", openTsk(suite, KDER, { IDMER, IDTRX, RND }, ETSK), ABOUT);
  const given = theMessage(t, seen, "cable", "page").message.TSK;
  t.expect.equal("TSK for the set-top box", toHex(given ?? new Uint8Array()), toHex(TSK), ABOUT);
  return { suite, KSH, KDER, TSK };
}

/** Every message of the payment link, what is sealed in its place; a failed expectation for one that does not open. */
export function spokenOnPayment(
  t: CaseContext,
  seen: PurchaseObservation,
  combination: Combination,
  keys: LayerKeys | undefined,
): readonly Message[] {
  return messagesOn(seen, paymentLink(combination)).map((event) => inside(t, event, keys));
}

/** The card's answer as the set-top box said it. */
export function debitResponse(t: CaseContext, seen: PurchaseObservation, keys: LayerKeys | undefined) {
  const events = messagesOn(seen, "cable", "set-top-box").filter(({ bytes }) => bytes[0] === 0xec || bytes[0] === 0xe5);
  const spoken = events.map((event) => inside(t, event, keys));
  return theOne(t, spoken, "debit-response");
}

export function theOne<Kind extends MessageKind>(
  t: CaseContext,
  spoken: readonly Message[],
  kind: Kind,
): MessageOf<Kind> {
  const found = spoken.flatMap((message) => (isKind(message, kind) ? [message] : []));
  t.expect.equal(`messages ${kind}`, found.length, 1, ABOUT);
  return t.expect.present(kind, found[0], ABOUT);
}

function isKind<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}

const INNER_TAGS = [0xea, 0xeb, 0xec, 0xed, 0xe0];

function inside(t: CaseContext, event: MessageEvent, keys: LayerKeys | undefined): Message {
  const outer = readable(t, parseMessage(event.bytes), event);
  const isSealed = outer.kind === "sealed" || outer.kind === "sealed-opening" || outer.kind === "sealed-results";
  t.expect.equal(`${outer.kind} is sealed`, isSealed, keys !== undefined, { ...ABOUT, at: event });
  if (!isSealed || keys === undefined) return outer;
  const opened = openMessage(keys.suite, keys.TSK, outer.IDTRX, outer.SEALED, INNER_TAGS);
  const inner = t.expect.present("message in SEALED", opened, { ...ABOUT, at: event });
  return readable(t, parseMessage(inner), event);
}

function readable(t: CaseContext, message: ReturnType<typeof parseMessage>, event: MessageEvent): Message {
  const reason = message.kind === "unrecognised" ? message.reason : "readable";
  t.expect.equal("message of the specification", reason, "readable", { ...ABOUT, at: event });
  if (message.kind === "unrecognised") throw new Error("unreachable: the expectation above failed");
  return message;
}
