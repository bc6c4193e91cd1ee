/** Finding things in what was observed. Whatever is not there is a failed expectation that names it. */
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { LogEntry, MessageEvent, PurchaseObservation, RecordedEvent } from "../../../harness/flows/system.ts";
import type { MessageKind, MessageOf } from "../../../harness/protocol/messages/layouts.ts";
import { parseMessage } from "../../../harness/protocol/messages/message.ts";
import { type PaymentPage, parsePaymentPage } from "../../../harness/protocol/messages/payment-page.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

type Seen = PurchaseObservation | readonly RecordedEvent[];

export interface Found<Kind extends MessageKind> {
  readonly event: MessageEvent;
  readonly message: MessageOf<Kind>;
}

export function eventsOf(seen: Seen): readonly RecordedEvent[] {
  return "events" in seen ? seen.events : seen;
}

export function messagesOn(seen: Seen, link: LinkName, from?: RoleName): readonly MessageEvent[] {
  return eventsOf(seen).filter(
    (event): event is MessageEvent =>
      event.kind === "message" && event.link === link && (from === undefined || event.from === from),
  );
}

/** Every message of that kind that passed the link, parsed. */
export function allOf<Kind extends MessageKind>(seen: Seen, link: LinkName, kind: Kind): readonly Found<Kind>[] {
  return messagesOn(seen, link).flatMap((event) => {
    const message = parseMessage(link === "LAN" ? event.bytes.subarray(4) : event.bytes);
    return isKind(message, kind) ? [{ event, message }] : [];
  });
}

function isKind<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}

/** The first message of that kind; a failed expectation when there was none. */
export function theMessage<Kind extends MessageKind>(
  t: CaseContext,
  seen: Seen,
  link: LinkName,
  kind: Kind,
  about?: About,
): Found<Kind> {
  return t.expect.present(`${kind} on link ${link}`, allOf(seen, link, kind)[0], about);
}

export interface ApduPair {
  readonly command: MessageEvent;
  readonly response: MessageEvent | undefined;
}

/** Command and response APDUs of a link (235, SAM) with that instruction byte, in order. */
export function apdusOn(seen: Seen, link: "235" | "SAM", INS: number): readonly ApduPair[] {
  const far = link === "SAM" ? "psam" : "card";
  const messages = messagesOn(seen, link);
  return messages.flatMap((command, index) => {
    if (command.from === far || command.bytes[1] !== INS) return [];
    const next = messages[index + 1];
    return [{ command, response: next?.from === far ? next : undefined }];
  });
}

export function logsOf(seen: Seen, role: RoleName, entry: string): readonly LogEntry[] {
  return eventsOf(seen).filter(
    (event): event is LogEntry => event.kind === "log" && event.role === role && event.entry === entry,
  );
}

export function theLog(t: CaseContext, seen: Seen, role: RoleName, entry: string, about?: About): LogEntry {
  return t.expect.present(`log entry ${entry} of the ${role}`, logsOf(seen, role, entry)[0], about);
}

/** The payment page as the merchant sent it on link 234. */
export function thePage(t: CaseContext, seen: Seen, about?: About): { event: MessageEvent; page: PaymentPage } {
  const event = t.expect.present(
    "payment page (606, 808) on link 234",
    messagesOn(seen, "234", "merchant").find(({ step }) => step === "606" || step === "808"),
    about,
  );
  const text = new TextDecoder().decode(event.bytes);
  const parsed = parsePaymentPage(text.slice(text.indexOf("\n\n") + 2));
  t.expect.that(parsed.ok, "the page carries readable applet parameters", {
    ...about,
    at: event,
    actual: parsed.ok ? "readable" : parsed.reason,
  });
  if (!parsed.ok) throw new Error("unreachable: the expectation above failed");
  return { event, page: parsed.page };
}
