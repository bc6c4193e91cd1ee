/** A card that really was not loaded, from its answer to the money that is given back ([0129] to [0131], `load.md` 5). */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import { parseCardResponse } from "../../harness/protocol/messages/card-response.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { expectMoved, moneyOf } from "../load/support/moved.ts";
import { credits, type Initialisation, initialisations } from "../load/support/observe.ts";
import { allInner, loadKeys, theInner, theLoadPage } from "../load/support/page.ts";
import { expectedS1, expectedS3 } from "../load/support/signatures.ts";
import { BOTH, EVERY, forSources, type Source, siteOf } from "../load/support/sources.ts";
import { allOf, logsOf } from "../payment/support/observe.ts";
import { expectEnded, movedBy } from "./support/ended.ts";
import { completionWord, hsmWords, negativeWord, noLoadWord, rightS3Word } from "./support/hsm-words.ts";
import { MLDA, REFUSING, type RefusedLoad, refusedLoad } from "./support/refused.ts";
import { negativesOf } from "./support/requirements.ts";

const CODE = "940B";

interface Topic {
  readonly id: string;
  readonly purpose: string;
  /** As `negativeOf` takes them. */
  readonly requirements: readonly string[];
  readonly owner: Case["owner"];
  readonly look: (t: CaseContext, load: RefusedLoad, source: Source, about: About) => Promise<void> | void;
}

/** Both requests that the card has signed: of the load, and of nothing. */
function bothRequests(
  t: CaseContext,
  seen: RefusedLoad["seen"],
  about: About,
): readonly [Initialisation, Initialisation] {
  const [first, second, ...more] = initialisations(seen);
  t.expect.equal("INITIALIZE IEP for load beside the first two", more.length, 0, about);
  return [
    t.expect.present("first INITIALIZE IEP", first, about),
    t.expect.present("second INITIALIZE IEP", second, about),
  ];
}

const ANSWER: Topic = {
  id: "ANSWER",
  purpose:
    "A card that is not loaded answers the load command with a negative code and its S3, which reaches the head end and is not taken for success",
  requirements: ["0129-a", "0130-a", "0130-b"],
  owner: "card",
  look(t, { seen }, source, about) {
    const [first] = bothRequests(t, seen, about);
    const { answer } = t.expect.present("CREDIT IEP on link 235", credits(seen)[0], about);
    const { NTIEP, BALIEP } = first.card;
    const S3 = expectedS3(t, first, { CC: CODE, BALIEP });
    const said = parseCardResponse(answer.slice(0, -2));
    t.expect.equal("what the card answers", said.ok && said.value, { CC: CODE, NTIEP, BALIEP, S3 }, about);
    const keys = loadKeys(t, theLoadPage(t, seen, source, about), source);
    const { message } = theInner(t, seen, "cable", keys, "load-response", about);
    t.expect.equal("load response to the head end", toHex(message.CARDRSP), toHex(answer.slice(0, -2)), about);
    t.expect.equal(
      "negative results that the head end notes",
      logsOf(seen, "head-end", "negative-result").map(({ fields }) => fields.CC),
      [CODE],
      about,
    );
    t.expect.equal("negative results on link 236", allInner(seen, "236", keys, "negative-result").length, 1, about);
    t.expect.refused(seen, CODE, about);
  },
};

const ZERO: Topic = {
  id: "ZERO",
  purpose:
    "The head end has the card initialised again for nothing: the original request with amount zero and its own time, by way of the set-top box",
  requirements: ["0130-c", "0130-d", "AMB-NEG-ROUTE"],
  owner: "server",
  look(t, { seen }, _source, about) {
    const [first, second] = bothRequests(t, seen, about);
    const { DTHR, ...asked } = second.init;
    const { DTHR: _, ...original } = first.init;
    t.expect.equal("zero value load request, but for its time", asked, { ...original, MLDA: 0 }, about);
    t.expect.that(DTHR >= first.init.DTHR, "its time is not before the original's", {
      ...about,
      actual: `${DTHR}, ${first.init.DTHR}`,
    });
    const passed = allOf(seen, "cable", "initialise-load").map(({ message }) => toHex(message.LOADINIT));
    t.expect.equal(
      "requests that pass the set-top box",
      passed,
      [toHex(first.LOADINIT), toHex(second.LOADINIT)],
      about,
    );
  },
};

const FRESH: Topic = {
  id: "FRESH",
  purpose: "The card makes a new S1 for the zero value load request, and neither request nor signature changes it",
  requirements: ["0130-e", "0130-f"],
  owner: "card",
  async look(t, { seen, before }, source, about) {
    const [first, second] = bothRequests(t, seen, about);
    const keys = loadKeys(t, theLoadPage(t, seen, source, about), source);
    const { message } = theInner(t, seen, "236", keys, "negative-result", about);
    t.expect.equal("LOADRSP in the negative result", toHex(message.LOADRSP), toHex(second.LOADRSP), about);
    t.expect.equal("new S1", second.card.S1, expectedS1(t, second), about);
    t.expect.that(second.card.R !== first.card.R, "the card has made a new challenge", about);
    const { S1: _s1, R: _r, ...now } = second.card;
    const { S1: _S1, R: _R, ...then } = first.card;
    t.expect.equal("what else the card says of itself", now, then, about);
    t.expect.equal("load commands to the card", credits(seen).length, 1, about);
    const { BALIEP } = await t.system.readPurse();
    t.expect.equal("balance after the zero value load request", BALIEP, before.card, about);
  },
};

const PASSED: Topic = {
  id: "PASSED",
  purpose: "Result code, S3, zero value load request and new S1 all reach the load server, as they came from the card",
  requirements: ["0131-a"],
  owner: "server",
  look(t, { seen }, source, about) {
    const [, second] = bothRequests(t, seen, about);
    const keys = loadKeys(t, theLoadPage(t, seen, source, about), source);
    const { CARDRSP, SW, LOADINIT, LOADRSP } = theInner(t, seen, "236", keys, "negative-result", about).message;
    const said = [toHex(CARDRSP) + SW, toHex(LOADINIT), toHex(LOADRSP)];
    const due = [toHex(credits(seen)[0]?.answer ?? fromHex("")), toHex(second.LOADINIT), toHex(second.LOADRSP)];
    t.expect.equal("negative result on link 236", said, due, about);
  },
};

const PROOF: Topic = {
  id: "PROOF",
  purpose:
    "With equal counters the HSM hears both requests first and the card's own answer only after its word that nothing was loaded",
  requirements: ["0131-b", "0131-g", "0131-h", "0131-i", "0131-k", "0131-l"],
  owner: "server",
  look(t, { seen }, _source, about) {
    const [first, second] = bothRequests(t, seen, about);
    const { BALIEP } = first.card;
    const S3 = expectedS3(t, first, { CC: CODE, BALIEP });
    const words = [
      negativeWord(t, first, second, BALIEP),
      noLoadWord(t, first),
      completionWord(t, first, { CC: CODE, BALIEP, S3 }),
      rightS3Word(t, first, CODE),
    ];
    t.expect.equal("exchange with the HSM after DM", hsmWords(seen).slice(2), words, about);
    const [compared] = logsOf(seen, "load-server", "counters-compared");
    t.expect.equal("counters as compared", compared?.fields, { equal: true, difference: 0 }, about);
  },
};

const MONEY: Topic = {
  id: "MONEY",
  purpose:
    "After a negative result that is proved the account has what it had, the card's issuer gets nothing, and the confirmation says so",
  requirements: ["0131-m", "0131-n", "AMB-DEBIT-ORDER"],
  owner: "server",
  async look(t, { seen, before }, source, about) {
    const site = siteOf(t, source);
    expectMoved(t, before, await moneyOf(t, site), movedBy("not-loaded", MLDA, false), about);
    await expectEnded(t, source, seen, { status: "not-loaded", CC: CODE }, about);
    const references = (await t.system.entries(`hold:${site.IDMER}`)).filter(({ reference }) =>
      reference.endsWith(seen.outcome.IDTRX ?? "-"),
    );
    const booked = references.map(({ reference, amount }) => [reference.split("/")[0], amount]);
    t.expect.equal(
      "transfers to and from the hold",
      booked,
      [
        ["hold", MLDA],
        ["release", -MLDA],
      ],
      about,
    );
    await t.system.settleHolds();
    expectMoved(t, before, await moneyOf(t, site), {}, about);
  },
};

/** Also where time is dear. */
const CHOSEN: readonly Source["id"][] = ["FUND", "BANK-DES", "FUND-DIRECT"];

function topicCases(topics: readonly Topic[], sources: readonly Source[]): Case[] {
  return topics.flatMap(({ id, purpose, requirements, owner, look }) =>
    forSources(sources, (source) => {
      const ids = negativesOf(source, ...requirements);
      return defineCase({
        id: `NEG-GENUINE-${id}`,
        suite: "load-negative",
        purpose: `${purpose} (${source.source})`,
        requirements: ids,
        owner,
        needs: { ...REFUSING, ...(id === WHOLE.id && CHOSEN.includes(source.id) ? {} : { exhaustive: true }) },
        run: async (t) => look(t, await refusedLoad(t, source), source, { requirement: ids[0] ?? "" }),
      });
    }),
  );
}

/** All of it at once, where cipher suite and path are others. */
const WHOLE: Topic = {
  id: "WHOLE",
  purpose: "All of it under triple DES and on the direct path",
  requirements: [...new Set([ANSWER, ZERO, FRESH, PASSED, PROOF, MONEY].flatMap(({ requirements }) => requirements))],
  owner: "server",
  async look(t, load, source, about) {
    for (const { look } of [ANSWER, ZERO, FRESH, PASSED, PROOF, MONEY]) await look(t, load, source, about);
  },
};

export const cases: readonly Case[] = [
  ...topicCases([ANSWER, ZERO, FRESH, PASSED, PROOF, MONEY], BOTH),
  ...topicCases([WHOLE], EVERY),
];
