/** What passes between payment server, terminal and head end, where no other suite looks at it: with and without a concentrator. */
import { flipBit, toHex } from "../../harness/core/bytes.ts";
import type { LinkName } from "../../harness/core/trace.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import { encodeMessage, parseMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, theMessage } from "./support/observe.ts";
import { terminalLink } from "./support/payment.ts";

/** IDTERM and IDTRX of the four messages of a transaction with its terminal, in order. */
function terminalTalk(t: CaseContext, seen: readonly RecordedEvent[], link: LinkName, about: About) {
  const kinds = ["t-draw", "t-debit", "t-response", "t-result"] as const;
  return kinds.map((kind) => {
    const { IDTERM, IDTRX } = theMessage(t, seen, link, kind, about).message;
    return { kind, IDTERM, IDTRX };
  });
}

/** The debit response with the last bit of S3 changed. */
function withWrongS3(bytes: Uint8Array): Uint8Array {
  const message = parseMessage(bytes);
  if (message.kind !== "debit-response" || message.CARDRSP.length === 0) return bytes;
  return encodeMessage({ ...message, CARDRSP: flipBit(message.CARDRSP, 8 * message.CARDRSP.length - 1) });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-PS-15",
    suite: "payment",
    purpose: "With or without a concentrator the terminal has the same talk, and every answer names its terminal",
    requirements: ["ALT-0092", "PS-0042-a"],
    owner: "server",
    needs: { links: ["236", "line"] },
    async run(t) {
      const about = { requirement: "ALT-0092" };
      t.note(`this bench has ${terminalLink(t).link === "LAN" ? "a" : "no"} concentrator`);
      const seen = await t.system.purchase();
      const request = theMessage(t, seen, "236", "draw-request").message;
      const talk = terminalTalk(t, seen.events, "line", about);
      const draw = theMessage(t, seen, "line", "t-draw", about).message;
      t.expect.oneOf("terminal that was asked", draw.IDTERM, t.system.terminals(), about);
      for (const { kind, IDTERM, IDTRX } of talk) {
        t.expect.equal(`IDTERM of the ${kind}`, IDTERM, draw.IDTERM, about);
        t.expect.equal(`IDTRX of the ${kind}`, IDTRX, request.IDTRX, about);
      }
      const form = { requirement: "PS-0042-a" };
      for (const name of ["IDMER", "MPDA", "CURRPDA", "CEXPPDA"] as const) {
        t.expect.equal(`${name} at the terminal`, draw[name], request[name], form);
      }
      for (const name of ["ATR", "INITRSP"] as const) {
        t.expect.equal(`${name} at the terminal`, toHex(draw[name]), toHex(request[name]), form);
      }
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-PS-16",
    suite: "payment",
    purpose: "No confirmation is made when the security card finds the card's signature wrong",
    requirements: ["PS-C1-b", "PS-C6"],
    owner: "server",
    needs: { cards: ["specimen"], links: ["236"] },
    async run(t) {
      const about = { requirement: "PS-C1-b" };
      const before = await readAccounts(t);
      const disturbance = t.system.disturb({
        link: "236",
        from: "head-end",
        message: 0xec,
        act: withWrongS3,
        what: "one bit of the card's signature changed",
      });
      const seen = await t.system.purchase();
      disturbance[Symbol.dispose]();
      t.expect.that(disturbance.hits > 0, "the card's signature was altered on its way", { actual: disturbance.hits });
      const { link } = terminalLink(t);
      const judged = theMessage(t, seen, link, "t-result", { requirement: "PS-C6" });
      t.expect.equal("what the comparison of signatures found", judged.message.CC, "9302", { requirement: "PS-C6" });
      const confirmations = allOf(seen, "236", "debit-result");
      t.expect.equal("confirmations in spite of it", confirmations.length, 0, {
        ...about,
        at: confirmations[0]?.event,
      });
      const refusal = theMessage(t, seen, "236", "refusal", about);
      t.expect.equal("CC of the refusal", refusal.message.CC, "9302", { ...about, at: refusal.event });
      t.expect.absent("content for the user", seen.outcome.CONTENT, about);
      await t.system.recover();
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
];
