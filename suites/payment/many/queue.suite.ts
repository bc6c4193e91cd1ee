/** [0041], [0091]: transactions that wait for a terminal. */
import type { RecordedEvent } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { baseSites } from "../support/base-sites.ts";
import { logsOf } from "../support/observe.ts";
import { drawsOf, expectNeverShared } from "./occupation.ts";
import { buyAtOnce, buyersAt, expectPaid, expectTakings, NO_TERMINAL, type Purchase, takingsOf } from "./throng.ts";

const BOXES = 8;
/** Debit response on the cable. */
const DEBIT_RESPONSE = 0xec;

function buyersAtBase(t: CaseContext, count: number) {
  const [site] = baseSites(t.facts);
  const first = t.expect.present("a base site", site);
  return buyersAt(
    t,
    Array.from({ length: count }, () => first),
  );
}

/** By how many that came later each transaction that got a terminal was overtaken. */
function overtakings(t: CaseContext, events: readonly RecordedEvent[]): readonly number[] {
  const served = drawsOf(t, events).map(({ IDTRX }) => IDTRX);
  const requests = logsOf(events, "payment-server", "draw-request-received").map(({ IDTRX }) => IDTRX ?? "");
  const came = requests.filter((IDTRX) => served.includes(IDTRX));
  return came.map((IDTRX, at) => {
    const before = served.slice(0, served.indexOf(IDTRX));
    return before.filter((other) => came.indexOf(other) > at).length;
  });
}

/** Lost nothing, and was told so. */
function expectRefused(t: CaseContext, { outcome, before, after }: Purchase, box: number): void {
  const about = { requirement: "PS-0091-f" };
  t.expect.equal(`how the purchase at box ${box + 1} ended (CC)`, outcome.CC, NO_TERMINAL, about);
  t.expect.money(before, after, 0, about);
  t.expect.absent(`goods or receipt at box ${box + 1}`, outcome.CONTENT, about);
  t.expect.that(outcome.shown.length > 0, `the user at box ${box + 1} is told`, about);
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-MANY-05",
    suite: "payment",
    purpose: "Who comes first is served first: nobody is overtaken by more than there are terminals",
    requirements: ["PS-0091-d", "PS-0091-f"],
    owner: "server",
    needs: { boxes: BOXES, links: ["line"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PS-0091-d" };
      const throng = await buyAtOnce(t, await buyersAtBase(t, BOXES));
      const paid = await expectPaid(t, throng, about);
      const all = overtakings(t, throng.events);
      t.expect.equal("transactions whose turn came", all.length, paid.length, about);
      const most = Math.max(...all);
      const terminals = t.system.terminals().length;
      t.expect.that(most <= terminals, `nobody is overtaken by more than ${terminals}`, { ...about, actual: all });
    },
  }),
  defineCase({
    id: "PAY-MANY-06",
    suite: "payment",
    purpose:
      "While every terminal is held by somebody who does not go on, those who wait are refused in time, lose nothing, and are served afterwards",
    requirements: ["PS-0041-d", "PS-0091-f"],
    owner: "server",
    needs: { boxes: BOXES, exhaustive: true, links: ["cable", "line"] },
    async run(t) {
      const buyers = await buyersAtBase(t, BOXES);
      const holders = t.system.terminals().length;
      const before = await takingsOf(t);
      const lost = t.system.disturb({
        link: "cable",
        from: "set-top-box",
        message: DEBIT_RESPONSE,
        act: () => [],
        what: "the card's answers are lost, and their terminals stay taken",
      });
      const { purchases, events } = await buyAtOnce(t, buyers);
      lost[Symbol.dispose]();
      t.expect.equal("answers of cards that were lost", lost.hits, holders, { requirement: "PS-0041-d" });
      expectNeverShared(t, events, { requirement: "PS-0041-d" });
      const drawn = new Set(drawsOf(t, events).map(({ IDTRX }) => IDTRX));
      const isHolder = ({ IDTRX }: Purchase) => drawn.has(IDTRX);
      for (const [box, purchase] of purchases.entries()) if (!isHolder(purchase)) expectRefused(t, purchase, box);
      const held = purchases.filter(isHolder);
      t.expect.equal("transactions that had a terminal", held.length, holders, { requirement: "PS-0041-d" });

      const again = await buyAtOnce(t, buyers);
      const about = { requirement: "PS-0091-f" };
      for (const [box, { outcome, before: was, after, MPDA }] of again.purchases.entries()) {
        t.expect.equal(`how the next purchase at box ${box + 1} ended (CC)`, outcome.CC, "0000", about);
        t.expect.money(was, after, -MPDA, about);
      }
      // what the held ones had lost is settled by their next purchase
      await expectTakings(t, before, [...again.purchases, ...held], about);
    },
  }),
];
