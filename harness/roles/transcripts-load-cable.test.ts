import { describe, expect, it } from "vitest";
import { LOAD_OBJECT_TYPE } from "../protocol/messages/load-page.ts";
import {
  CARD_INFORMATION_OBJECT_TYPE,
  LOAD_AUTHORISATION_OBJECT_TYPE,
  LOAD_REFUSAL_OBJECT_TYPE,
} from "../protocol/messages/load-page-objects.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { cardAtr } from "./card/atr.ts";
import type { HeadEndInput, HeadEndOutput } from "./head-end/events.ts";
import { headEnd } from "./head-end/model.ts";
import { newSession as newHeadEndSession } from "./head-end/state.ts";
import { drive } from "./role.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "./set-top-box/events.ts";
import { setTopBox } from "./set-top-box/model.ts";
import { newSession as newSetTopBoxSession } from "./set-top-box/state.ts";
import { LATER, LOAD_SERVER, LOADS, type LoadTranscript, ORIGINS } from "./testing/load-transcripts.ts";
import { nonceOfNext, type Said, Script } from "./testing/transcripts.ts";

const OBJECT_TYPES: Readonly<Record<string, string>> = {
  "card information request": CARD_INFORMATION_OBJECT_TYPE,
  "load page": LOAD_OBJECT_TYPE,
  authorisation: LOAD_AUTHORISATION_OBJECT_TYPE,
  "answer to the confirmation": LOAD_REFUSAL_OBJECT_TYPE,
};

function pageOf({ name, parameters = {} }: Said): string {
  const params = Object.entries(parameters).map(([key, value]) => `<param name="${key}" value="${value}">`);
  return `<object type="${OBJECT_TYPES[name]}">${params.join("")}</object>`;
}

function siteOf({ source, direct }: LoadTranscript) {
  if (direct) return { kind: "load-direct", HOST: LOAD_SERVER.host, PORT: LOAD_SERVER.port } as const;
  return { kind: source === "bank" ? "bank" : "load", origin: ORIGINS[source] } as const;
}

describe.each(LOADS)("the transcript of a load, $figure", (transcript) => {
  it("is what the set-top box makes of it", async () => {
    const cable = new Script(transcript, "cable");
    const card = new Script(transcript, "235");
    let CC: string | undefined;
    const perform = (output: SetTopBoxOutput): SetTopBoxInput | undefined => {
      switch (output.kind) {
        case "open":
          return { kind: "opened" };
        case "send":
          cable.expectSaid("set-top-box", encodeMessage(output.message));
          return undefined;
        case "receive":
          return { kind: "head-end", message: parseMessage(cable.hear()) };
        case "enter":
          return { kind: "entered", amount: transcript.MLDA };
        case "await-card":
          return { kind: "card-present" };
        case "connect-card":
          return { kind: "card-connected", ATR: cardAtr() };
        case "command": {
          card.expectSaid("set-top-box", output.bytes);
          const answer = card.hear();
          if (answer.length > 0) return { kind: "card-answer", bytes: answer };
          return { kind: "card-failed", owner: "card", text: "no answer", isLost: true, mayHaveArrived: true };
        }
        case "random":
          return { kind: "random", bytes: nonceOfNext(cable, output.length) };
        case "outcome":
          CC = output.CC;
          return undefined;
        default:
          return undefined;
      }
    };
    const order = { kind: "load", SESSION: "5345535330303031", SITE: "holder", ACCOUNT: "ACC-0001" } as const;
    const last = await drive(setTopBox, newSetTopBoxSession([]), order, perform);
    cable.expectOver();
    card.expectOver();
    expect({ CC, kept: last.pending }).toEqual({
      CC: { loaded: "0000", negative: "940B", challenge: "A023" }[transcript.end],
      kept: [],
    });
  });

  it("is what the head end makes of it", async () => {
    const [cable, http, link] = [
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
          return { kind: "http", status: answer.status ?? 200, body: pageOf(answer) };
        }
        case "open-load":
          expect([output.HOST, output.PORT]).toEqual([LOAD_SERVER.host, LOAD_SERVER.port]);
          return { kind: "payment-open" };
        case "send-payment":
          link.expectSaid("head-end", encodeMessage(output.message));
          return { kind: "payment-sent" };
        case "receive-payment":
          return { kind: "payment", message: parseMessage(link.hear()) };
        case "random":
          return { kind: "random", bytes: nonceOfNext(link, output.length) };
        case "time":
          return { kind: "time", DTHR: LATER };
        default:
          return undefined;
      }
    };
    const config = {
      sites: {},
      announceDebit: false,
      trustedAgent: () => undefined,
      loadSites: { holder: siteOf(transcript) },
    };
    await drive(headEnd, newHeadEndSession(config), { kind: "start" }, perform);
    for (const script of [cable, http, link]) script.expectOver();
  });
});
