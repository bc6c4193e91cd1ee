import { describe, expect, it } from "vitest";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { PAYMENT_OBJECT_TYPE } from "../protocol/messages/payment-page.ts";
import { cardAtr } from "./card/atr.ts";
import type { HeadEndInput, HeadEndOutput } from "./head-end/events.ts";
import { headEnd } from "./head-end/model.ts";
import { newSession as newHeadEndSession } from "./head-end/state.ts";
import { drive } from "./role.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "./set-top-box/events.ts";
import { setTopBox } from "./set-top-box/model.ts";
import { newSession as newSetTopBoxSession } from "./set-top-box/state.ts";
import { KEYS, nonceOfNext, type Said, Script, TRANSCRIPTS } from "./testing/transcripts.ts";

const ORIGIN = "https://shop.example:8443";
const SESSION = "5345535330303031";

function pageOf({ parameters = {} }: Said): string {
  const params = Object.entries(parameters).map(([name, value]) => `<param name="${name}" value="${value}">`);
  return `<object type="${PAYMENT_OBJECT_TYPE}">${params.join("")}</object>`;
}

describe.each(TRANSCRIPTS)("the transcript of $figure", (transcript) => {
  it("is what the set-top box makes of it", async () => {
    const cable = new Script(transcript, "cable");
    const card = new Script(transcript, "235");
    const perform = (output: SetTopBoxOutput): SetTopBoxInput | undefined => {
      switch (output.kind) {
        case "open":
          return { kind: "opened" };
        case "send":
          cable.expectSaid("set-top-box", encodeMessage(output.message));
          return undefined;
        case "receive":
          return { kind: "head-end", message: parseMessage(cable.hear()) };
        case "ask":
          return { kind: "decided", choice: "accept" };
        case "connect-card":
          return { kind: "card-connected", ATR: cardAtr() };
        case "command":
          card.expectSaid("set-top-box", output.bytes);
          return { kind: "card-answer", bytes: card.hear() };
        case "random":
          return { kind: "random", bytes: nonceOfNext(cable, output.length) };
        default:
          return undefined;
      }
    };
    const order = { kind: "order", SESSION, SITE: "shop", ITEM: "news", QUANTITY: 2 } as const;
    await drive(setTopBox, newSetTopBoxSession([]), order, perform);
    cable.expectOver();
    card.expectOver();
  });

  it("is what the head end makes of it", async () => {
    const [cable, http, payment] = [
      new Script(transcript, "cable"),
      new Script(transcript, "234"),
      new Script(transcript, "236"),
    ];
    const perform = (output: HeadEndOutput): HeadEndInput | undefined => {
      switch (output.kind) {
        case "receive-cable":
          return { kind: "cable", message: parseMessage(cable.hear()), today: "260115" };
        case "send-cable":
          cable.expectSaid("head-end", encodeMessage(output.message));
          return undefined;
        case "post": {
          const { session, form } = http.take();
          expect({ session: output.session, form: Object.fromEntries(output.form) }).toEqual({ session, form });
          const answer = http.take();
          return { kind: "http", status: answer.status ?? 200, body: answer.content ?? pageOf(answer) };
        }
        case "open-payment":
          expect([output.HOST, output.PORT]).toEqual(["pay.example", 7236]);
          return { kind: "payment-open" };
        case "send-payment":
          payment.expectSaid("head-end", encodeMessage(output.message));
          return { kind: "payment-sent" };
        case "receive-payment":
          if (payment.next === undefined) return { kind: "payment-lost", why: "closed" };
          return { kind: "payment", message: parseMessage(payment.hear()) };
        case "random":
          return { kind: "random", bytes: nonceOfNext(payment, output.length) };
        default:
          return undefined;
      }
    };
    const trustedAgent = (IDMER: string) => KEYS.agentKey(IDMER);
    const config = { sites: { shop: ORIGIN }, announceDebit: false, trustedAgent };
    await drive(headEnd, newHeadEndSession(config), { kind: "start" }, perform);
    for (const script of [cable, http, payment]) script.expectOver();
  });
});
