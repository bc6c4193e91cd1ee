/** A public key card that does not have the key of its certificate: whoever made it, it cannot pay. */
import { toHex } from "../../../harness/core/bytes.ts";
import { COMPARISONS, type Comparison } from "../../../harness/core/sale-profile.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { readBooks } from "../product/books.ts";
import { ALGORITHMS, type Combination, siteNeed } from "../product/dimensions.ts";
import { expectNextPaid, expectSettledRefusal } from "../product/failed.ts";
import { apdusOn } from "../support/observe.ts";

const suite = "payment";
const PRESENT = 0x58;
const DEBIT_IEP = 0x54;

/** Where time is dear these stand for the others. */
const ON_EVERY_BENCH: ReadonlySet<Comparison> = new Set(["psam", "merchant"]);

export const cases: readonly Case[] = [
  ...COMPARISONS.map((comparison) =>
    defineCase({
      id: `PAY-RSA-OTHER-KEY-${comparison.toUpperCase()}`,
      suite,
      purpose: `A card whose key is not that of its certificate is not debited, and the draw is taken back; ${comparison} compares`,
      requirements: ["ENC-0107-b"],
      owner: "card",
      needs: {
        sites: [siteNeed(variant(comparison))],
        cards: ["rsa-other-key", "specimen"],
        links: ["cable", "235", "236", "line"],
        logs: ["head-end", "merchant"],
        database: true,
        keys: true,
        ...(ON_EVERY_BENCH.has(comparison) ? {} : { exhaustive: true }),
      },
      async run(t) {
        const { SITE } = t.siteFor(siteNeed(variant(comparison)));
        await t.system.insertCard("rsa-other-key");
        const before = await readBooks(t);
        const seen = await t.system.purchase({ SITE });
        const asked = [...apdusOn(seen, "235", PRESENT), ...apdusOn(seen, "235", DEBIT_IEP)];
        const refusal = t.expect.present("the card's last answer", asked.at(-1)?.response);
        const SW = toHex(refusal.bytes);
        t.expect.oneOf("the card's last word", SW, ["9302", "9422"], { requirement: "ENC-0107-b", at: refusal });
        await expectSettledRefusal(t, variant(comparison), before, seen, SW);
        await t.system.insertCard("specimen");
        await expectNextPaid(t, SITE);
      },
    }),
  ),
];

function variant(comparison: Comparison): Combination {
  return { comparison, encryption: undefined, algorithm: ALGORITHMS[2], sale: "internet" };
}
