/** The card leaves the reader, or another one takes its place, while a purchase is under way ([0084]). */
import type { CardKind, LinkFault, PurseSystem } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectFate, type Fate, PAID, refused, unresolved } from "./altered/fate.ts";
import { disturbedPurchase, expectSettled } from "./altered/walk.ts";
import { collected, expectConserved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";

type Moment = Parameters<PurseSystem["when"]>[0];

const SELECT: Moment = { link: "235", from: "set-top-box", message: 0xa4 };
const INITIALIZE: Moment = { link: "235", from: "set-top-box", message: 0x50 };
const COMMAND: Moment = { link: "cable", from: "head-end", message: 0xeb };
const DEBIT: Moment = { link: "235", from: "set-top-box", message: 0x54 };
const ANSWER: Moment = { link: "235", from: "card", message: 0x54 };

/** The answer is lost with the contact. */
const ANSWER_LOST: LinkFault = {
  ...ANSWER,
  times: 1,
  act: () => "lose-link",
  what: "the answer is lost with the card",
};

interface Pull {
  readonly id: string;
  readonly when: string;
  readonly moment: Moment;
  /** What is in the reader after that; nothing when absent. */
  readonly instead?: CardKind;
  readonly faults?: readonly LinkFault[];
  readonly fates: readonly Fate[];
}

const LOGS = ["head-end", "payment-server", "merchant"] as const;

function pulledCase({ id, when, moment, instead, faults = [], fates }: Pull): Case {
  const what = instead === undefined ? "pulled" : "changed for another one";
  return defineCase({
    id: `PAY-PULLED-${id}`,
    suite: "payment",
    purpose: `No money is lost or made when the card is ${what} ${when}`,
    requirements: ["PAY-BASE-624-b", "AMB-RECOVERY", "PSAM-0080-c", "UI-514-a"],
    owner: "server",
    needs: { cards: ["specimen", "second"], swiftHand: true, links: ["235", "cable", "234", "line"], logs: LOGS },
    timeoutMs: 200_000,
    async run(t) {
      const other = await readOther(t);
      const before = await readAccounts(t);
      const seen = await purchaseWith(t, moment, instead, faults);
      if (instead !== undefined) await expectUntouched(t, other);
      await t.system.insertCard("specimen");
      const after = await readAccounts(t);
      const fate = expectFate(t, { before, seen, after }, fates);
      expectConserved(t, before, after, { requirement: "PSAM-0080-c" });
      await expectSettled(t, before, seen, fate);
    },
  });
}

/** At that moment, once, the card is taken out, and the other one put in. */
async function purchaseWith(
  t: CaseContext,
  moment: Moment,
  instead: CardKind | undefined,
  faults: readonly LinkFault[],
) {
  let isDone = false;
  const hook = t.system.when(moment, async () => {
    if (isDone) return;
    isDone = true;
    if (instead === undefined) await t.system.removeCard();
    else await t.system.insertCard(instead);
  });
  try {
    const { seen } = await disturbedPurchase(t, faults);
    t.expect.that(isDone, "the moment to pull the card came");
    return seen;
  } finally {
    hook[Symbol.dispose]();
  }
}

/** The second card, read before; the specimen is in the reader afterwards. */
async function readOther(t: CaseContext) {
  await t.system.insertCard("second");
  const reading = await t.system.readPurse();
  await t.system.insertCard("specimen");
  return reading;
}

async function expectUntouched(t: CaseContext, before: Awaited<ReturnType<typeof readOther>>): Promise<void> {
  const { IDIEP, BALIEP, NTIEP, log } = await t.system.readPurse();
  t.expect.equal(
    "the other card",
    { IDIEP, BALIEP, NTIEP, log },
    { IDIEP: before.IDIEP, BALIEP: before.BALIEP, NTIEP: before.NTIEP, log: before.log },
    { requirement: "UI-514-a" },
  );
}

const GONE = refused("A015", "A016");
/** Gone, and nobody can tell at that moment whether it was debited. */
const UNCERTAIN = refused("A01A", "A016", "9404");

const PULLS: readonly Pull[] = [
  { id: "SELECT", when: "before it is selected", moment: SELECT, fates: [PAID, GONE] },
  { id: "INITIALIZE", when: "before it is initialised", moment: INITIALIZE, fates: [GONE] },
  { id: "COMMAND", when: "between draw request and debit command", moment: COMMAND, fates: [GONE, UNCERTAIN] },
  { id: "DEBIT", when: "as the debit command reaches it", moment: DEBIT, fates: [UNCERTAIN] },
  {
    id: "ANSWER",
    when: "after the debit, before its answer",
    moment: ANSWER,
    faults: [ANSWER_LOST],
    fates: [unresolved()],
  },
  { id: "ANSWERED", when: "as it has answered", moment: ANSWER, fates: [PAID] },
  {
    id: "SWAP-COMMAND",
    when: "between draw request and debit command",
    moment: COMMAND,
    instead: "second",
    fates: [GONE, UNCERTAIN],
  },
  {
    id: "SWAP-DEBIT",
    when: "as the debit command reaches it",
    moment: DEBIT,
    instead: "second",
    fates: [UNCERTAIN],
  },
  {
    id: "SWAP-ANSWER",
    when: "after the debit, before its answer",
    moment: ANSWER,
    instead: "second",
    faults: [ANSWER_LOST],
    fates: [unresolved()],
  },
];

export const cases: readonly Case[] = [
  ...PULLS.map(pulledCase),
  defineCase({
    id: "PAY-PULLED-OTHER-BUYS",
    suite: "payment",
    purpose: "Another card may pay while a torn debit waits for its own card, and both are settled in the end",
    requirements: ["PAY-BASE-624-b", "AMB-RECOVERY", "PSAM-0080-c", "UI-514-a"],
    owner: "server",
    needs: { cards: ["specimen", "second"], swiftHand: true, links: ["235", "cable", "234", "line"], logs: LOGS },
    timeoutMs: 200_000,
    async run(t) {
      const before = await readAccounts(t);
      const torn = await purchaseWith(t, ANSWER, "second", [ANSWER_LOST]);
      t.expect.refused(torn, "A01A");
      const beforeOther = await readAccounts(t);
      t.expect.completed(await t.system.purchase(), { requirement: "UI-514-a" });
      expectConserved(t, beforeOther, await readAccounts(t), { requirement: "PSAM-0080-c" });
      await t.system.insertCard("specimen");
      await t.system.recover();
      const afterAll = await readAccounts(t);
      const price = t.expect.present("an item in the catalogue", t.facts.catalogue[0]).price;
      t.expect.money(before.purse, afterAll.purse, -price, { requirement: "UI-514-a" });
      t.expect.equal("rise of the PSAM totals for both cards", collected(afterAll) - collected(before), 2 * price, {
        requirement: "PSAM-0080-c",
      });
      const start = await readAccounts(t);
      await expectNextPurchaseWorks(t, start, { requirement: "PAY-BASE-624-b" });
    },
  }),
];
