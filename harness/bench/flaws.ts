/** What is wrong between the fields of a bench description, each of which is right by itself. */

import type { LoadSiteFields } from "./loading-fields.ts";
import { psamOf, type SitesAndTerminals, serverOf, servingTerminals } from "./serving.ts";
import type { SiteFields } from "./site-fields.ts";
import { type DeviceSpec, isOwnPsamCard } from "./spec.ts";

export interface BenchFlaw {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** As much of a bench as flaws are looked for in. */
interface Described extends SitesAndTerminals {
  readonly kind: "inproc" | "virtual-lab" | "lab";
  readonly card: DeviceSpec;
  readonly psam: DeviceSpec;
  readonly concentrator: boolean;
  readonly paymentServer: { readonly host: string; readonly port: number };
  readonly headEndPaymentServer: { readonly host: string; readonly port: number };
  readonly headEnd: { readonly trusted: boolean };
  readonly clockStart?: string | undefined;
  readonly catalogue: readonly { readonly SITE: string }[];
  readonly loadSites: readonly LoadSiteFields[];
  readonly hsm: { readonly port: number; readonly external: boolean };
  readonly cardsAtHand: readonly { readonly kind: string; readonly label: string }[];
}

/** The virtual reader has five slots: the card's, one for a PSAM that speaks vpcd, and these. */
const PSAM_SLOTS = 3;

export function benchFlaws(bench: Described): readonly BenchFlaw[] {
  return [
    ...terminalFlaws(bench),
    ...siteFlaws(bench),
    ...loadSiteFlaws(bench),
    ...catalogueFlaws(bench),
    ...addressFlaws(bench),
    ...kindFlaws(bench),
    ...handFlaws(bench),
  ];
}

/** A hand is of use at a reader that only a person can serve; of each kind one card is enough. */
function handFlaws({ card, cardsAtHand }: Described): BenchFlaw[] {
  if (cardsAtHand.length === 0) return [];
  if (card.kind !== "pcsc" && card.kind !== "serial") {
    const message =
      "expected none: the harness puts the cards of this bench in itself (only pcsc: and serial: need a hand)";
    return [{ path: ["cardsAtHand"], message }];
  }
  const kinds = cardsAtHand.map(({ kind }) => kind);
  const labels = cardsAtHand.map(({ label }) => label);
  return cardsAtHand.flatMap(({ kind, label }, index) => [
    ...(kinds.indexOf(kind) === index
      ? []
      : [{ path: ["cardsAtHand", index, "kind"], message: "expected another kind: this one is there" }]),
    ...(labels.indexOf(label) === index
      ? []
      : [{ path: ["cardsAtHand", index, "label"], message: "expected another label: a card has this one" }]),
  ]);
}

/** A load site has a name and an identifier of its own, also among the shops, and its origin is nobody else's. */
function loadSiteFlaws({ sites, loadSites }: Described): BenchFlaw[] {
  return loadSites.flatMap((site, index) => {
    const flaws: BenchFlaw[] = [];
    const issue = (field: keyof LoadSiteFields, message: string) =>
      flaws.push({ path: ["loadSites", index, field], message });
    const others = [...sites, ...loadSites.slice(0, index)];
    if (others.some(({ SITE }) => SITE === site.SITE)) issue("SITE", "expected another name: this one is taken");
    if (others.some(({ origin }) => origin === site.origin && !/:0$/.test(origin))) {
      issue("origin", "expected another origin: this one is taken");
    }
    if (sites.some(({ IDMER }) => IDMER === site.IDMER)) issue("IDMER", "expected another: a shop has this one");
    if (site.direct && site.source === "bank") issue("direct", "only a pre-funded load has no page over the Internet");
    if (site.keeps && site.source !== "bank") issue("keeps", "only a bank can settle by itself");
    if (site.additionalServer && site.source === "bank") {
      issue("additionalServer", "the confirmation of a load from a bank account goes to the bank server");
    }
    const accounts = site.accounts.map(({ ACCOUNT }) => ACCOUNT);
    const twin = accounts.find((ACCOUNT, at) => accounts.indexOf(ACCOUNT) !== at);
    if (twin !== undefined) issue("accounts", `account ${twin} is there twice`);
    return flaws;
  });
}

function catalogueFlaws({ sites, catalogue }: Described): BenchFlaw[] {
  const names = new Set(sites.map((site) => site.SITE));
  return catalogue.flatMap(({ SITE }, index) =>
    names.has(SITE)
      ? []
      : [{ path: ["catalogue", index, "SITE"], message: `expected one of the sites: ${[...names].join(", ")}` }],
  );
}

function terminalFlaws({ terminals, concentrator, psam }: Described): BenchFlaw[] {
  const flaws: BenchFlaw[] = [];
  const ids = terminals.map(({ id }) => id);
  const psams = terminals.map((each, index) => psamOf(each, index, psam));
  for (const [index, { id, reach }] of terminals.entries()) {
    const issue = (field: string, message: string) => flaws.push({ path: ["terminals", index, field], message });
    if (ids.indexOf(id) !== index) issue("id", "expected another id: this one is taken");
    if (reach === "concentrator" && !concentrator) issue("reach", "expected direct: this bench has no concentrator");
    const [own, earlier] = [psams[index], psams.slice(0, index)];
    const isOwn = own !== undefined && isOwnPsamCard(own);
    if (isOwn && earlier.filter((each) => each !== undefined && isOwnPsamCard(each)).length >= PSAM_SLOTS) {
      issue("psam", `expected sim: the virtual reader has room for ${PSAM_SLOTS} security cards`);
    }
    if (own?.kind === "vpcd" && earlier.some((each) => each?.kind === "vpcd"))
      issue("psam", "expected another: one PSAM may come over vpcd");
  }
  return flaws;
}

function siteFlaws(bench: Described): BenchFlaw[] {
  return bench.sites.flatMap((site, index) => {
    const flaws = [...servingFlaws(site, bench), ...profileFlaws(site, bench), ...nameFlaws(site, bench)];
    return flaws.map(([field, message]) => ({ path: ["sites", index, field], message }));
  });
}

type FieldFlaw = readonly [field: keyof SiteFields, message: string];

function servingFlaws(site: SiteFields, bench: Described): FieldFlaw[] {
  const server = serverOf(site);
  const there = bench.terminals.filter((each) => each.server === server).map(({ id }) => id);
  if (there.length === 0) {
    return [[site.kind === "cable" ? "kind" : "SITE", `expected a terminal with "server: ${server}" for this site`]];
  }
  const strange = site.terminals?.find((id) => !there.includes(id));
  if (strange !== undefined) return [["terminals", `${strange} is none of ${server}'s: ${there.join(", ")}`]];
  if (servingTerminals(site, bench).length === 0) {
    return [["SITE", `expected a terminal for it: every one of ${server} is named by another site`]];
  }
  return [];
}

/** Confirmations in another form than the sealed one go with confirmations of the payment server, and only with those. */
function profileFlaws(site: SiteFields, { headEnd }: Described): FieldFlaw[] {
  const { comparison, encryption, confirmation, direct, kind } = site;
  const needsTrust = 'a head end that is a trusted agent: "headEnd: { trusted: yes }"';
  if (comparison === "head-end" && !headEnd.trusted) return [["comparison", `expected ${needsTrust}`]];
  if (confirmation !== "sealed" && !headEnd.trusted) return [["confirmation", `expected ${needsTrust}`]];
  if (direct && kind === "cable") return [["direct", "expected no: the head end is the merchant of this site"]];
  if (direct && confirmation !== "sealed") return [["confirmation", "expected sealed: this one is confirmed directly"]];
  if (!direct && confirmation === "sealed") return [];
  const field = direct ? "direct" : "confirmation";
  if (encryption !== "none") return [[field, "the encryption layer has its own form of the confirmation"]];
  if (comparison === "head-end" || comparison === "merchant") {
    return [[field, `the payment server confirms nothing where the ${comparison} compares`]];
  }
  return [];
}

function nameFlaws(site: SiteFields, { sites }: Described): FieldFlaw[] {
  const before = sites.slice(0, sites.indexOf(site));
  const flaws: FieldFlaw[] = [];
  if (before.some(({ SITE }) => SITE === site.SITE)) flaws.push(["SITE", "expected another name: this one is taken"]);
  const twin = before.find(({ IDMER }) => IDMER === site.IDMER);
  if (twin && agreement(twin) !== agreement(site)) {
    flaws.push(["IDMER", `expected another: ${twin.SITE} has this contract, and something else is agreed in it`]);
  }
  const ofHeadEnd = /^https:\/\/([a-z0-9-]+\.)*cable\.invalid$/.test(site.origin);
  if (site.kind === "cable" && !ofHeadEnd) {
    flaws.push(["origin", 'expected "https://cable.invalid" or "https://NAME.cable.invalid": nobody else serves it']);
  }
  const isFree = site.kind === "internet" && /:0$/.test(site.origin);
  if (!isFree && before.some(({ origin }) => origin === site.origin)) {
    flaws.push(["origin", "expected another origin: this one is taken"]);
  }
  return flaws;
}

function agreement({ kind, comparison, encryption, confirmation, direct, terminals = [] }: SiteFields): string {
  return JSON.stringify([kind, comparison, encryption, confirmation, direct, terminals]);
}

function addressFlaws({ paymentServer, headEndPaymentServer: own }: Described): BenchFlaw[] {
  const isTaken = own.port !== 0 && own.port === paymentServer.port && own.host === paymentServer.host;
  const message = "expected another address: the merchants' payment server has this one";
  return isTaken ? [{ path: ["headEndPaymentServer"], message }] : [];
}

function kindFlaws(bench: Described): BenchFlaw[] {
  const flaws: BenchFlaw[] = [];
  if (bench.hsm.external && bench.hsm.port === 0) {
    flaws.push({ path: ["hsm", "port"], message: "expected the port at which the external HSM listens" });
  }
  if (bench.kind !== "inproc" && bench.clockStart !== undefined) {
    flaws.push({ path: ["clockStart"], message: "only a bench of the kind inproc has a clock of its own" });
  }
  if (bench.kind !== "inproc") return flaws;
  if (bench.hsm.external) {
    flaws.push({
      path: ["hsm", "external"],
      message: "an inproc bench is on virtual time: nobody else can be waited for",
    });
  }
  const message = "an inproc bench has only sim devices: use the bench virtual-lab, or one of your own";
  return [...flaws, ...realDevices(bench).map((path) => ({ path, message }))];
}

/** Devices that are not in this process. */
function realDevices({ card, psam, terminals }: Described): PropertyKey[][] {
  const isReal = (each: DeviceSpec | undefined) => each !== undefined && each.kind !== "sim" && each.kind !== "reader";
  return [
    ...(isReal(card) ? [["card"]] : []),
    ...(isReal(psam) ? [["psam"]] : []),
    ...terminals.flatMap((each, index) => [
      ...(isReal(each.terminal) ? [["terminals", index, "terminal"]] : []),
      ...(isReal(each.psam) ? [["terminals", index, "psam"]] : []),
    ]),
  ];
}
