/** FIG 4, steps 610 and 612 ([0079]): the way to the payment server, and the draw request on it. */
import type { Disturbance } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { readAccounts } from "./support/money.ts";
import { logsOf, messagesOn, theLog, thePage } from "./support/observe.ts";
import { drawRequests, theDrawRequest } from "./support/raw.ts";
import { expectNoDebit, expectNoDraw, expectUntouched } from "./support/stopped.ts";

/** A port where no payment server is (tcpmux, RFC 1078: long out of use). */
const NOBODY = 1;

/** The next payment page names another port of the payment server; SECINFO does not cover it. */
function pageWithPort(t: CaseContext, port: number): Disturbance {
  return t.system.disturb({
    link: "234",
    from: "merchant",
    message: "response POST /checkout",
    times: 1,
    act: (body) => {
      const page = new TextDecoder().decode(body);
      const pattern = /(name="payment-server-port"\s+value=")\d+(")/;
      return new TextEncoder().encode(page.replace(pattern, `$1${port}$2`));
    },
    what: `the merchant's page names port ${port} of the payment server`,
  });
}

/** A purchase whose page leads to a place where nobody answers. */
async function purchaseAtNobody(t: CaseContext) {
  const before = await readAccounts(t);
  const fault = pageWithPort(t, NOBODY);
  const seen = await t.system.purchase();
  t.expect.equal("pages that were altered", fault.hits, 1);
  t.expect.equal("port on the page as the head end got it", thePage(t, seen).page.PORT, NOBODY);
  return { before, seen };
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-610-01",
    suite: "payment",
    purpose: "The head end goes to the payment server that the page names",
    requirements: ["PAY-BASE-610"],
    owner: "server",
    needs: { links: ["234", "236"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-610" };
      const seen = await t.system.purchase();
      const { page } = thePage(t, seen);
      theDrawRequest(t, seen, about);
      const entry = theLog(t, seen, "head-end", "draw-request-sent", about);
      t.expect.equal("host of the log entry", entry.fields.host, page.HOST, { ...about, at: entry });
      t.expect.equal("port of the log entry", entry.fields.port, page.PORT, { ...about, at: entry });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-610-02",
    suite: "payment",
    purpose: "Where nobody is at the address on the page, the draw request goes nowhere else and the purchase ends",
    requirements: ["PAY-BASE-610"],
    owner: "server",
    needs: { links: ["235", "234", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-610" };
      const { before, seen } = await purchaseAtNobody(t);
      t.expect.equal("messages on link 236", messagesOn(seen, "236").length, 0, about);
      expectNoDebit(t, seen, about);
      t.expect.refused(seen, ["A010", "A019"], about);
      await expectUntouched(t, before, about);
    },
  }),
  defineCase({
    id: "PAY-612-01",
    suite: "payment",
    purpose: "The draw request is sent to the payment server, and only once",
    requirements: ["PAY-BASE-612-a"],
    owner: "server",
    needs: { links: ["236"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-612-a" };
      const seen = await t.system.purchase();
      const draw = theDrawRequest(t, seen, about);
      t.expect.equal("number of draw requests on link 236", drawRequests(seen).length, 1, { ...about, at: draw });
      const received = logsOf(seen, "payment-server", "draw-request-received");
      t.expect.equal("draw requests that the payment server received", received.length, 1, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-612-02",
    suite: "payment",
    purpose: "The head end logs that the draw request was sent, with merchant, amount and address, once it has left",
    requirements: ["PAY-BASE-612-b"],
    owner: "server",
    needs: { links: ["234", "236"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-612-b" };
      const seen = await t.system.purchase();
      const draw = theDrawRequest(t, seen);
      const { page } = thePage(t, seen);
      const entry = theLog(t, seen, "head-end", "draw-request-sent", about);
      const at = { ...about, at: entry };
      t.expect.that(entry.n > draw.n, "the entry is written after the draw request has left", at);
      t.expect.equal("IDTRX", entry.IDTRX, page.IDTRX, at);
      t.expect.equal("IDMER", entry.fields.IDMER, page.IDMER, at);
      t.expect.equal("MPDA", entry.fields.MPDA, page.MPDA, at);
      t.expect.equal("number of entries", logsOf(seen, "head-end", "draw-request-sent").length, 1, about);
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-612-03",
    suite: "payment",
    purpose: "A draw request that could not be sent is not logged as sent",
    requirements: ["PAY-BASE-612-b"],
    owner: "server",
    needs: { links: ["235", "234", "236"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-612-b" };
      const { before, seen } = await purchaseAtNobody(t);
      expectNoDraw(t, seen, about);
      theLog(t, seen, "head-end", "transaction-failed", about);
      await expectUntouched(t, before, about);
    },
  }),
];
