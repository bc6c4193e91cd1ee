import { layerFlaw, layerOf } from "../../protocol/messages/encryption-layer.ts";
import type { LoadPage } from "../../protocol/messages/layouts.ts";
import type { LogOutput } from "../role.ts";
import { BANK, type FormAddress, httpsAddress, type LoadSite, sourceOf } from "./load-sites.ts";
import type { LoadTerms } from "./load-state.ts";
import { statusAddress } from "./sites.ts";

/** The terms of a page that can be loaded with, or the log's entry for one that cannot. */
export type CheckedPage =
  | { readonly ok: true; readonly terms: LoadTerms; readonly amountAddress: FormAddress | undefined }
  | { readonly ok: false; readonly entry: string; readonly fields: LogOutput["fields"] };

/**
 * Source, layer and addresses of a load page (load.md 3): amounts go to the account holder's own site, and so do the
 * confirmations of a bank. On the direct path (861) there is no address for the amount.
 */
export function checkPage(site: LoadSite | undefined, page: LoadPage, amountUrl: string | undefined): CheckedPage {
  if (!site) return refused("page-refused", { reason: "nobody was asked for a page" });
  if (page.SOURCE !== sourceOf(site)) return refused("page-refused", { reason: `source of funds ${page.SOURCE}` });
  const layer = layerFlaw(page) === undefined ? layerOf(page) : undefined;
  if (!layer) return refused("page-refused", { reason: layerFlaw(page) ?? "no encryption layer" });
  const own = site.kind === "load-direct" ? [] : [site.origin];
  const amountAddress = amountUrl === undefined ? undefined : statusAddress(amountUrl, own);
  if (site.kind !== "load-direct" && !amountAddress) return refused("amount-url-refused", { url: amountUrl ?? null });
  const { SOURCE, IDTRX, IDMER, HOST, PORT, URL } = page;
  const address = confirmationAddress(SOURCE, URL, own);
  if (!address && (URL !== undefined || SOURCE === BANK)) return refused("status-url-refused", { url: URL ?? null });
  const confirmation = URL !== undefined && address ? { url: URL, address } : undefined;
  return { ok: true, terms: { SOURCE, IDTRX, IDMER, HOST, PORT, layer, confirmation }, amountAddress };
}

/** A bank's own site, one of `banks`; of a pre-funded account any server that has HTTPS. */
export function confirmationAddress(
  SOURCE: number,
  url: string | undefined,
  banks: readonly string[],
): FormAddress | undefined {
  if (url === undefined) return undefined;
  return SOURCE === BANK ? statusAddress(url, banks) : httpsAddress(url);
}

function refused(entry: string, fields: LogOutput["fields"]): CheckedPage {
  return { ok: false, entry, fields };
}
