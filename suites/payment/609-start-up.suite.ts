/** The card's start-up at the head end ([0027], [0073], [0075] to [0078]; claim 5): emulated locally, one draw request for all of it. */
import { type Case, defineCase } from "../define/case.ts";
import { exchangesOf } from "./support/merchant-site.ts";
import { allOf, messagesOn, theMessage, thePage } from "./support/observe.ts";
import { drawRequests, initialiseAnswer, rawElements, rawHex, theDrawRequest } from "./support/raw.ts";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-HE-0027-B",
    suite: "payment",
    purpose: "The draw request leaves only when the card's start-up answers and the merchant's amount are there",
    requirements: ["HE-0027-b"],
    owner: "server",
    needs: { links: ["235", "cable", "234", "236"] },
    async run(t) {
      const about = { requirement: "HE-0027-b" };
      const seen = await t.system.purchase();
      const draw = theDrawRequest(t, seen, about);
      const { event, page } = thePage(t, seen);
      t.expect.that(draw.n > event.n, "the merchant's page is there before", { ...about, at: draw });
      t.expect.that(draw.n > initialiseAnswer(t, seen).event.n, "the card's answer is there before", {
        ...about,
        at: draw,
      });
      const information = theMessage(t, seen, "cable", "card-information").event;
      t.expect.that(draw.n > information.n, "the card information is there before", { ...about, at: draw });
      const MPDA = Number.parseInt(rawHex(t, draw, "MPDA", about), 16);
      t.expect.equal("amount of the draw request", MPDA, page.MPDA, { ...about, at: draw });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-HE-0073",
    suite: "payment",
    purpose:
      "For a purchase the head end asks the merchant for the page and posts the confirmation: no code is downloaded",
    requirements: ["HE-0073"],
    owner: "server",
    needs: { links: ["234"] },
    async run(t) {
      const about = { requirement: "HE-0073" };
      const seen = await t.system.purchase();
      const asked = exchangesOf(seen).filter(({ request }) => request.step !== "602");
      const { pathname, search } = new URL(thePage(t, seen).page.URL);
      const wanted = ["POST /checkout", `POST ${pathname}${search}`];
      t.expect.equal(
        "requests to the merchant",
        asked.map(({ method, path }) => `${method} ${path}`),
        wanted,
        about,
      );
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-HE-0076-A",
    suite: "payment",
    purpose:
      "The card's start-up answers are obtained locally: nothing goes to payment server or security card for them",
    requirements: ["HE-0076-a"],
    owner: "server",
    needs: { links: ["235", "cable", "234", "236"] },
    async run(t) {
      const about = { requirement: "HE-0076-a" };
      const seen = await t.system.purchase();
      const draw = theDrawRequest(t, seen, about);
      const start = thePage(t, seen).event;
      const remote = (["236", "LAN", "line", "SAM"] as const).flatMap((link) => messagesOn(seen, link));
      const early = remote.filter(({ n }) => n < draw.n && n > start.n);
      t.expect.equal("messages beyond the head end before the draw request", early.length, 0, {
        ...about,
        at: early[0],
      });
      t.expect.that(initialiseAnswer(t, seen).event.n < draw.n, "the card answered before", { ...about, at: draw });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-HE-0076-B",
    suite: "payment",
    purpose: "One message crosses link 236 for the whole start-up of the card",
    requirements: ["HE-0076-b"],
    owner: "server",
    needs: { links: ["236"] },
    async run(t) {
      const about = { requirement: "HE-0076-b" };
      const seen = await t.system.purchase();
      const answered = messagesOn(seen, "236", "payment-server")[0];
      const sent = messagesOn(seen, "236", "head-end").filter(({ n }) => n < (answered?.n ?? Number.POSITIVE_INFINITY));
      t.expect.equal("messages of the head end before the first answer", sent.length, 1, about);
      t.expect.equal("draw requests among them", drawRequests(seen).length, 1, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-HE-C5",
    suite: "payment",
    purpose: "The draw request groups the card's answers in the order in which the card gave them",
    requirements: ["HE-C5"],
    owner: "server",
    needs: { links: ["235", "236"] },
    async run(t) {
      const about = { requirement: "HE-C5" };
      const seen = await t.system.purchase();
      const draw = theDrawRequest(t, seen, about);
      const order = rawElements(draw).flatMap(({ name }) => (name === "ATR" || name === "INITRSP" ? [name] : []));
      t.expect.equal("the card's answers in the draw request", order, ["ATR", "INITRSP"], { ...about, at: draw });
      const INITRSP = rawHex(t, draw, "INITRSP", about);
      t.expect.equal("answer to INITIALIZE IEP", INITRSP, initialiseAnswer(t, seen).INITRSP, { ...about, at: draw });
      t.expect.equal("draw requests", drawRequests(seen).length, 1, about);
      t.expect.equal("refusals", allOf(seen, "236", "refusal").length, 0, about);
      t.expect.completed(seen, about);
    },
  }),
];
