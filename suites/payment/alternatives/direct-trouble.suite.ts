/** [0048], link 238, where something fails: merchant out of reach, card that refuses, answer that is lost. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { openedConfirmation } from "../support/merchant-word.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { allOf, logsOf, messagesOn, theMessage, thePage } from "../support/observe.ts";
import { refusedDebit } from "../support/refused-debit.ts";
import { claimsOf, DIRECT, postsOf } from "./link-238.ts";
import { expectPaidAt } from "./place.ts";

const suite = "payment";
const sites = [DIRECT];
const links = ["234", "236", "238"] as const;
const about = { requirement: "PS-0048-f" };

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-DIRECT-04",
    suite,
    purpose:
      "A merchant that cannot be reached directly gets the confirmation through the head end, and nothing is lost",
    requirements: ["PS-0048-f"],
    owner: "server",
    needs: { sites, links, keys: true, logs: ["payment-server"] },
    async run(t) {
      const { SITE } = t.siteFor(DIRECT);
      const ways = [
        ["the link is lost", "payment-server"],
        ["the answer is lost", "merchant"],
      ] as const;
      for (const [what, from] of ways) {
        const before = await readAccounts(t);
        const fault = t.system.disturb({ link: "238", from, times: 1, act: () => "lose-link", what });
        const seen = await t.step(what, () => t.system.purchase({ SITE }));
        t.expect.equal("messages that were lost", fault.hits, 1);
        fault[Symbol.dispose]();
        const { IDTRX, IDMER, MPDA } = thePage(t, seen).page;
        const { CONF } = theMessage(t, seen, "236", "debit-result", about).message;
        const sealed = t.expect.present("CONF of the debit result", CONF, about);
        const { CC } = openedConfirmation(t, { IDTRX, IDMER }, sealed, about);
        t.expect.equal("what it says", CC, "0000", about);
        const [claim] = claimsOf(seen);
        t.expect.equal(
          "what the head end posts",
          claim?.fields.get("confirmation")?.toUpperCase(),
          toHex(sealed),
          about,
        );
        t.expect.equal(
          "entries of a direct one",
          logsOf(seen, "payment-server", "confirmed-directly").length,
          0,
          about,
        );
        t.expect.completed(seen, about);
        await expectPaidAt(t, before, IDTRX, MPDA, about);
      }
    },
  }),
  defineCase({
    id: "PAY-DIRECT-05",
    suite,
    purpose:
      "A payment that the card refused is told to the merchant directly too: the sale has failed, and nothing is fetched",
    requirements: ["PS-0048-f"],
    owner: "server",
    needs: { sites, links: [...links, "cable", "235"], keys: true },
    async run(t) {
      const { SITE } = t.siteFor(DIRECT);
      const before = await readAccounts(t);
      const seen = await refusedDebit(t, { SITE });
      const { IDTRX, IDMER } = thePage(t, seen).page;
      const told = t.expect.present("post on link 238", postsOf(seen)[0], about);
      const said = openedConfirmation(t, { IDTRX, IDMER }, fromHex(told.fields.confirmation ?? ""), about);
      t.expect.equal("transaction and code", [said.IDTRX, said.CC], [IDTRX, "9404"], { ...about, at: told.event });
      const { CC, CONF } = theMessage(t, seen, "236", "debit-result", about).message;
      t.expect.equal("code and confirmation of the debit result", [CC, CONF], ["9404", undefined], about);
      t.expect.equal("claims of the head end", claimsOf(seen).length, 0, about);
      t.expect.equal("the sale", (await t.system.sale(IDTRX))?.status, "failed", about);
      t.expect.equal("results for the user", allOf(seen, "cable", "result").length, 0, about);
      t.expect.refused(seen, "9404", about);
      expectMoved(t, before, await readAccounts(t), 0, about);
      await expectNextPurchaseWorks(t, before, about, { SITE });
    },
  }),
  defineCase({
    id: "PAY-DIRECT-06",
    suite,
    purpose:
      "A recovered sale is not confirmed directly, for it has no user's session: its confirmation comes with the debit result",
    requirements: ["PS-0048-f"],
    owner: "server",
    needs: { sites, links, keys: true },
    async run(t) {
      const { SITE } = t.siteFor(DIRECT);
      const before = await readAccounts(t);
      const lost = t.system.disturb({
        link: "236",
        from: "head-end",
        message: 0xec,
        times: 1,
        act: () => "lose-link",
        what: "link 236 breaks under the debit response",
      });
      const seen = await t.system.purchase({ SITE });
      t.expect.equal("debit responses that were lost", lost.hits, 1);
      lost[Symbol.dispose]();
      t.expect.refused(seen, "A01A", about);
      const { IDTRX, IDMER, MPDA } = thePage(t, seen).page;
      t.expect.equal("the sale", (await t.system.sale(IDTRX))?.status, "open", about);
      const recovered = t.expect.present("recovery", await t.system.recover(), about);
      t.expect.equal("messages on link 238", messagesOn(recovered, "238").length, 0, about);
      const { CONF } = theMessage(t, recovered, "236", "debit-result", about).message;
      const sealed = t.expect.present("CONF of the debit result", CONF, about);
      t.expect.equal("what it says", openedConfirmation(t, { IDTRX, IDMER }, sealed, about).CC, "0000", about);
      t.expect.completed(recovered, about);
      await expectPaidAt(t, before, IDTRX, MPDA, about);
    },
  }),
];
