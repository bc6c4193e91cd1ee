/** What a case may know of a bench whose devices are all our own; what is not our own is taken away elsewhere. */
import { CARD_KINDS } from "../bench/card-kinds.ts";
import type { LoadSiteFields } from "../bench/loading-fields.ts";
import type { Bench } from "../bench/schema.ts";
import { isNamed, psamOf, servingTerminals } from "../bench/serving.ts";
import type { SiteFields, TerminalFields } from "../bench/site-fields.ts";
import { isPlayed } from "../bench/spec.ts";
import type { Clock } from "../core/clock.ts";
import type { SaleProfile } from "../core/sale-profile.ts";
import type { LinkName, RoleName } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { LoadSiteFacts } from "../flows/loading.ts";
import type { ServerRole, SiteFacts, SystemFacts, TerminalFacts } from "../flows/system.ts";
import { PSAM_KINDS } from "./fixtures.ts";
import { timeoutsOf } from "./timeouts.ts";

/** More set-top boxes that a bench can have: in one process they cost nothing, on sockets a connection and its keys. */
const BOXES = { inproc: 200, "virtual-lab": 8, lab: 8 } as const;

export function factsOf(bench: Bench, clock: Clock, keys: TestKeySet): SystemFacts {
  const terminals = bench.terminals.map((each, index) => terminalFacts(bench, each, index));
  const has = {
    loading: bench.loadSites.length > 0,
    ownHsm: bench.loadSites.length > 0 && !bench.hsm.external,
    concentrator: terminals.some(({ reach }) => reach === "concentrator"),
    headEndPaymentServer: terminals.some(({ server }) => server === "head-end-payment-server"),
    direct: bench.sites.some(({ direct }) => direct),
    ownTerminals: bench.terminals.every(({ terminal }) => terminal.kind === "sim"),
  };
  return {
    bench: bench.name,
    offers: {
      cards: CARD_KINDS,
      removal: true,
      links: linksOf(has),
      logs: logsOf(has),
      database: true,
      restart: restartsOf(has),
      keys: true,
      boxes: BOXES[bench.kind],
      exhaustive: bench.kind === "inproc",
      tear: isPlayed(bench.card),
      clearing: true,
      psam: true,
      psamKinds: PSAM_KINDS,
      slots: 5,
      mischief: true,
      psamPatienceMs: timeoutsOf(bench.timeouts).terminal.psamMs,
      terminalPower: has.ownTerminals,
    },
    sites: bench.sites.map((site) => siteFacts(bench, site)),
    loadSites: bench.loadSites.map(loadSiteFacts),
    loadServer: bench.loadServer,
    terminals,
    trustedHeadEnd: bench.headEnd.trusted,
    catalogue: bench.catalogue.map(({ content: _sold, ...item }) => item),
    paymentServer: bench.paymentServer,
    providers: [...new Set(keys.keyNames.map(({ PPIEP }) => PPIEP))],
    today: bench.today ?? dayOf(clock.wall()),
  };
}

interface Parties {
  readonly loading: boolean;
  readonly ownHsm: boolean;
  readonly concentrator: boolean;
  readonly headEndPaymentServer: boolean;
  readonly direct: boolean;
  readonly ownTerminals: boolean;
}

function linksOf(has: Parties): readonly LinkName[] {
  return [
    "235",
    "cable",
    "234",
    "236",
    ...(has.headEndPaymentServer ? (["237"] as const) : []),
    ...(has.direct ? (["238"] as const) : []),
    ...(has.concentrator ? (["LAN"] as const) : []),
    "line",
    ...(has.ownTerminals ? (["SAM"] as const) : []),
    ...(has.loading ? (["HSM"] as const) : []),
    "batch",
  ];
}

function logsOf(has: Parties): readonly RoleName[] {
  return [
    "set-top-box",
    "head-end",
    "payment-server",
    ...(has.headEndPaymentServer ? (["head-end-payment-server"] as const) : []),
    ...(has.ownTerminals ? (["terminal"] as const) : []),
    "merchant",
    ...(has.loading ? (["bank-server", "load-server", "additional-server"] as const) : []),
    "concentration-point",
    "clearing-system",
  ];
}

function restartsOf(has: Parties): readonly ServerRole[] {
  return [
    "merchant",
    "payment-server",
    ...(has.headEndPaymentServer ? (["head-end-payment-server"] as const) : []),
    "head-end",
    ...(has.concentrator ? (["concentrator"] as const) : []),
    ...(has.ownTerminals ? (["terminal"] as const) : []),
    ...(has.loading ? (["bank-server", "load-server"] as const) : []),
    ...(has.ownHsm ? (["hsm"] as const) : []),
    "concentration-point",
    "clearing-system",
  ];
}

function loadSiteFacts({ encryption, ...site }: LoadSiteFields): LoadSiteFacts {
  return { ...site, suite: encryption };
}

function siteFacts(bench: Bench, site: SiteFields): SiteFacts {
  const { SITE, IDMER, origin, kind } = site;
  const some = bench.terminals.some(({ id, server }) => server === "payment-server" && isNamed(id, bench));
  const terminals = some || kind === "cable" ? servingTerminals(site, bench) : undefined;
  return { SITE, IDMER, origin, kind, profile: profileOf(site), terminals };
}

function profileOf({ comparison, encryption, confirmation, direct }: SiteFields): SaleProfile {
  return { comparison, encryption: encryption === "none" ? undefined : encryption, confirmation, direct };
}

function terminalFacts(bench: Bench, each: TerminalFields, index: number): TerminalFacts {
  const psam = psamOf(each, index, bench.psam);
  return {
    IDTERM: each.id,
    kind: each.kind,
    reach: each.reach ?? (bench.concentrator ? "concentrator" : "direct"),
    psam: psam === undefined ? "terminal" : psam.kind === "sim" ? "software" : "reader",
    server: each.server,
  };
}

/** YYMMDD, UTC. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(2, 10).replaceAll("-", "");
}
