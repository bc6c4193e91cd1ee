/** What passes on link 238, and what the head end posts beside it. */
import type { MessageEvent, PurchaseObservation, SiteFacts } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { SiteNeed } from "../../define/site-need.ts";
import { exchangesOf, type HttpExchange } from "../support/merchant-site.ts";
import { messagesOn } from "../support/observe.ts";

export const DIRECT: SiteNeed = { kind: "internet", comparison: "psam", encryption: undefined, direct: true };

/** Path of the payment server's own status URL (`messages.md` 4). */
export const DIRECT_PATH = "/status/direct";

export interface Post {
  readonly event: MessageEvent;
  readonly head: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What the payment server posted on link 238. */
export function postsOf(seen: PurchaseObservation): readonly Post[] {
  return messagesOn(seen, "238", "payment-server").map((event) => {
    const [head = "", body = ""] = new TextDecoder().decode(event.bytes).split("\n\n");
    const fields = [...new URLSearchParams(body)].map(([name, value]) => [name, value.toUpperCase()]);
    return { event, head, fields: Object.fromEntries(fields) };
  });
}

/** What the head end posted to the status URL. */
export function claimsOf(seen: PurchaseObservation): readonly HttpExchange[] {
  return exchangesOf(seen).filter(({ fields }) => fields.has("transaction-id"));
}

/** A form for a path of the site, as anybody could post it. */
export async function post(
  t: CaseContext,
  { SITE }: SiteFacts,
  path: string,
  form: Record<string, string>,
  session?: string,
) {
  const body = new URLSearchParams(form).toString();
  return await t.system.http(SITE, { method: "POST", path, body, ...(session === undefined ? {} : { session }) });
}
