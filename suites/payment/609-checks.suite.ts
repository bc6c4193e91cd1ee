/** FIG 4, step 609 ([0075]; messages.md 3): currency, expiry and balance are checked before the draw request leaves. */
import { fromHex, uintToBytes } from "../../harness/core/bytes.ts";
import type { Disturbance, PurseReading, SystemFacts } from "../../harness/flows/system.ts";
import { encodeMessage, parseMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { baseItems } from "./support/base-sites.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { theDrawRequest } from "./support/raw.ts";
import { expectCheckFailed, expectUntouched, expectUntouchedThenSpecimen } from "./support/stopped.ts";

const DEXPIEP_OFFSET = 9;
const BALIEP_OFFSET = 12;
const CEXPIEP_OFFSET = 18;

const ALL_FAILURES = ["PAY-BASE-609-g", "PAY-BASE-609-h"] as const;
const LINKS = ["235", "cable", "234", "236"] as const;

/** The day `days` after a YYMMDD. */
function dayAfter(YYMMDD: string, days: number): string {
  const [year, month, day] = [0, 2, 4].map((at) => Number(YYMMDD.slice(at, at + 2)));
  const date = new Date(Date.UTC(2000 + (year ?? 0), (month ?? 1) - 1, (day ?? 1) + days));
  return date.toISOString().slice(2, 10).replaceAll("-", "");
}

/** The head end hears an INITRSP with `value` at `offset` from the next card. */
function cardSays(t: CaseContext, offset: number, value: Uint8Array, what: string): Disturbance {
  return t.system.disturb({
    link: "cable",
    from: "set-top-box",
    message: 0xe3,
    times: 1,
    act: (bytes) => {
      const message = parseMessage(bytes);
      if (message.kind !== "card-information") return bytes;
      const INITRSP = message.INITRSP.slice();
      INITRSP.set(value, offset);
      return encodeMessage({ ...message, INITRSP });
    },
    what,
  });
}

/** An order that costs exactly `total` in the purse's currency; inconclusive when the catalogue has none. */
function orderFor(facts: SystemFacts, purse: PurseReading, total: number) {
  for (const { SITE, ITEM, price, CURR, CEXP } of baseItems(facts)) {
    const QUANTITY = total / price;
    const isSame = CURR === purse.CURRIEP && CEXP === purse.CEXPIEP;
    if (isSame && Number.isInteger(QUANTITY) && QUANTITY >= 1 && QUANTITY <= 255) return { SITE, ITEM, QUANTITY };
  }
  return inconclusive(`nothing in the catalogue can be ordered for exactly ${total} minor units`, "bench");
}

/** With a card of that kind the purchase ends at the check. */
async function refusedCard(t: CaseContext, kind: "expired" | "other-currency", CC: string, requirement: string) {
  await t.system.insertCard(kind);
  const before = await readAccounts(t);
  await expectCheckFailed(t, await t.system.purchase(), CC, requirement);
  await expectUntouchedThenSpecimen(t, before, { requirement });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-609-04",
    suite: "payment",
    purpose: "A purse in another currency than the sale's is refused before the draw request, and the user is told",
    requirements: ["PAY-BASE-609-d", ...ALL_FAILURES],
    owner: "server",
    needs: { cards: ["other-currency", "specimen"], links: LINKS, logs: ["head-end"] },
    run: (t) => refusedCard(t, "other-currency", "A013", "PAY-BASE-609-d"),
  }),
  defineCase({
    id: "PAY-609-05",
    suite: "payment",
    purpose: "A purse whose amounts have other decimals than the sale's is refused before the draw request",
    requirements: ["PAY-BASE-609-d", ...ALL_FAILURES],
    owner: "server",
    needs: { links: LINKS, logs: ["head-end"] },
    async run(t) {
      const before = await readAccounts(t);
      const CEXPIEP = before.purse.CEXPIEP === 0 ? 1 : before.purse.CEXPIEP - 1;
      cardSays(t, CEXPIEP_OFFSET, Uint8Array.of(CEXPIEP), `the card states ${CEXPIEP} decimals`);
      await expectCheckFailed(t, await t.system.purchase(), "A013", "PAY-BASE-609-d");
      await expectUntouched(t, before, { requirement: "PAY-BASE-609-d" });
    },
  }),
  defineCase({
    id: "PAY-609-06",
    suite: "payment",
    purpose: "An expired card is refused before the draw request, and the user is told",
    requirements: ["PAY-BASE-609-e", ...ALL_FAILURES],
    owner: "server",
    needs: { cards: ["expired", "specimen"], links: LINKS, logs: ["head-end"] },
    run: (t) => refusedCard(t, "expired", "A012", "PAY-BASE-609-e"),
  }),
  defineCase({
    id: "PAY-609-07",
    suite: "payment",
    purpose: "A card whose last day was yesterday is refused before the draw request",
    requirements: ["PAY-BASE-609-e", ...ALL_FAILURES],
    owner: "server",
    needs: { links: LINKS, logs: ["head-end"] },
    async run(t) {
      const before = await readAccounts(t);
      cardSays(t, DEXPIEP_OFFSET, fromHex(dayAfter(t.facts.today, -1)), "the card's last day was yesterday");
      await expectCheckFailed(t, await t.system.purchase(), "A012", "PAY-BASE-609-e");
      await expectUntouched(t, before, { requirement: "PAY-BASE-609-e" });
    },
  }),
  defineCase({
    id: "PAY-609-08",
    suite: "payment",
    purpose: "A card on its last day passes the checks: its draw request leaves",
    requirements: ["PAY-BASE-609-e"],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      const before = await readAccounts(t);
      cardSays(t, DEXPIEP_OFFSET, fromHex(t.facts.today), "the card's last day is today");
      const seen = await t.system.purchase();
      theDrawRequest(t, seen, { requirement: "PAY-BASE-609-e" });
      t.expect.equal("amount in suspense", expectConserved(t, before, await readAccounts(t)), 0);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-609-09",
    suite: "payment",
    purpose: "A balance of exactly the total cost is enough: the purchase empties the purse",
    requirements: ["PAY-BASE-609-f"],
    owner: "server",
    needs: { cards: ["poor", "specimen"], links: LINKS },
    async run(t) {
      const about = { requirement: "PAY-BASE-609-f" };
      await t.system.insertCard("poor");
      const before = await readAccounts(t);
      const { BALIEP } = before.purse;
      const seen = await t.system.purchase(orderFor(t.facts, before.purse, BALIEP));
      theDrawRequest(t, seen, about);
      t.expect.completed(seen, about);
      expectMoved(t, before, await readAccounts(t), BALIEP, about);
      await t.system.insertCard("specimen");
    },
  }),
  defineCase({
    id: "PAY-609-10",
    suite: "payment",
    purpose: "A balance one minor unit below the total cost is refused before the draw request, and the user is told",
    requirements: ["PAY-BASE-609-f", ...ALL_FAILURES],
    owner: "server",
    needs: { cards: ["poor", "specimen"], links: LINKS, logs: ["head-end"] },
    async run(t) {
      await t.system.insertCard("poor");
      const before = await readAccounts(t);
      const seen = await t.system.purchase(orderFor(t.facts, before.purse, before.purse.BALIEP + 1));
      await expectCheckFailed(t, seen, "A014", "PAY-BASE-609-f");
      await expectUntouchedThenSpecimen(t, before, { requirement: "PAY-BASE-609-f" });
    },
  }),
  defineCase({
    id: "PAY-609-11",
    suite: "payment",
    purpose: "Any amount of a large balance is compared in all its digits: one minor unit decides",
    requirements: ["PAY-BASE-609-f"],
    owner: "server",
    needs: { links: LINKS, logs: ["head-end"] },
    async run(t) {
      const before = await readAccounts(t);
      const price = t.expect.present("an item in the catalogue", t.facts.catalogue[0]).price;
      cardSays(t, BALIEP_OFFSET, uintToBytes(price - 1, 4), "the card states a balance one unit below the price");
      await expectCheckFailed(t, await t.system.purchase(), "A014", "PAY-BASE-609-f");
      cardSays(t, BALIEP_OFFSET, uintToBytes(price, 4), "the card states a balance of exactly the price");
      theDrawRequest(t, await t.system.purchase(), { requirement: "PAY-BASE-609-f" });
      t.expect.equal("amount in suspense", expectConserved(t, before, await readAccounts(t)), 0);
      await expectNextPurchaseWorks(t, before);
    },
  }),
];
