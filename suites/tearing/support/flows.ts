/** The flows in whose commands a card loses its power: purchases of FIG 4 to 7, and loads of FIG 15 and 17. */
import type { LoadObservation } from "../../../harness/flows/loading.ts";
import type { CardKind, PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext, Needs } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import type { LoadSiteNeed, SiteNeed } from "../../define/site-need.ts";
import { expectMoved, loadedBy, moneyOf } from "../../load/support/moved.ts";
import { debitsSince, expectConservation, readBooks } from "../../payment/support/conservation.ts";
import { completedDebit, completedLoad } from "./completed.ts";
import type { CardImage, Completed, Seen } from "./image.ts";

/** Judges the books when everything is settled; `done`: the card has completed the transaction. */
export type Settled = (done: Completed | undefined) => Promise<void>;

export interface Flow {
  /** "FIG4", "BANK". */
  readonly id: string;
  /** Of the report's matrix. */
  readonly title: string;
  readonly card: CardKind;
  readonly kind: "purchase" | "load";
  readonly requirements: readonly string[];
  readonly needs: Needs;
  act(t: CaseContext): Promise<PurchaseObservation | LoadObservation>;
  /** What the command that changes the card owes, from what was seen. */
  completed(t: CaseContext, seen: Seen, before: CardImage): Completed;
  /** Reads the books before; gives how they are judged afterwards. */
  books(t: CaseContext, about: About): Promise<Settled>;
}

const KEPT = ["AMB-RECOVERY", "CARD-0031-h", "CARD-0031-j", "CARD-0016"];
const LOADED = ["loaded"];
const NOT_LOADED = ["not-loaded", "refused", "void"];

function purchase(
  id: string,
  title: string,
  comparison: "psam" | "payment-server" | "head-end" | "merchant",
  requirement: string,
  card: CardKind = "specimen",
): Flow {
  const site: SiteNeed = { kind: "internet", comparison, encryption: undefined, confirmation: "sealed", direct: false };
  return {
    id,
    title,
    card,
    kind: "purchase",
    requirements: [requirement, "UI-514-a", ...KEPT],
    needs: { sites: [site], database: true },
    act: (t) => t.system.purchase({ SITE: t.siteFor(site).SITE }),
    completed: completedDebit,
    async books(t, about) {
      const before = await readBooks(t, t.siteFor(site));
      return async (done) => {
        const after = await readBooks(t, t.siteFor(site));
        const debits = debitsSince(before, after.purse);
        t.expect.equal("debits in the card's log", debits.length, done === undefined ? 0 : 1, about);
        expectConservation(t, before, after, debits, [], about);
      };
    },
  };
}

function load(id: string, title: string, source: "bank" | "pre-funded", requirements: readonly string[]): Flow {
  const site: LoadSiteNeed = { source, direct: false, suite: "AES-128-GCM" };
  return {
    id,
    title,
    card: "specimen",
    kind: "load",
    requirements: [...requirements, "CARD-0022-a", ...KEPT],
    needs: { loadSites: [site] },
    act: (t) => t.system.load({ SITE: t.loadSiteFor(site).SITE }),
    completed: completedLoad,
    async books(t, about) {
      const before = await moneyOf(t, t.loadSiteFor(site));
      const rows = new Set((await t.system.loads()).map(({ IDTRX }) => IDTRX));
      const kept = new Set((await t.system.heldLoads()).map(({ IDTRX }) => IDTRX));
      return async (done) => {
        await t.system.settleHolds();
        const moved = done ? loadedBy(done.record.MPDA) : {};
        expectMoved(t, before, await moneyOf(t, t.loadSiteFor(site)), moved, about);
        const ends = done === undefined ? NOT_LOADED : LOADED;
        for (const row of (await t.system.loads()).filter(({ IDTRX }) => !rows.has(IDTRX)))
          t.expect.oneOf(`status of load ${row.IDTRX} at the load server`, row.status, ends, about);
        for (const row of (await t.system.heldLoads()).filter(({ IDTRX }) => !kept.has(IDTRX)))
          t.expect.equal(`status of load ${row.IDTRX} at the account holder`, row.status, done ? "loaded" : "released");
      };
    },
  };
}

export const FLOWS: readonly Flow[] = [
  purchase("FIG4", "Torn in a purchase of FIG 4", "psam", "PAY-BASE-624-b"),
  purchase("FIG5", "Torn in a purchase of FIG 5", "payment-server", "PAY-ALT1-0106"),
  purchase("FIG6", "Torn in a purchase of FIG 6", "head-end", "PAY-ALT2-0106"),
  purchase("FIG7", "Torn in a purchase of FIG 7", "merchant", "PAY-ALT3-0106"),
  purchase("RSA", "Torn in a purchase with a public key card", "psam", "PAY-BASE-624-b", "rsa"),
  load("BANK", "Torn in a load from a bank account", "bank", ["LOAD-BANK-881-c", "LOAD-BANK-892-e", "CLR-0055"]),
  load("FUND", "Torn in a load from a pre-funded account", "pre-funded", ["LOAD-PRE-1081-c", "LOAD-PRE-1091-g"]),
];
