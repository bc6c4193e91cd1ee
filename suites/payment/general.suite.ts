/** What holds of the system as a whole and shows in one purchase: who speaks where, and what may be replaced. */

import { toHex } from "../../harness/core/bytes.ts";
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import { type Case, defineCase } from "../define/case.ts";
import { standardItem } from "./support/merchant-site.ts";
import { confOf } from "./support/merchant-word.ts";
import { expectMoved, readAccounts } from "./support/money.ts";
import { allOf, messagesOn, theMessage, thePage } from "./support/observe.ts";

const suite = "payment";

/** The two roles that speak on each link. */
const ENDS: Readonly<Partial<Record<LinkName, readonly RoleName[]>>> = {
  cable: ["set-top-box", "head-end"],
  "234": ["head-end", "merchant"],
  "236": ["head-end", "payment-server"],
  "235": ["set-top-box", "card"],
  LAN: ["payment-server", "concentrator"],
  line: ["concentrator", "payment-server", "terminal"],
  SAM: ["terminal", "psam"],
};

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-GEN-01",
    suite,
    purpose:
      "Set-top box, head end, merchant and payment server take part in a purchase as roles of their own, each on its links",
    requirements: ["GEN-0025-a", "MS-C3"],
    owner: "server",
    needs: { links: ["cable", "234", "235", "236"] },
    async run(t) {
      const seen = await t.system.purchase();
      t.expect.completed(seen);
      for (const link of t.facts.offers.links.filter((each) => ENDS[each] !== undefined)) {
        const speakers = new Set(messagesOn(seen, link).map(({ from }) => from));
        const known = ENDS[link] ?? [];
        const requirement = link === "234" || link === "236" ? "MS-C3" : "GEN-0025-a";
        t.expect.equal(`roles that spoke on link ${link}`, speakers.size, 2, { requirement });
        for (const role of speakers) t.expect.oneOf(`who speaks on link ${link}`, role, known, { requirement });
      }
      t.note("The head end payment server belongs to purchases from the cable provider, a flow of its own.");
    },
  }),
  defineCase({
    id: "PAY-GEN-02",
    suite,
    purpose: "For an Internet purchase the merchant payment server works the security card and stores the transaction",
    requirements: ["GEN-0026-a"],
    owner: "server",
    needs: { links: ["cable", "234", "236", "line"], database: true },
    async run(t) {
      const about = { requirement: "GEN-0026-a" };
      const before = await readAccounts(t);
      const seen = await t.system.purchase();
      t.expect.completed(seen, about);
      t.expect.order(seen, ["612", "686", "694", "616", "622", "624", "628", "634"], about);
      const { IDTRX, MPDA } = thePage(t, seen, about).page;
      const draw = theMessage(t, seen, "line", "t-draw", about);
      t.expect.equal("transaction on the terminal's line", draw.message.IDTRX, IDTRX, { ...about, at: draw.event });
      const row = t.expect.present("the payment server's transaction", await t.system.transaction(IDTRX), about);
      t.expect.equal("status and amount that it stores", [row.status, row.MPDA], ["confirmed", MPDA], about);
      t.expect.oneOf("terminal that it stores", row.IDTERM, t.system.terminals(), about);
      t.expect.present("the security card's transaction number that it stores", row.NTPSAM, about);
      expectMoved(t, before, await readAccounts(t), MPDA, about);
    },
  }),
  defineCase({
    id: "PAY-GEN-03",
    suite,
    purpose: "Debit and debit IEP, success and debit response, confirmation and debit result are one message type each",
    requirements: ["GEN-0070"],
    owner: "server",
    needs: { links: ["cable", "234", "236"] },
    async run(t) {
      const about = { requirement: "GEN-0070" };
      const seen = await t.system.purchase();
      const debit = theMessage(t, seen, "236", "debit-command", about);
      const debitIep = theMessage(t, seen, "cable", "debit-command", about);
      t.expect.equal("debit on both of its links", debitIep.message, debit.message, { ...about, at: debitIep.event });
      const response = theMessage(t, seen, "cable", "debit-response", about);
      const success = theMessage(t, seen, "236", "debit-response", about);
      t.expect.equal("debit response on both of its links", success.message, response.message, {
        ...about,
        at: success.event,
      });
      t.expect.equal("debit results", allOf(seen, "236", "debit-result").length, 1, about);
      const result = theMessage(t, seen, "236", "debit-result", about);
      const posted = messagesOn(seen, "234", "head-end").find(({ step }) => step === "636");
      const form = new TextDecoder().decode(t.expect.present("confirmation on link 234", posted, about).bytes);
      t.expect.that(
        form.toUpperCase().includes(toHex(confOf(result.message))),
        "the confirmation is the debit result's",
        {
          ...about,
          at: posted,
        },
      );
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-GEN-04",
    suite,
    purpose: "What a role has stored does not depend on its memory: a merchant started again concludes an earlier sale",
    requirements: ["GEN-0161-b"],
    owner: "server",
    needs: { links: ["234", "236"], restart: ["merchant"] },
    async run(t) {
      const about = { requirement: "GEN-0161-b" };
      const before = await readAccounts(t);
      const { price } = standardItem(t);
      using restarted = t.system.when({ link: "236", from: "head-end", message: 0xea }, () =>
        t.system.restart("merchant"),
      );
      const seen = await t.system.purchase();
      t.expect.equal("restarts between page and confirmation", restarted.hits, 1);
      t.expect.completed(seen, about);
      const { IDTRX } = thePage(t, seen, about).page;
      t.expect.equal("sale", (await t.system.sale(IDTRX))?.status, "released", about);
      expectMoved(t, before, await readAccounts(t), price, about);
    },
  }),
  defineCase({
    id: "PAY-GEN-05",
    suite,
    purpose:
      "Any card that stores value and gives it away on command is taken: a second one pays at the same set-top box",
    requirements: ["GEN-0164-a"],
    owner: "server",
    needs: { cards: ["specimen", "second"], links: ["235"] },
    async run(t) {
      const about = { requirement: "GEN-0164-a" };
      const { price } = standardItem(t);
      const first = (await t.system.readPurse()).IDIEP;
      t.expect.completed(await t.system.purchase(), about);
      await t.system.insertCard("second");
      const before = await readAccounts(t);
      t.expect.that(before.purse.IDIEP !== first, "the second card is another one", { actual: before.purse.IDIEP });
      t.expect.completed(await t.system.purchase(), about);
      expectMoved(t, before, await readAccounts(t), price, about);
    },
  }),
];
