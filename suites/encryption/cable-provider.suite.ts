/** The layer over the cable provider's own sales (FIG 16): link 237 in place of 236, and no link 234 at all. */

import type { PurchaseObservation } from "../../harness/flows/system.ts";
import { expectSold, readShop, thePage } from "../cable/shop.ts";
import type { CaseContext } from "../define/case.ts";
import { messagesOn } from "../payment/support/observe.ts";
import { debitOf } from "../payment/variants/variant.ts";
import { allKeys, READERS } from "./0065-secrecy.suite.ts";
import { keysOfPage } from "./keys.ts";
import { buy, type Overlay, overlayCases, type Topic } from "./overlay.ts";
import { readersOf, ringsOf } from "./rings.ts";
import { sealedParts } from "./sealed-parts.ts";
import { expectHidden, INTERNET, onLinks } from "./secrets.ts";

const LINKS = ["235", "237", "cable", "line"] as const;

/** Templates on link 237, from the head end and back. */
const TWO_TRIPS = ["E4", "E5", "E5", "EF"];
const ONE_TRIP = ["E4", "E5", "E5"];

const CABLE: readonly Topic[] = [
  {
    id: "CABLE-0115",
    purpose:
      "A sale of the cable provider under the layer is paid and delivered, and every message on link 237 is sealed",
    requirements: ["ENC-0115-a", "ENC-810-b", "ENC-814"],
    owner: "server",
    needs: { links: LINKS },
    async run(t, site, about) {
      const shop = shopOf(t, site);
      const before = await readShop(t, shop);
      const seen = await buy(t, site);
      await expectSold(t, before, seen, thePage(t, seen, about).message.MPDA, about);
      const tags = messagesOn(seen, "237").map(({ bytes }) =>
        Buffer.from(bytes.subarray(0, 1)).toString("hex").toUpperCase(),
      );
      const due = site.figure === "FIG4" || site.figure === "FIG5" ? TWO_TRIPS : ONE_TRIP;
      t.expect.equal("messages on link 237", tags, due, about);
    },
  },
  {
    id: "CABLE-KEYS",
    purpose:
      "Of what passes sealed in a sale of the cable provider each party reads what the table of keys gives it, and no more",
    requirements: ["ENC-820-g", "ENC-808-c", "ENC-802-e", "AMB-ETSK-PURPOSE"],
    owner: "server",
    needs: { secretKeyCard: true, links: LINKS },
    async run(t, site) {
      const seen = await buy(t, site);
      const keys = pageKeys(t, seen, site);
      const found = readersOf(ringsOf(t, seen, keys), sealedParts(seen, keys), keys);
      t.expect.equal("who can read which element", found, READERS[site.figure], { requirement: "ENC-820-g" });
      t.expect.completed(seen);
    },
  },
  {
    id: "CABLE-0065",
    purpose: "Neither keys nor amount nor signatures of a sale of the cable provider can be read on their way",
    requirements: ["ENC-0065-a", "ENC-802-e", "ENC-806-d", "ENC-810-d", "GEN-0066-b"],
    owner: "server",
    needs: { secretKeyCard: true, links: LINKS },
    look(t, seen, about, site) {
      const { DEBITDATA, INITRSP, due } = debitOf(t, seen, about);
      const S3 = Buffer.from(due, "hex").subarray(8);
      const MPDA = Buffer.concat([Buffer.of(0xdf, 0x13, 0x04), DEBITDATA.subarray(11, 15)]);
      const contents = {
        INITRSP,
        MPDA,
        "the debit command": DEBITDATA.subarray(0, 45),
        S2: DEBITDATA.subarray(45),
        S3,
      };
      expectHidden(t, seen, contents, onLinks(...INTERNET), about);
      const { TSK, ...others } = allKeys(ringsOf(t, seen, pageKeys(t, seen, site)));
      expectHidden(t, seen, others, undefined, { requirement: "ENC-802-e" });
      const page = thePage(t, seen).event.n;
      const session = { TSK: t.expect.present("session key", TSK) };
      expectHidden(t, seen, session, ({ n }) => n !== page, { requirement: "ENC-810-d" });
    },
  },
];

export const cases = overlayCases(CABLE, "cable");

function pageKeys(t: CaseContext, seen: PurchaseObservation, site: Overlay) {
  return keysOfPage(t, thePage(t, seen).message, site);
}

function shopOf(t: CaseContext, { SITE }: Overlay) {
  const found = t.facts.sites.find((site) => site.SITE === SITE);
  return t.expect.present("the shop of the case", found, { owner: "bench" });
}
