/** Steps 884 to 886 (1084 to 1086): the load server gives the card's answer to the HSM in parts, and the HSM verifies S3. */
import { flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Disturbance } from "../../harness/flows/system.ts";
import { parseCardResponse } from "../../harness/protocol/messages/card-response.ts";
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { selectPurse } from "../payment/support/card.ts";
import { askHsm, type CardRequest, cardRequest, completionFields, requestFields, textOf } from "./support/hsm.ts";
import { expectMoved, moneyOf } from "./support/moved.ts";
import { theCredit, theFrame } from "./support/observe.ts";
import { aboutOf, loadOnce, type OneLoad } from "./support/one-load.ts";
import { previousLoad } from "./support/own-load.ts";
import { answerWords, opening } from "./support/own-session.ts";
import { expectedResult, expectedS3 } from "./support/signatures.ts";
import { BOTH, EVERY, forSources, onLab, siteOf } from "./support/sources.ts";

/** S3 in the card's answer to CREDIT IEP and to GET PREVIOUS IEP SIGNATURE. */
const S3_AT = 8;

const BOTH_FIGURES = (end: string, twin: string) => [`LOAD-BANK-${end}`, `LOAD-PRE-${twin}`];

export const cases: readonly Case[] = [
  ...forSources(onLab(EVERY, "FUND-DES"), (source) =>
    defineCase({
      id: "LOAD-884-01",
      suite: "load",
      purpose:
        "The HSM gets every element of request and answer as the card signed them, and its word to the load server is about just these",
      requirements: ["884", "885", "886", "HSM-0054-e"],
      owner: "server",
      needs: { keys: true, links: ["235", "236", "HSM"] },
      async run(t) {
        const { seen, request } = await loadOnce(t, source, 777);
        const { answer } = theCredit(t, seen);
        const response = parseCardResponse(answer.subarray(0, 16));
        const { CC, BALIEP, S3 } = t.expect.present("readable load response", response.ok ? response.value : undefined);
        const asked = theFrame(t, seen, "DO", aboutOf(source, "884"));
        const due = textOf(requestFields(t, request)) + textOf(completionFields(CC, BALIEP, S3));
        t.expect.equal("fields of DO", asked.body, due, { ...aboutOf(source, "884"), at: asked.event });
        const said = theFrame(t, seen, "DP", aboutOf(source, "886"));
        const HRES = expectedResult(t, request, "s3-right", CC);
        t.expect.equal("what the HSM answers: error, HRES, KIND, CC", said.body, `00${HRES}01${CC}`, {
          ...aboutOf(source, "886"),
          at: said.event,
        });
        t.expect.completed(seen);
      },
    }),
  ),

  defineCase({
    id: "LOAD-885-01",
    suite: "load",
    purpose:
      "The HSM says that S3 is wrong, and nothing more, for each bit of S3 inverted and for the S3 of another code, balance, number or amount",
    requirements: [...BOTH_FIGURES("885", "1085"), ...BOTH_FIGURES("0128-a", "0151-a"), ...BOTH_FIGURES("886", "1086")],
    owner: "server",
    needs: { keys: true, links: ["HSM"] },
    async run(t) {
      const about = { requirement: "LOAD-BANK-0128-a" };
      for (const ALGIEP of [4, 5, 16]) {
        const request = cardRequest(t, { card: { ALGIEP, ...(ALGIEP === 16 ? { AMIEP: 2 } : {}) } });
        const done = { CC: "0000", BALIEP: request.card.BALIEP + request.init.MLDA };
        const S3 = expectedS3(t, request, done);
        const good = expectedResult(t, request, "s3-right", "0000");
        t.expect.equal("answer to the right S3", await judge(t, request, done, S3), `0001DP00${good}010000`, about);
        for (const bit of ALGIEP === 4 ? range(64) : [0, 31, 32, 63]) {
          const wrong = toHex(flipBit(fromHex(S3), bit));
          t.expect.equal(
            `answer to S3 with bit ${bit} inverted`,
            await judge(t, request, done, wrong),
            "0001DP01",
            about,
          );
        }
        const others: readonly (readonly [string, string])[] = [
          ["of zeros", "0000000000000000"],
          ["that is S1", request.card.S1],
          ["of a load that failed", expectedS3(t, request, { ...done, CC: "940B" })],
          ["of another balance", expectedS3(t, request, { ...done, BALIEP: done.BALIEP + 1 })],
          ["of another number", expectedS3(t, withCard(request, { NTIEP: request.card.NTIEP + 1 }), done)],
          ["of another challenge", expectedS3(t, withCard(request, { R: "00000000" }), done)],
          ["of another card", expectedS3(t, withCard(request, { IDIEP: "0000008802" }), done)],
          ["of another amount", expectedS3(t, { ...request, init: { ...request.init, MLDA: 2501 } }, done)],
        ];
        for (const [what, other] of others) {
          t.expect.equal(`answer to an S3 ${what}`, await judge(t, request, done, other), "0001DP01", about);
        }
      }
    },
  }),

  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-0128-01",
      suite: "load",
      purpose:
        "As long as S3 has not been found right no book says loaded: not while the HSM is asked, and not when S3 was wrong each time; the genuine S3 settles it later",
      requirements: ["0128-b"],
      owner: "server",
      needs: { keys: true, links: ["235", "HSM"], database: true },
      async run(t) {
        const about = aboutOf(source, "0128-b");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const during: string[] = [];
        using asked = t.system.when({ link: "HSM", from: "load-server", message: "DO" }, async () => {
          during.push((await t.system.loads()).at(-1)?.status ?? "no row");
        });
        const wrong = wrongS3(t);
        const one = await loadOnce(t, source, 400);
        const { seen, request } = one;
        for (const each of wrong) each[Symbol.dispose]();
        t.expect.equal("S3 shown to the HSM", asked.hits, 2, about);
        t.expect.equal("status of the load while S3 is judged", during, ["command-sent", "command-sent"], about);
        t.expect.refused(seen, "A01A", about);
        const statusOf = async () => (await t.system.loads()).find(({ IDTRX }) => IDTRX === request.init.IDTRX)?.status;
        t.expect.equal("status of the load afterwards", await statusOf(), "unresolved", about);
        expectMoved(t, before, await moneyOf(t, site), { account: -400, hold: 400, card: 400 }, about);
        await bringAnswerOfCard(t, one);
        await t.system.settleHolds();
        t.expect.equal("status after the genuine S3", await statusOf(), "loaded", about);
        expectMoved(t, before, await moneyOf(t, site), { account: -400, pool: 400, card: 400 }, about);
      },
    }),
  ),

  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-0128-02",
      suite: "load",
      purpose:
        "A load whose S3 was altered each time between card and set-top box is settled as soon as the set-top box hears the card itself: it asks again, and does not repeat what it once heard",
      requirements: ["0128-b"],
      owner: "server",
      needs: { links: ["235"], database: true },
      async run(t) {
        const about = aboutOf(source, "0128-b");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const statusOf = async () => (await t.system.loads()).at(-1)?.status;
        const wrong = wrongS3(t);
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 300 });
        t.expect.refused(seen, "A01A", about);
        t.expect.equal(
          "answers with another S3",
          wrong.map(({ hits }) => hits > 0),
          [true, true],
          { owner: "bench" },
        );
        await t.system.recover();
        t.expect.equal("status of the load while S3 is altered still", await statusOf(), "unresolved", about);
        for (const each of wrong) each[Symbol.dispose]();
        t.expect.completed(t.expect.present("a recovery", await t.system.recover(), about), about);
        await t.system.settleHolds();
        t.expect.equal("status after the recovery", await statusOf(), "loaded", about);
        expectMoved(t, before, await moneyOf(t, site), { account: -300, pool: 300, card: 300 }, about);
      },
    }),
  ),
];

/** One bit of S3 is inverted in whatever the card says that it has answered. */
function wrongS3(t: CaseContext): readonly Disturbance[] {
  const act = (answer: Uint8Array) => (answer.length === 18 ? flipBit(answer, S3_AT * 8 + 5) : answer);
  return [0x52, 0x5a].map((message) =>
    t.system.disturb({ link: "235", from: "card", message, act, what: "one bit of S3 inverted" }),
  );
}

/** The load server is told again, by the harness, what the card itself says of that load. */
async function bringAnswerOfCard(t: CaseContext, { page, keys, request }: OneLoad): Promise<void> {
  await selectPurse(t);
  const { data: CARDRSP, SW } = await previousLoad(t, request.card.NTIEP);
  const { SOURCE, IDTRX, IDMER } = page;
  const { LOADINIT, LOADRSP } = request;
  const parts = { SOURCE, IDTRX, IDMER, ENCRYPTION: keys.suite, LOADINIT, LOADRSP, CARDRSP, SW };
  const message = encodeMessage({ kind: "load-recovery", ...parts });
  const [answer] = await t.system.loadSession([opening({ page, keys }, message, 1)]);
  t.expect.equal("answer to the recovery with the genuine S3", answerWords(answer), "EF");
}

async function judge(
  t: CaseContext,
  request: CardRequest,
  { CC, BALIEP }: { readonly CC: string; readonly BALIEP: number },
  S3: string,
): Promise<string | null> {
  return await askHsm(t, `0001DO${textOf(requestFields(t, request))}${textOf(completionFields(CC, BALIEP, S3))}`);
}

function withCard(request: CardRequest, changes: Partial<CardRequest["card"]>): CardRequest {
  return { ...request, card: { ...request.card, ...changes } };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
