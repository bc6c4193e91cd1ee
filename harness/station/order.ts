import type { Order, SystemFacts } from "../flows/system.ts";
import type { UserOrder } from "../roles/set-top-box/serve.ts";

/** What a case leaves open is the bench's first site, that site's first item, and one of it. */
export function orderOf({ catalogue }: SystemFacts, order: Order): UserOrder {
  const SITE = order.SITE ?? catalogue[0]?.SITE ?? "";
  const ITEM = order.ITEM ?? catalogue.find((item) => item.SITE === SITE)?.ITEM ?? "";
  return { SITE, ITEM, QUANTITY: order.QUANTITY ?? 1, ...(order.decide ? { decide: order.decide } : {}) };
}
