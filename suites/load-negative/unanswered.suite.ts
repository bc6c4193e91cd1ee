/** Loads without an answer of the card: the command was lost, refused or never given, and a challenge has to show it (`load.md` 5). */
import type { LoadObservation } from "../../harness/flows/loading.ts";
import type { Disturbance } from "../../harness/flows/system.ts";
import { encodeLoadResponse, parseLoadResponse } from "../../harness/protocol/messages/load-response.ts";
import { type Case, type CaseContext, defineCase, type Needs } from "../define/case.ts";
import { expectMoved, type LoadMoney, moneyOf } from "../load/support/moved.ts";
import { CREDIT_IEP, initialisations } from "../load/support/observe.ts";
import { expectedS1 } from "../load/support/signatures.ts";
import { BOTH, forSources, type Source, siteOf } from "../load/support/sources.ts";
import { at } from "../payment/support/alter.ts";
import { allOf } from "../payment/support/observe.ts";
import { expectEnded, movedBy } from "./support/ended.ts";
import { hsmWords, negativeWord, noLoadWord } from "./support/hsm-words.ts";
import { expectSettled, LOOKS, MLDA } from "./support/refused.ts";
import { negativesOf } from "./support/requirements.ts";
import { alterSealed } from "./support/session.ts";

/** Tag of A9. */
const LOAD_COMMAND = 0xa9;

interface Struck {
  readonly before: LoadMoney;
  readonly seen: LoadObservation;
}

/** S2 altered on the contacts of the card, which refuses it (9302). */
function wrongS2(t: CaseContext): Disturbance {
  const [S2, LENGTH] = [12, 8];
  return t.system.disturb({
    link: "235",
    from: "set-top-box",
    message: CREDIT_IEP,
    times: 1,
    act: at(S2, LENGTH),
    what: "S2 altered",
  });
}

async function load(t: CaseContext, source: Source): Promise<Struck> {
  const site = siteOf(t, source);
  const before = await moneyOf(t, site);
  return { before, seen: await t.system.load({ SITE: site.SITE, enter: () => MLDA }) };
}

interface Script {
  readonly id: string;
  readonly purpose: string;
  readonly requirements: readonly string[];
  readonly needs?: Needs;
  readonly isChosen?: true;
  readonly run: (t: CaseContext, source: Source, about: { readonly requirement: string }) => Promise<void>;
}

/** The challenge on link 236 has an identifier of its own, and the card has signed it. */
function expectChallenged(
  t: CaseContext,
  source: Source,
  seen: LoadObservation,
  about: { readonly requirement: string },
) {
  const [first, second] = initialisations(seen);
  const original = t.expect.present("load request", first, about);
  const fresh = t.expect.present("challenge to the card", second, about);
  t.expect.equal("amount of the challenge", fresh.init.MLDA, 0, about);
  t.expect.that(fresh.init.IDTRX !== original.init.IDTRX, "the challenge has an identifier of its own", about);
  const words = [negativeWord(t, original, fresh, original.card.BALIEP), noLoadWord(t, original)];
  t.expect.equal(`exchange with the HSM after DM (${source.source})`, hsmWords(seen).slice(2), words, about);
}

const SCRIPTS: readonly Script[] = [
  {
    id: "S2",
    purpose: "A card that refuses S2 was not loaded: it proves so by its answer to a challenge",
    requirements: ["0131-j", "0131-k", "AMB-S1-FRESH"],
    isChosen: true,
    async run(t, source, about) {
      using _altered = wrongS2(t);
      const { before, seen } = await load(t, source);
      expectChallenged(t, source, seen, about);
      await expectEnded(t, source, seen, { status: "not-loaded", CC: "A023" }, about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), {}, about);
      t.expect.absent("a load left for the set-top box to settle", await t.system.recover(), about);
    },
  },
  {
    id: "S2-COUNTER",
    purpose: "A challenge answered with a counter that is higher proves nothing, although both S1 are right",
    requirements: ["0132-a", "AMB-COUNTER-OTHER"],
    async run(t, source, about) {
      const site = siteOf(t, source);
      const altered = wrongS2(t);
      const raised = alterSealed(
        t,
        site,
        { link: "236", from: "head-end", kind: "challenge-response", times: 1, what: "counter raised, and signed so" },
        (message) => {
          const own = parseLoadResponse(message.LOADRSP);
          const asked = initialisations(t.system.events()).at(-1);
          if (!own.ok || asked === undefined) return undefined;
          const card = { ...own.value, NTIEP: own.value.NTIEP + 1 };
          return {
            ...message,
            LOADRSP: encodeLoadResponse({ ...card, S1: expectedS1(t, { init: asked.init, card }) }),
          };
        },
      );
      const { before, seen } = await load(t, source);
      altered[Symbol.dispose]();
      raised[Symbol.dispose]();
      t.expect.equal("challenges that were answered so", raised.altered, 1);
      await expectEnded(t, source, seen, { status: "unresolved", CC: "A01A" }, about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), movedBy("unresolved", MLDA, false), about);
      await expectSettled(t, source, before, "not-loaded");
    },
  },
  {
    id: "S2-WRONG",
    purpose: "A challenge answered with a wrong S1 proves nothing",
    requirements: ["0131-j", "0131-q"],
    async run(t, source, about) {
      const site = siteOf(t, source);
      const altered = wrongS2(t);
      const forged = alterSealed(
        t,
        site,
        { link: "236", from: "head-end", kind: "challenge-response", times: 1, what: "S1 altered" },
        (message) => ({
          ...message,
          LOADRSP: at(27, 8)(message.LOADRSP),
        }),
      );
      const { before, seen } = await load(t, source);
      altered[Symbol.dispose]();
      forged[Symbol.dispose]();
      await expectEnded(t, source, seen, { status: "unresolved", CC: "A01A" }, about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), movedBy("unresolved", MLDA, false), about);
      await expectSettled(t, source, before, "not-loaded");
    },
  },
  {
    id: "LOST",
    purpose:
      "A load command that is lost on its way to the set-top box leaves the money in the hold until the card is asked",
    requirements: ["0129-b", "AMB-DEBIT-ORDER"],
    async run(t, source, about) {
      const lost = t.system.disturb({
        link: "cable",
        from: "head-end",
        message: LOAD_COMMAND,
        times: 1,
        act: () => [],
        what: "load command lost",
      });
      const { before, seen } = await load(t, source);
      t.expect.equal("messages lost", lost.hits, 1);
      t.expect.equal(
        "load commands to the card",
        seen.events.filter((event) => event.kind === "message" && event.link === "235" && event.bytes[1] === CREDIT_IEP)
          .length,
        0,
        about,
      );
      await expectEndedOpen(t, seen, about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), movedBy("unresolved", MLDA, false), about);
      await expectSettled(t, source, before, "not-loaded");
    },
  },
  {
    id: "PULLED",
    purpose:
      "A card that is pulled before the load command keeps the money in the hold; put back, it proves that it was not loaded",
    requirements: ["0129-b", "AMB-DEBIT-ORDER"],
    needs: { swiftHand: true },
    isChosen: true,
    async run(t, source, about) {
      let passed = 0;
      const hook = t.system.when({ link: "cable", from: "head-end", message: LOAD_COMMAND }, async () => {
        if (passed++ === 0) await t.system.removeCard();
      });
      const { before, seen } = await load(t, source);
      hook[Symbol.dispose]();
      await t.system.insertCard("specimen");
      await expectEndedOpen(t, seen, about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), movedBy("unresolved", MLDA, false), about);
      await expectSettled(t, source, before, "not-loaded");
    },
  },
];

/** Nothing was confirmed, and the user knows that it is open. */
async function expectEndedOpen(t: CaseContext, seen: LoadObservation, about: { readonly requirement: string }) {
  t.expect.equal("results on link 236", allOf(seen, "236", "sealed-results").length, 0, about);
  const row = (await t.system.loads()).find(({ IDTRX }) => IDTRX === seen.outcome.IDTRX);
  t.expect.equal("status in the load server's table", row?.status, "unresolved", about);
  t.expect.that(seen.outcome.CC !== "0000", "the user is not told of success", { ...about, actual: seen.outcome.CC });
}

export const cases: readonly Case[] = SCRIPTS.flatMap((script) =>
  forSources(BOTH, (source) => {
    const ids = negativesOf(source, ...script.requirements);
    return defineCase({
      id: `NEG-UNANSWERED-${script.id}`,
      suite: "load-negative",
      purpose: `${script.purpose} (${source.source})`,
      requirements: ids,
      owner: "server",
      needs: {
        ...LOOKS,
        ...script.needs,
        ...(script.isChosen && source.source === "pre-funded" ? {} : { exhaustive: true }),
      },
      timeoutMs: 120_000,
      run: (t) => script.run(t, source, { requirement: ids[0] ?? "" }),
    });
  }),
);
