/** A public key debit whose answer is lost: the security card keeps the session key, and confirms the late answer under it. */
import { COMPARISONS, type Comparison } from "../../../harness/core/sale-profile.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { expectChanged, newRow, readBooks } from "../product/books.ts";
import { ALGORITHMS, type Combination, siteNeed } from "../product/dimensions.ts";
import { expectNextPaid } from "../product/failed.ts";
import { theMessage } from "../support/observe.ts";

const ABOUT = { requirement: "ENC-0107-b" };
const REVERSED = "A01D";

/** Where time is dear these stand for the others. */
const ON_EVERY_BENCH: ReadonlySet<Comparison> = new Set(["psam", "head-end"]);

export const cases: readonly Case[] = COMPARISONS.map((comparison) =>
  defineCase({
    id: `PAY-RSA-LATE-${comparison.toUpperCase()}`,
    suite: "payment",
    purpose: `The lost answer of a public key card is recovered, after a power cut of the terminals too; ${comparison} compares`,
    requirements: ["ENC-0107-b"],
    owner: "psam",
    needs: {
      sites: [siteNeed(variant(comparison))],
      cards: ["rsa"],
      links: ["cable", "line"],
      restart: ["terminal"],
      database: true,
      ...(ON_EVERY_BENCH.has(comparison) ? {} : { exhaustive: true }),
    },
    async run(t) {
      const { SITE } = t.siteFor(siteNeed(variant(comparison)));
      await t.system.insertCard("rsa");
      const before = await readBooks(t);
      const fault = t.system.disturb({
        link: "cable",
        from: "set-top-box",
        message: 0xec,
        times: 1,
        act: () => "lose-link",
        what: "the connection is lost with the card's answer",
      });
      const seen = await t.system.purchase({ SITE });
      fault[Symbol.dispose]();
      t.expect.equal("answers that were lost", fault.hits, 1, { owner: "bench" });
      t.expect.that(seen.outcome.CC !== "0000", "the user is told of no success", { actual: seen.outcome.CC });
      await t.system.restart("terminal");
      const recovered = t.expect.present("recovery by the set-top box", await t.system.recover(), ABOUT);
      t.expect.completed(recovered, ABOUT);
      const { IDTRX, IDTERM, MPDA } = theMessage(t, seen, "line", "t-draw").message;
      const after = await readBooks(t);
      const codes = comparison === "psam" ? ["0000"] : ["0000", REVERSED, "0000"];
      expectChanged(t, before, after, { IDTERM, paid: MPDA, records: codes.map((CC) => [IDTRX, CC] as const) });
      const about = { ...ABOUT, owner: "server" } as const;
      t.expect.equal("the transaction", newRow(t, before, after, variant(comparison)).status, "confirmed", about);
      t.expect.equal("the sale at the merchant", (await t.system.sale(IDTRX))?.status, "released", about);
      await expectNextPaid(t, SITE);
    },
  }),
);

function variant(comparison: Comparison): Combination {
  return { comparison, encryption: undefined, algorithm: ALGORITHMS[2], sale: "internet" };
}
