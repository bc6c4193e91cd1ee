/** Peers that talk nonsense, too much or not at all, while others buy. */
import { concat } from "../../../harness/core/bytes.ts";
import { parseMessage } from "../../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { baseSites } from "../support/base-sites.ts";
import { initialise } from "../support/direct.ts";
import { drawRequestOf, orderItem, refusedByCard } from "../support/payment.ts";
import { drawsOf, expectNeverShared } from "./occupation.ts";
import { buyAtOnce, buyersAt, expectPaid, expectTakings, takingsOf } from "./throng.ts";

const BOXES = 6;
const DRAW_REQUEST = 0xea;
/** More than any message may have (`messages.md` 1). */
const TOO_LONG = 70_000;

async function buyersAtBase(t: CaseContext) {
  const [site] = baseSites(t.facts);
  const first = t.expect.present("a base site", site);
  return await buyersAt(
    t,
    Array.from({ length: BOXES }, () => first),
  );
}

/** Nobody, or a refusal: never what a draw request gets. */
function expectTurnedAway(t: CaseContext, what: string, answer: Uint8Array | null | undefined): void {
  const said = answer ? parseMessage(answer).kind : "closed";
  t.expect.oneOf(`answer to ${what}`, said, ["closed", "refusal"], { requirement: "PS-0041-a" });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-MANY-07",
    suite: "payment",
    purpose:
      "Channels with garbage, messages that are too long and transactions that are left alone do not touch the purchases beside them",
    requirements: ["PS-0041-a", "PS-0041-d"],
    owner: "server",
    needs: { boxes: BOXES, cards: ["specimen"], links: ["236", "line"] },
    async run(t) {
      const buyers = await buyersAtBase(t);
      const page = await orderItem(t);
      const request = drawRequestOf(page, await initialise(t));
      const long = concat(Uint8Array.of(DRAW_REQUEST, 0x83, 0x01, 0x11, 0x6c), new Uint8Array(TOO_LONG - 5));
      const nonsense: Readonly<Record<string, Uint8Array>> = {
        "one byte": Uint8Array.of(0x00),
        "half a draw request": request.subarray(0, request.length >> 1),
        "a message that nobody expects": refusedByCard(page.IDTRX),
        "a message that is too long": long,
      };
      const answers = new Map<string, Uint8Array | null | undefined>();
      const disturb = async () => {
        const talk = async (what: string, message: Uint8Array) => {
          const [answer] = await t.system.paymentSession([message]);
          answers.set(what, answer);
        };
        const leave = () => t.system.paymentSession([request]); // takes a terminal and is gone
        await Promise.all([...Object.entries(nonsense).map((each) => talk(...each)), leave()]);
      };
      const throng = await buyAtOnce(t, buyers, disturb);
      await expectPaid(t, throng, { requirement: "PS-0041-a" });
      expectNeverShared(t, throng.events, { requirement: "PS-0041-d" });
      for (const what of Object.keys(nonsense)) expectTurnedAway(t, what, answers.get(what));
    },
  }),
  defineCase({
    id: "PAY-MANY-08",
    suite: "payment",
    purpose: "Head ends that open a channel and then say nothing keep no terminal from others, and lose no money",
    requirements: ["PS-0041-d", "PS-0091-f"],
    owner: "server",
    needs: { boxes: BOXES, exhaustive: true, links: ["236", "line"] },
    async run(t) {
      const about = { requirement: "PS-0091-f" };
      const before = await takingsOf(t);
      const mute = t.system.disturb({
        link: "236",
        from: "head-end",
        message: DRAW_REQUEST,
        times: t.system.terminals().length,
        act: () => [],
        what: "the draw request is lost, and its channel stays open",
      });
      const { purchases, events } = await buyAtOnce(t, await buyersAtBase(t));
      mute[Symbol.dispose]();
      const drawn = new Set(drawsOf(t, events).map(({ IDTRX }) => IDTRX));
      const heard = purchases.filter(({ IDTRX }) => drawn.has(IDTRX));
      t.expect.equal("transactions that had a terminal", heard.length, BOXES - mute.hits, about);
      for (const { outcome, before: was, after, MPDA, IDTRX } of purchases) {
        const isHeard = drawn.has(IDTRX);
        t.expect.equal(`success of ${IDTRX}`, outcome.CC === "0000", isHeard, about);
        t.expect.money(was, after, isHeard ? -MPDA : 0, about);
      }
      await expectTakings(t, before, heard, about);
    },
  }),
];
