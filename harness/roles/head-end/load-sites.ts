/** Account holders that this head end knows (load.md, head of the text and section 3). */

/** Where value for a card comes from, by SITE. */
export type LoadSite =
  /** A bank's server; the origin of its pages, e.g. "https://bank.test:8460" (FIG 15). */
  | { readonly kind: "bank"; readonly origin: string }
  /** The pages of a load server with pre-funded accounts (FIG 17). */
  | { readonly kind: "load"; readonly origin: string }
  /** A load server with pre-funded accounts that is asked over link 236 (861). */
  | { readonly kind: "load-direct"; readonly HOST: string; readonly PORT: number };

export type LoadSites = Readonly<Record<string, LoadSite>>;

/** SOURCE: bank, pre-funded. */
export const BANK = 1;
export const PRE_FUNDED = 2;

/** Where a form of a load may be posted. */
export interface FormAddress {
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
}

export function loadSiteOf(sites: LoadSites, SITE: string): LoadSite | undefined {
  return Object.hasOwn(sites, SITE) ? sites[SITE] : undefined;
}

/** SOURCE of what such a site offers. */
export function sourceOf({ kind }: LoadSite): typeof BANK | typeof PRE_FUNDED {
  return kind === "bank" ? BANK : PRE_FUNDED;
}

/** Origins of the banks, to which confirmations of bank loads go and nowhere else. */
export function bankOrigins(sites: LoadSites): readonly string[] {
  return Object.values(sites).flatMap((site) => (site.kind === "bank" ? [site.origin] : []));
}

/**
 * Any https address taken apart, or undefined when it is none: the server that a contract of a pre-funded account names may
 * be anywhere, and decides nothing (load.md, section 3).
 */
export function httpsAddress(url: string): FormAddress | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, username, password, origin, pathname, search } = new URL(url);
  if (protocol !== "https:" || username !== "" || password !== "") return undefined;
  return { origin, path: `${pathname}${search}` };
}
