/**
 * What was right for one load is wrong for another, and one authorisation is good for one load: old words in the mouth of a head
 * end, which has the session key of its load (`load.md` 4 to 6).
 */

import { fromHex, uintToBytes } from "../../harness/core/bytes.ts";
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { at, inElement, setTo } from "../payment/support/alter.ts";
import { selectPurse } from "../payment/support/card.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { hsmFrames } from "./support/observe.ts";
import { aboutOf } from "./support/one-load.ts";
import { creditIep, initialiseLoad } from "./support/own-load.ts";
import {
  answerWords,
  innerOf,
  type OwnRequest,
  opening,
  ownRequest,
  requestBytes,
  responseBytes,
  within,
} from "./support/own-session.ts";
import { EVERY, forSources, type Source, siteOf } from "./support/sources.ts";

const suite = "load";
const owner = "server";
const needs = { keys: true, cards: ["specimen"], links: ["HSM", "236"], database: true } as const;
const INDIRECT = EVERY.filter(({ direct, suite }) => !direct && suite === "AES-128-GCM");
const BANK = INDIRECT.filter(({ source }) => source === "bank");

/** Minor units. */
const AMOUNT = 25;

/** One message to the load server, sealed as the first of a channel of `own`: what it answered. */
async function say(t: CaseContext, own: OwnRequest, inner: Uint8Array, number: number): Promise<Uint8Array | null> {
  const [answer = null] = await t.system.loadSession([opening(own, inner, number)]);
  return answer;
}

/** The answer to `inner` is just that, and the HSM was not asked for an S2. */
async function expectRefused(
  t: CaseContext,
  what: string,
  own: OwnRequest,
  inner: Uint8Array,
  words: string,
  about: About,
): Promise<void> {
  const since = t.system.events().at(-1)?.n;
  const answer = await say(t, own, inner, 50);
  t.expect.equal(`answer to ${what}`, answerWords(answer), words, about);
  t.expect.equal(`requests for S2 after ${what}`, hsmFrames(t.system.events(since), "DM").length, 0, about);
}

/** The load request is answered with a load command, on a channel that is gone then; LOADDATA. */
async function requested(t: CaseContext, own: OwnRequest, about: About): Promise<Uint8Array> {
  const answer = await say(t, own, requestBytes(own), 1);
  return innerOf(t, own, answer, "load-command", about).LOADDATA;
}

/** The card executes the command; CARDRSP. */
async function credited(t: CaseContext, LOADDATA: Uint8Array, about: About): Promise<Uint8Array> {
  const { data, SW } = await creditIep(t, LOADDATA);
  t.expect.equal("status word of CREDIT IEP", SW, "9000", about);
  return data;
}

/** Brings what the card said in a load whose channel is gone. */
async function brought(t: CaseContext, own: OwnRequest, CARDRSP: Uint8Array, number = 2): Promise<string> {
  const { SOURCE, IDTRX, IDMER } = own.page;
  const { LOADINIT, LOADRSP } = own.offer;
  const word = { SOURCE, IDTRX, IDMER, LOADINIT, LOADRSP, CARDRSP, SW: "9000" };
  return answerWords(await say(t, own, encodeMessage({ kind: "load-recovery", ...word }), number));
}

async function completed(t: CaseContext, own: OwnRequest, about: About): Promise<Uint8Array> {
  const CARDRSP = await credited(t, await requested(t, own, about), about);
  t.expect.equal("answer to the card's word on the load", await brought(t, own, CARDRSP), "EF", about);
  return CARDRSP;
}

/**
 * CC for a request about a load that is over: a bank's word on the debit is still right then, an own hold is none any more
 * (`load.md` 4, the order of the table).
 */
function overCode({ source }: Source): string {
  return source === "bank" ? "EE A004" : "EE A006";
}

async function statusOf(t: CaseContext, { page: { IDTRX } }: OwnRequest): Promise<string> {
  return (await t.system.loads()).find((row) => row.IDTRX === IDTRX)?.status ?? "none";
}

/** The card in the reader initialised for another amount under the same page. */
async function withAmount(t: CaseContext, own: OwnRequest, MLDA: number): Promise<OwnRequest> {
  const { CURRLDA, CEXPLDA, IDACQ, DTHR, IDTRX } = own.page;
  await selectPurse(t);
  return { ...own, offer: await initialiseLoad(t, { MLDA, CURRLDA, CEXPLDA, IDACQ, DTHR, IDTRX }) };
}

export const cases: readonly Case[] = [
  ...forSources(INDIRECT, (source) =>
    defineCase({
      id: "LOAD-REPLAY-01",
      suite,
      purpose:
        "A head end that has the card sign for one unit more than was debited gets no load command, and one for less none either; the amount that was debited is loaded",
      requirements: ["0123-d"],
      owner,
      needs,
      async run(t) {
        const about = aboutOf(source, "0123-d");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const own = await ownRequest(t, source, AMOUNT);
        for (const MLDA of [AMOUNT + 1, AMOUNT - 1, AMOUNT * 100]) {
          const other = await withAmount(t, own, MLDA);
          await expectRefused(
            t,
            `a request for ${MLDA} in place of ${AMOUNT}`,
            other,
            requestBytes(other),
            "EE A006",
            about,
          );
        }
        t.expect.equal("row of such a load", await statusOf(t, own), "none", about);
        await completed(t, await withAmount(t, own, AMOUNT), about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), loadedBy(AMOUNT), about);
      },
    }),
  ),
  ...forSources(BANK, (source) =>
    defineCase({
      id: "LOAD-REPLAY-02",
      suite,
      purpose: "The bank's word on a debit serves no other load of the same card, account and amount",
      requirements: ["0123-d", "898-d"],
      owner,
      needs,
      async run(t) {
        const about = aboutOf(source, "898-d");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const old = await ownRequest(t, source, AMOUNT);
        const own = await ownRequest(t, source, AMOUNT);
        const request = (SECLOAD: Uint8Array) => inElement("SECLOAD", setTo(SECLOAD))(requestBytes(own));
        await expectRefused(
          t,
          "the debit of another load",
          own,
          request(old.SECLOAD ?? new Uint8Array(8)),
          "EE A006",
          about,
        );
        const flipped = at(7, 1)(own.SECLOAD ?? new Uint8Array(8));
        await expectRefused(t, "an altered word on the debit", own, request(flipped), "EE A006", about);
        await completed(t, own, about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), loadedBy(AMOUNT), about);
      },
    }),
  ),
  ...forSources(INDIRECT, (source) =>
    defineCase({
      id: "LOAD-REPLAY-03",
      suite,
      purpose:
        "One authorisation is good for one load: with a new signature of the card it is refused, and loaded once",
      requirements: ["878", "898-d"],
      owner,
      needs,
      async run(t) {
        const about = aboutOf(source, "878");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const own = await ownRequest(t, source, AMOUNT);
        await completed(t, own, about);
        const second = await withAmount(t, own, AMOUNT);
        await expectRefused(
          t,
          "a second load on the same debit",
          second,
          requestBytes(second),
          overCode(source),
          about,
        );
        await expectRefused(t, "the first request again", own, requestBytes(own), overCode(source), about);
        t.expect.equal("row of the load", await statusOf(t, own), "loaded", about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), loadedBy(AMOUNT), about);
      },
    }),
  ),
  ...forSources(INDIRECT, (source) =>
    defineCase({
      id: "LOAD-REPLAY-04",
      suite,
      purpose:
        "The card's answer of an earlier load proves nothing in a later one, also with the later one's number and balance; the card's own word settles it",
      requirements: ["0128-b", "885"],
      owner,
      needs,
      async run(t) {
        const about = aboutOf(source, "0128-b");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const old = await completed(t, await ownRequest(t, source, AMOUNT), about);
        const own = await ownRequest(t, source, AMOUNT);
        const { NTIEP, BALIEP } = own.offer.card;
        const numbered = at(2, 6, setTo(fromHex(hex(NTIEP, 2) + hex(BALIEP + AMOUNT, 4))))(old);
        const answers = await t.system.loadSession([
          opening(own, requestBytes(own), 1),
          within(own, responseBytes(own, numbered), 2),
          within(own, responseBytes(own, old), 3),
        ]);
        const [first, ...words] = [answers[0], answers[1], answers[2]].map(answerWords);
        t.expect.equal("answer to the request", first, "E5", about);
        t.expect.equal("answers to the old word", words, ["EE 9302", "EE A01A"], about);
        t.expect.equal("row of the load", await statusOf(t, own), "unresolved", about);
        t.expect.equal("answer to the old word in a recovery", await brought(t, own, numbered, 4), "EE A01A", about);
        const { LOADDATA } = innerOf(t, own, answers[0], "load-command", about);
        const CARDRSP = await credited(t, LOADDATA, about);
        t.expect.equal("answer to the card's own word", await brought(t, own, CARDRSP, 5), "EF", about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), loadedBy(2 * AMOUNT), about);
      },
    }),
  ),
  ...forSources(INDIRECT, (source) =>
    defineCase({
      id: "LOAD-REPLAY-05",
      suite,
      purpose:
        "Who asks what became of a load before its request closes it for good: nothing is loaded afterwards, and the amount goes back",
      requirements: ["878", "898-d"],
      owner,
      needs,
      async run(t) {
        const about = aboutOf(source, "878");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const own = await ownRequest(t, source, AMOUNT);
        const { IDMER, IDTRX } = own.page;
        const inquiry = encodeMessage({ kind: "load-inquiry", IDMER, IDTRX });
        t.expect.equal("answer to an early inquiry", answerWords(await say(t, own, inquiry, 9)), "EF", about);
        t.expect.equal("row of the load", await statusOf(t, own), "void", about);
        await expectRefused(t, "the request after it", own, requestBytes(own), overCode(source), about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),
  ...forSources(INDIRECT, (source) =>
    defineCase({
      id: "LOAD-REPLAY-06",
      suite,
      purpose: "An inquiry under the key of another load, or about another one inside, closes no load",
      requirements: ["878", "898-d"],
      owner,
      needs,
      async run(t) {
        const about = aboutOf(source, "898-d");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const other = await ownRequest(t, source, AMOUNT);
        const own = await ownRequest(t, source, AMOUNT);
        const inquiry = encodeMessage({ kind: "load-inquiry", IDMER: own.page.IDMER, IDTRX: own.page.IDTRX });
        const foreign = { page: own.page, keys: { ...own.keys, TSK: other.keys.TSK } };
        const { RND, ETSK } = other.page;
        const forged = {
          "an inquiry sealed with another load's key": opening(foreign, inquiry, 11),
          "one with the whole key of another load": opening(
            { ...foreign, page: { ...own.page, RND, ETSK } },
            inquiry,
            12,
          ),
          "one within the channel of another load": opening(other, inquiry, 13),
        };
        for (const [what, message] of Object.entries(forged)) {
          const [answer] = await t.system.loadSession([message]);
          t.expect.oneOf(`answer to ${what}`, answerWords(answer), ["EE A00B", "EE A00C"], about);
        }
        t.expect.equal("row of the load", await statusOf(t, own), "none", about);
        await completed(t, own, about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), loadedBy(AMOUNT), about);
      },
    }),
  ),
];

/** Big-endian, in hex. */
function hex(value: number, bytes: number): string {
  return [...uintToBytes(value, bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
