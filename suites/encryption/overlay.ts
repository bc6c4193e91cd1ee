/**
 * The encryption layer lies over every variant, in both suites: one table of what must hold (topics), and for each topic a
 * case for each of the eight. Outside of the pairwise selection a case runs only where time costs nothing.
 */
import type { Owner } from "../../harness/core/errors.ts";
import type { CipherSuite, Comparison } from "../../harness/core/sale-profile.ts";
import type { Order, PurchaseObservation, SiteFacts } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase, type Needs } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { casesOf, product } from "../define/product.ts";
import type { SiteNeed } from "../define/site-need.ts";

/** Who compares S3: FIG 4 to 7. */
export interface Figure {
  readonly id: "FIG4" | "FIG5" | "FIG6" | "FIG7";
  readonly comparison: Comparison;
}

export interface Suite {
  readonly id: "AES" | "3DES";
  readonly encryption: CipherSuite;
}

export const FIGURES: readonly Figure[] = [
  { id: "FIG4", comparison: "psam" },
  { id: "FIG5", comparison: "payment-server" },
  { id: "FIG6", comparison: "head-end" },
  { id: "FIG7", comparison: "merchant" },
];

export const SUITES: readonly Suite[] = [
  { id: "AES", encryption: "AES-128-GCM" },
  { id: "3DES", encryption: "3DES-CBC-MAC" },
];

/** The figures in which the payment server decides, so that debit results C and M pass (820). */
export const WITH_RESULTS: readonly Figure["id"][] = ["FIG4", "FIG5"];

/** One of the eight sites of that kind. */
export interface Overlay extends Pick<SiteFacts, "SITE" | "IDMER" | "kind"> {
  readonly figure: Figure["id"];
  readonly suite: CipherSuite;
}

/** What must hold under the layer. */
export type Topic = TopicOutline & (Script | Look);

interface TopicOutline extends Pick<Case, "purpose" | "requirements" | "timeoutMs"> {
  /** Of the case ids: "802-A" gives ENC-802-A-FIG4-AES and its seven siblings. */
  readonly id: string;
  readonly owner: Owner;
  /** All when absent. */
  readonly figures?: readonly Figure["id"][];
  /** Both when absent. */
  readonly suites?: readonly Suite["id"][];
  /** Beside site and keys. */
  readonly needs?: Needs;
}

/** `about` names the first requirement of the topic. */
interface Script {
  readonly run: (t: CaseContext, site: Overlay, about: About) => Promise<void>;
}

/** What there is to see in one purchase that nothing disturbs; it must have completed too. */
interface Look {
  readonly look: (t: CaseContext, seen: PurchaseObservation, about: About, site: Overlay) => void | Promise<void>;
}

/** `kind`: merchants on the Internet, or the cable provider himself. */
export function overlayCases(topics: readonly Topic[], kind: SiteFacts["kind"] = "internet"): Case[] {
  const combinations = product({ topic: topics, figure: FIGURES, suite: SUITES }).filter(
    ({ topic: { figures, suites }, figure, suite }) =>
      (figures ?? [figure.id]).includes(figure.id) && (suites ?? [suite.id]).includes(suite.id),
  );
  return casesOf("ENC", combinations, ({ topic, figure, suite }, id) => {
    const { purpose, requirements, owner, timeoutMs } = topic;
    const need = layerSite(figure.comparison, suite.encryption, kind);
    return defineCase({
      id,
      suite: "encryption",
      purpose: `${purpose} (${words(figure)}, ${suite.encryption})`,
      requirements,
      owner,
      needs: { ...topic.needs, keys: true, sites: [need, ...(topic.needs?.sites ?? [])] },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      async run(t) {
        const { SITE, IDMER } = t.siteFor(need);
        await follow(t, topic, { SITE, IDMER, kind, figure: figure.id, suite: suite.encryption });
      },
    });
  });
}

async function follow(t: CaseContext, topic: Topic, site: Overlay): Promise<void> {
  const [requirement] = topic.requirements;
  const about = requirement === undefined ? {} : { requirement };
  if ("run" in topic) return await topic.run(t, site, about);
  const seen = await buy(t, site);
  await topic.look(t, seen, about, site);
  t.expect.completed(seen, about);
}

/** A site with the layer, and with nothing else agreed. */
export function layerSite(
  comparison: Comparison,
  encryption: CipherSuite,
  kind: SiteFacts["kind"] = "internet",
): SiteNeed {
  return { kind, comparison, encryption, confirmation: "sealed", direct: false };
}

/** A purchase at the site of the case; its first item. */
export async function buy(t: CaseContext, { SITE }: Overlay, order: Order = {}): Promise<PurchaseObservation> {
  return await t.system.purchase({ SITE, ...order });
}

function words({ id }: Figure): string {
  return `FIG ${id.slice(3)}`;
}
