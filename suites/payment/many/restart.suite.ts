/** A payment server that is killed while many buy. */
import { type Case, defineCase } from "../../define/case.ts";
import { baseSites } from "../support/base-sites.ts";
import { buyAtOnce, buyersAt, takingsOf } from "./throng.ts";

const BOXES = 8;
const DEBIT_IEP = 0x54;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-MANY-09",
    suite: "payment",
    purpose:
      "A payment server that is killed in the middle of many purchases loses nobody's money: the next purchase of each settles what is open",
    requirements: ["PS-0041-b"],
    owner: "server",
    needs: { boxes: BOXES, exhaustive: true, restart: ["payment-server"], links: ["235"] },
    async run(t) {
      const about = { requirement: "PS-0041-b" };
      const [site] = baseSites(t.facts);
      const first = t.expect.present("a base site", site);
      const buyers = await buyersAt(
        t,
        Array.from({ length: BOXES }, () => first),
      );
      const before = await takingsOf(t);
      let kills = 0;
      const kill = t.system.when({ link: "235", from: "set-top-box", message: DEBIT_IEP }, async () => {
        if (++kills === 1) await t.system.restart("payment-server");
      });
      const disturbed = await buyAtOnce(t, buyers);
      kill[Symbol.dispose]();
      t.expect.that(kills > 0, "it was killed while a card was debited", about);
      const again = await buyAtOnce(t, buyers);
      for (const [index, { outcome }] of again.purchases.entries()) {
        t.expect.equal(`how the next purchase at box ${index + 1} ended (CC)`, outcome.CC, "0000", about);
      }
      const lost = disturbed.purchases.map(({ before: was }, index) => {
        const is = t.expect.present("card", again.purchases[index]).after;
        return was.BALIEP - is.BALIEP;
      });
      const { amount } = await takingsOf(t);
      const sum = lost.reduce((total, each) => total + each, 0);
      t.expect.equal("rise of the PSAM totals over both (minor units)", amount - before.amount, sum, about);
      for (const [index, { MPDA }] of again.purchases.entries()) {
        t.expect.oneOf(`what the card in box ${index + 1} lost in both`, lost[index], [MPDA, 2 * MPDA], about);
      }
    },
  }),
];
