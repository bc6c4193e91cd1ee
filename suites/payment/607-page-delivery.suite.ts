/** Step 607: the head end passes the merchant's page on to the set-top box. */
import { type Case, defineCase } from "../define/case.ts";
import { payableItems, theDelivery } from "./support/merchant-site.ts";
import { theMessage, thePage } from "./support/observe.ts";

const suite = "payment";
const links = ["cable", "234"] as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-607-01",
    suite,
    purpose: "Every parameter of the merchant's page reaches the set-top box as it is, for the page of this very order",
    requirements: ["PAY-BASE-607-a", "UI-504-a"],
    owner: "server",
    needs: { links },
    async run(t) {
      for (const { SITE, ITEM, title } of payableItems(t.facts).slice(0, 2)) {
        const seen = await t.system.purchase({ SITE, ITEM });
        const { page } = thePage(t, seen, { requirement: "PAY-BASE-607-a" });
        const { event, message } = theMessage(t, seen, "cable", "page", { requirement: "PAY-BASE-607-a" });
        const { kind: _, ...passedOn } = message;
        t.expect.equal("transaction of the page", passedOn.IDTRX, page.IDTRX, { requirement: "UI-504-a", at: event });
        t.expect.equal("title of the goods", passedOn.TEXT, title, { requirement: "UI-504-a", at: event });
        t.expect.equal("page at the set-top box", passedOn, page, { requirement: "PAY-BASE-607-a", at: event });
        t.expect.completed(seen, { requirement: "PAY-BASE-607-a" });
      }
    },
  }),
  defineCase({
    id: "PAY-607-02",
    suite,
    purpose: "Pages far longer than a block of any link pass to the set-top box whole",
    requirements: ["PAY-BASE-607-b"],
    owner: "server",
    needs: { links },
    async run(t) {
      const about = { requirement: "PAY-BASE-607-b" };
      const title = "A long title, one of many words. ".repeat(31).trim();
      const lengthened = t.system.disturb({
        link: "234",
        from: "merchant",
        message: "response POST /checkout",
        times: 1,
        act: (body) => new TextEncoder().encode(withTitle(new TextDecoder().decode(body), title)),
        what: "page with a title of 1,000 characters",
      });
      const seen = await t.system.purchase();
      lengthened[Symbol.dispose]();
      t.expect.equal("lengthened pages", lengthened.hits, 1);
      const { event, message } = theMessage(t, seen, "cable", "page", about);
      t.expect.equal("title at the set-top box", message.TEXT, title, { ...about, at: event });
      const result = theMessage(t, seen, "cable", "result", about);
      const { body } = theDelivery(t, seen, about);
      t.expect.equal("information at the set-top box", result.message.CONTENT, body, { ...about, at: result.event });
      t.expect.completed(seen, about);
    },
  }),
];

function withTitle(html: string, title: string): string {
  return html.replace(/(<param\s+name="title"\s+value=")[^"]*/i, `$1${title}`);
}
