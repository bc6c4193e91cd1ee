/** Claims 10 and 11: in the cable system too the payment server, the head end, or its merchant module compares S3. */
import { toHex } from "../../harness/core/bytes.ts";
import type { RoleName } from "../../harness/core/trace.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { type Change, flipLast, inElement, setTo } from "../payment/support/alter.ts";
import { type Accounts, expectConserved, newDebits, suspendedCount } from "../payment/support/money.ts";
import { allOf, logsOf, messagesOn, theMessage } from "../payment/support/observe.ts";
import { debitOf } from "../payment/variants/variant.ts";
import {
  buy,
  expectBooked,
  expectNothingReleased,
  expectSold,
  itemOf,
  needing,
  readShop,
  thePage,
  theShop,
} from "./shop.ts";

const suite = "cable";

interface Comparer {
  readonly id: string;
  readonly requirement: string;
  readonly comparison: "payment-server" | "head-end" | "merchant";
  readonly COMPARE: number;
  readonly role: RoleName;
  readonly step: string;
  readonly who: string;
}

/** The merchant of a cable sale is the head end, which so has two ways to compare (claim 11). */
const COMPARERS: readonly Comparer[] = [
  {
    id: "C10",
    requirement: "PAY-CABLE-C10",
    comparison: "payment-server",
    COMPARE: 1,
    role: "head-end-payment-server",
    step: "710",
    who: "The head end payment server",
  },
  {
    id: "C11",
    requirement: "PAY-CABLE-C11",
    comparison: "head-end",
    COMPARE: 2,
    role: "head-end",
    step: "732",
    who: "The head end",
  },
  {
    id: "C11-MODULE",
    requirement: "PAY-CABLE-C11",
    comparison: "merchant",
    COMPARE: 3,
    role: "head-end",
    step: "754",
    who: "The head end's merchant module",
  },
];

const links = ["cable", "237", "235", "line"] as const;

export const cases: readonly Case[] = [
  ...COMPARERS.map((comparer) =>
    defineCase({
      id: `CAB-${comparer.id}-01`,
      suite,
      purpose: `${comparer.who} compares each card's answer with the one that this very card must give, and nobody asks the terminal again`,
      requirements: [comparer.requirement],
      owner: "server",
      needs: needing(
        { secretKeyCard: true, links, logs: [comparer.role], keys: true, database: true },
        comparer.comparison,
      ),
      async run(t) {
        const { role, requirement, step, COMPARE, comparison } = comparer;
        const about = { requirement };
        const shop = theShop(t, comparison);
        for (const which of ["first", "second"]) {
          await t.step(`${which} purchase`, async () => {
            const before = await readShop(t, shop);
            const seen = await buy(t, {}, comparison);
            const { IDTRX, due } = debitOf(t, seen, about);
            const page = thePage(t, seen, about);
            t.expect.equal("who compares, on the page", page.message.COMPARE, COMPARE, { ...about, at: page.event });
            const compared = logsOf(seen, role, "signatures-compared");
            const said = compared.map((entry) => [entry.step, entry.IDTRX, entry.fields.equal]);
            t.expect.equal("comparisons in the log", said, [[step, IDTRX, true]], { ...about, at: compared[0] });
            const { CARDRSP } = theMessage(t, seen, "cable", "debit-response", about).message;
            t.expect.equal("the card's answer", toHex(CARDRSP), due, { ...about, owner: "card" });
            const rows = await t.system.transactions("head-end-payment-server");
            const row = rows.find((each) => each.IDTRX === IDTRX);
            t.expect.equal("who compares, in the database", row?.COMPARE, COMPARE, about);
            t.expect.equal("expected answer in the database", row?.expectedResponse?.toUpperCase(), due, about);
            t.expect.equal("responses at the terminal", allOf(seen, "line", "t-response").length, 0, about);
            await expectSold(t, before, seen, itemOf(t, undefined, shop).price, about);
          });
        }
      },
    }),
  ),
  ...COMPARERS.map((comparer) =>
    defineCase({
      id: `CAB-${comparer.id}-02`,
      suite,
      purpose: `An answer that differs in one bit, twice, is unequal for ${inWords(comparer)}: nothing is released until the card's own answer comes`,
      requirements: [comparer.requirement],
      owner: "server",
      needs: needing({ links, logs: [comparer.role] }, comparer.comparison),
      run: (t) => expectUnequal(t, comparer, "one bit of S3 is altered", inElement("CARDRSP", flipLast)),
    }),
  ),
  ...COMPARERS.map((comparer) =>
    defineCase({
      id: `CAB-${comparer.id}-03`,
      suite,
      purpose: `The genuine answer of an earlier purchase is unequal for ${inWords(comparer)}`,
      requirements: [comparer.requirement],
      owner: "server",
      needs: needing({ links, logs: [comparer.role] }, comparer.comparison),
      async run(t) {
        const earlier = await buy(t, {}, comparer.comparison);
        t.expect.completed(earlier);
        const { CARDRSP } = theMessage(t, earlier, "cable", "debit-response").message;
        await expectUnequal(
          t,
          comparer,
          "the answer is that of an earlier purchase",
          inElement("CARDRSP", setTo(CARDRSP)),
        );
      },
    }),
  ),
  ...COMPARERS.map((comparer) =>
    defineCase({
      id: `CAB-${comparer.id}-04`,
      suite,
      purpose: `An answer without any signature decides nothing for ${inWords(comparer)}, and releases nothing`,
      requirements: [comparer.requirement],
      owner: "server",
      needs: needing({ links, logs: ["head-end"] }, comparer.comparison),
      async run(t) {
        const about = { requirement: comparer.requirement };
        const shop = theShop(t, comparer.comparison);
        const before = await readShop(t, shop);
        using fault = t.system.disturb({
          link: "cable",
          from: "set-top-box",
          message: 0xec,
          act: inElement("CARDRSP", setTo(new Uint8Array(0))),
          what: "the card's signature is lost",
        });
        const seen = await buy(t, {}, comparer.comparison);
        t.expect.that(fault.hits > 0, "answers lost their signature");
        fault[Symbol.dispose]();
        t.expect.refused(seen, "A01A", about);
        await expectNothingReleased(t, seen, "open", about);
        await expectRecovered(t, comparer, before, seen.outcome.IDTRX);
      },
    }),
  ),
];

function inWords({ who }: Comparer): string {
  return who.replace(/^The/, "the");
}

async function expectUnequal(t: CaseContext, comparer: Comparer, what: string, act: Change): Promise<void> {
  const { requirement, role, comparison } = comparer;
  const about = { requirement };
  const before = await readShop(t, theShop(t, comparison));
  using fault = t.system.disturb({ link: "cable", from: "set-top-box", message: 0xec, act, what });
  const seen = await buy(t, {}, comparison);
  t.expect.equal("answers that were altered", fault.hits, 2, about);
  fault[Symbol.dispose]();
  const found = logsOf(seen, role, "signatures-compared").map(({ fields }) => fields.equal);
  t.expect.equal("what the comparisons find", found, [false, false], about);
  t.expect.refused(seen, "A01A", about);
  t.expect.equal("debit results", allOf(seen, "237", "debit-result").length, 0, about);
  const released = logsOf(seen, "head-end", "item-released");
  t.expect.equal("releases", released.length, 0, { ...about, at: released[0] });
  await expectNothingReleased(t, seen, "open", about);
  const debits = messagesOn(seen, "235", "set-top-box").filter(({ bytes }) => bytes[1] === 0x54);
  t.expect.equal("DEBIT IEP commands", debits.length, 1, about);
  await expectRecovered(t, comparer, before, seen.outcome.IDTRX);
}

/** Debited, kept for a late answer, in no totals; and the answer that the set-top box has kept settles it. */
async function expectRecovered(
  t: CaseContext,
  { requirement, comparison }: Comparer,
  before: Accounts,
  IDTRX: string | undefined,
): Promise<void> {
  const about = { requirement };
  const shop = theShop(t, comparison);
  await expectBooked(t, IDTRX, "unresolved", "open", about);
  const between = await readShop(t, shop);
  t.expect.equal("debits of the card", newDebits(before, between).length, 1, about);
  const { price } = itemOf(t, undefined, shop);
  t.expect.equal("amount in suspense", expectConserved(t, before, between, about), price, about);
  t.expect.equal("transactions kept for it", suspendedCount(between) - suspendedCount(before), 1, about);
  const recovered = t.expect.present("recovery by the set-top box", await t.system.recover(), about);
  await expectSold(t, before, recovered, price, about);
}
