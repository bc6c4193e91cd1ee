import { CARD_KINDS } from "../bench/card-kinds.ts";
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import { BASE_PROFILE } from "../core/sale-profile.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { SystemFacts } from "../flows/system.ts";

/** What a bench whose devices are all our own offers: everything. */
export function factsOf(bench: Bench, clock: Clock, keys: TestKeySet): SystemFacts {
  return {
    bench: bench.name,
    offers: {
      cards: CARD_KINDS,
      removal: true,
      links: ["235", "cable", "234", "236", ...(bench.concentrator ? (["LAN"] as const) : []), "line", "SAM"],
      logs: ["set-top-box", "head-end", "payment-server", "terminal", "merchant"],
      database: true,
      restart: ["merchant", "payment-server", "head-end", ...(bench.concentrator ? (["concentrator"] as const) : [])],
      keys: true,
      boxes: 0,
      exhaustive: bench.kind === "inproc",
    },
    sites: bench.sites.map(({ SITE, IDMER, origin }) => ({
      SITE,
      IDMER,
      origin,
      kind: "internet",
      profile: BASE_PROFILE,
    })),
    terminals: bench.terminals.map(({ id }) => ({
      IDTERM: id,
      kind: "smart",
      reach: bench.concentrator ? "concentrator" : "direct",
      psam: "software",
      server: "payment-server",
    })),
    trustedHeadEnd: false,
    catalogue: bench.catalogue.map(({ SITE, ITEM, title, price, CURR, CEXP, kind }) => ({
      SITE,
      ITEM,
      title,
      price,
      CURR,
      CEXP,
      kind,
    })),
    paymentServer: bench.paymentServer,
    providers: [...new Set(keys.keyNames.map(({ PPIEP }) => PPIEP))],
    today: bench.today ?? dayOf(clock.wall()),
  };
}

/** YYMMDD, UTC. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(2, 10).replaceAll("-", "");
}
