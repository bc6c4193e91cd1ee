/** [0048], link 238: the payment server confirms to the merchant itself, and the head end only fetches what was bought. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { MessageEvent, PurchaseObservation, SiteFacts } from "../../../harness/flows/system.ts";
import { readDebitData } from "../../../harness/protocol/messages/debit-data.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { SiteNeed } from "../../define/site-need.ts";
import { exchangesOf, OWN_SESSION, orderPage, readableText, statusPath } from "../support/merchant-site.ts";
import { openedConfirmation } from "../support/merchant-word.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { allOf, logsOf, messagesOn, theLog, theMessage, thePage } from "../support/observe.ts";
import { refusedDebit } from "../support/refused-debit.ts";
import { expectPaidAt, itemAt } from "./place.ts";

const suite = "payment";
const DIRECT: SiteNeed = { kind: "internet", comparison: "psam", encryption: undefined, direct: true };
const sites = [DIRECT];
const links = ["234", "236", "238"] as const;
const about = { requirement: "PS-0048-f" };

/** Path of the payment server's own status URL (`messages.md` 4). */
const DIRECT_PATH = "/status/direct";

interface Post {
  readonly event: MessageEvent;
  readonly head: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What the payment server posted on link 238. */
function postsOf(seen: PurchaseObservation): readonly Post[] {
  return messagesOn(seen, "238", "payment-server").map((event) => {
    const [head = "", body = ""] = new TextDecoder().decode(event.bytes).split("\n\n");
    const fields = [...new URLSearchParams(body)].map(([name, value]) => [name, value.toUpperCase()]);
    return { event, head, fields: Object.fromEntries(fields) };
  });
}

/** What the head end posted to the status URL. */
function claimsOf(seen: PurchaseObservation) {
  return exchangesOf(seen).filter(({ fields }) => fields.has("transaction-id"));
}

async function post(t: CaseContext, { SITE }: SiteFacts, path: string, form: Record<string, string>, session?: string) {
  const body = new URLSearchParams(form).toString();
  return await t.system.http(SITE, { method: "POST", path, body, ...(session === undefined ? {} : { session }) });
}

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
