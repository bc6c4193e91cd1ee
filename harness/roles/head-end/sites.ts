/** Where a confirmation may go. */
export interface StatusAddress {
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
}

/** Origin of a site, or undefined for one that this head end does not know. */
export function originOf(sites: Readonly<Record<string, string>>, SITE: string): string | undefined {
  return Object.hasOwn(sites, SITE) ? sites[SITE] : undefined;
}

/**
 * The status URL taken apart, if it is an address on one of `origins`: a page must not direct confirmations elsewhere
 * (messages.md 4: on the merchant's own site). The origin is given back as configured.
 */
export function statusAddress(url: string, origins: readonly string[]): StatusAddress | undefined {
  const target = parseUrl(url);
  if (target === undefined) return undefined;
  if (target.username !== "" || target.password !== "") return undefined;
  const origin = origins.find((each) => parseUrl(each)?.origin === target.origin);
  return origin === undefined ? undefined : { origin, path: `${target.pathname}${target.search}` };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
