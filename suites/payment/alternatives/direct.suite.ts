/** [0048], link 238: the payment server confirms to the merchant itself, and the head end only fetches what was bought. */
import { fromHex } from "../../../harness/core/bytes.ts";
import { readDebitData } from "../../../harness/protocol/messages/debit-data.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { OWN_SESSION, orderPage, readableText, statusPath } from "../support/merchant-site.ts";
import { openedConfirmation } from "../support/merchant-word.ts";
import { readAccounts } from "../support/money.ts";
import { theLog, theMessage, thePage } from "../support/observe.ts";
import { claimsOf, DIRECT, DIRECT_PATH, post, postsOf } from "./link-238.ts";
import { expectPaidAt, itemAt } from "./place.ts";

const suite = "payment";
const sites = [DIRECT];
const links = ["234", "236", "238"] as const;
const about = { requirement: "PS-0048-f" };

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-DIRECT-01",
    suite,
    purpose:
      "The sealed confirmation of this very transaction goes to the merchant before the debit result, which then has none",
    requirements: ["PS-0048-f"],
    owner: "server",
    needs: { sites, links: [...links, "line"], keys: true, logs: ["payment-server"] },
    async run(t) {
      const { SITE } = t.siteFor(DIRECT);
      for (const which of ["first", "second"]) {
        const before = await readAccounts(t);
        const seen = await t.step(`${which} purchase`, () => t.system.purchase({ SITE }));
        const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = thePage(t, seen, about).page;
        const posts = postsOf(seen);
        t.expect.equal(
          "posts on link 238",
          posts.map(({ head }) => head),
          [`POST ${DIRECT_PATH}`],
          about,
        );
        const { event, fields } = t.expect.present("post on link 238", posts[0], about);
        const at = { ...about, at: event };
        t.expect.equal("fields of the post", Object.keys(fields), ["transaction-id", "confirmation"], at);
        t.expect.equal("transaction of the post", fields["transaction-id"], IDTRX, at);
        const said = openedConfirmation(t, { IDTRX, IDMER }, fromHex(fields.confirmation ?? ""), at);
        const { IDTERM, DEBITDATA } = theMessage(t, seen, "line", "t-debit").message;
        const command = readDebitData(DEBITDATA);
        const { NTPSAM, DTHR } = t.expect.present("debit command", command.ok ? command.value : undefined);
        const due = { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, CC: "0000", IDTERM, NTPSAM, DTHR };
        t.expect.equal("what the confirmation says", said, due, at);
        const result = theMessage(t, seen, "236", "debit-result", about);
        const { CC, CONF, CLEARCONF } = result.message;
        t.expect.equal(
          "code and confirmations of the debit result",
          [CC, CONF, CLEARCONF],
          [undefined, undefined, undefined],
          {
            ...about,
            at: result.event,
          },
        );
        t.expect.that(event.n < result.event.n, "the merchant knows before the head end does", at);
        const logged = theLog(t, seen, "payment-server", "confirmed-directly", about);
        t.expect.equal("the payment server's log", [logged.IDTRX, logged.fields.status], [IDTRX, 200], about);
        const claims = claimsOf(seen).map(({ fields: own }) =>
          [...own].map(([name, value]) => [name, value.toUpperCase()]),
        );
        t.expect.equal("what the head end posts", claims, [[["transaction-id", IDTRX]]], about);
        t.expect.completed(seen, about);
        await expectPaidAt(t, before, IDTRX, MPDA, about);
      }
    },
  }),
  defineCase({
    id: "PAY-DIRECT-02",
    suite,
    purpose:
      "What was paid directly is delivered once, and only in the session that ordered it; what is not paid to nobody",
    requirements: ["PS-0048-f"],
    owner: "server",
    needs: { sites, links },
    async run(t) {
      const site = t.siteFor(DIRECT);
      const item = itemAt(t, site);
      const statuses: Record<string, number> = {};
      const own = await orderPage(t, item);
      const claim = { "transaction-id": own.IDTRX };
      const unpaid = await post(t, site, statusPath(own), claim, OWN_SESSION);
      t.expect.equal("status of a claim of what is not paid", unpaid.status, 402, about);
      t.expect.that(!readableText(unpaid.body).includes(item.title), "it gives nothing away", about);
      const watch = t.system.when({ link: "234", from: "head-end", message: "POST /status" }, async () => {
        const [sale] = (await t.system.sales()).filter(({ status }) => status === "paid");
        statuses.paid = sale === undefined ? 0 : 1;
        const stranger = await post(t, site, statusPath(own), { "transaction-id": sale?.IDTRX ?? "" }, OWN_SESSION);
        statuses.stranger = stranger.status;
        statuses.nobody = (await post(t, site, statusPath(own), { "transaction-id": sale?.IDTRX ?? "" })).status;
      });
      const seen = await t.system.purchase({ SITE: site.SITE });
      watch[Symbol.dispose]();
      t.expect.equal(
        "before the user asks: paid, others turned away",
        statuses,
        { paid: 1, stranger: 403, nobody: 403 },
        about,
      );
      t.expect.completed(seen, about);
      const page = readableText(seen.outcome.CONTENT ?? "");
      t.expect.that(page.includes(item.title), "the user gets what was bought", { ...about, actual: page });
      const { IDTRX = "" } = seen.outcome;
      t.expect.equal("the sale", (await t.system.sale(IDTRX))?.status, "released", about);
      const again = await post(t, site, statusPath(own), { "transaction-id": IDTRX }, OWN_SESSION);
      t.expect.equal("status of a stranger's claim afterwards", again.status, 403, about);
      t.expect.equal("the other sale", (await t.system.sale(own.IDTRX))?.status, "open", about);
    },
  }),
  defineCase({
    id: "PAY-DIRECT-03",
    suite,
    purpose:
      "The direct status URL takes only the genuine confirmation of that transaction, the same one again as often as it comes",
    requirements: ["PS-0048-f"],
    owner: "server",
    needs: { sites, links },
    async run(t) {
      const site = t.siteFor(DIRECT);
      const seen = await t.system.purchase({ SITE: site.SITE });
      t.expect.completed(seen);
      const genuine = t.expect.present("post on link 238", postsOf(seen)[0], about).fields.confirmation ?? "";
      const page = await orderPage(t, itemAt(t, site));
      const wrong = [
        ["the confirmation of another transaction", page.IDTRX, { confirmation: genuine }, 403],
        ["noise", page.IDTRX, { confirmation: "5A".repeat(77) }, 403],
        ["a transaction that is not known", "5A".repeat(16), { confirmation: genuine }, 404],
        ["no confirmation", page.IDTRX, {}, 400],
        ["a confirmation in clear", page.IDTRX, { "clear-confirmation": "5A".repeat(65) }, 400],
      ] as const;
      for (const [what, IDTRX, proof, due] of wrong) {
        const { status } = await post(t, site, DIRECT_PATH, { "transaction-id": IDTRX, ...proof });
        t.expect.equal(`status for ${what}`, status, due, about);
      }
      t.expect.equal("the sale", (await t.system.sale(page.IDTRX))?.status, "open", about);
      const claim = await post(t, site, statusPath(page), { "transaction-id": page.IDTRX }, OWN_SESSION);
      t.expect.equal("status of a claim of it", claim.status, 402, about);
      const other = t.facts.sites.find(({ kind, profile }) => kind === "internet" && !profile.direct);
      const elsewhere = t.expect.present("a site without such a contract", other, { owner: "bench" });
      const form = { "transaction-id": page.IDTRX, confirmation: genuine };
      t.expect.equal("status elsewhere", (await post(t, elsewhere, DIRECT_PATH, form)).status, 404, about);
    },
  }),
];
