/** Peers that talk nonsense, or too much, to the servers of loading: each is turned away with a reason or unheard, and the next load succeeds. */
import { concat } from "../../harness/core/bytes.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { at, flipLast, inElement, setText } from "../payment/support/alter.ts";
import { messagesOn } from "../payment/support/observe.ts";
import { cardForm, OWN_SESSION, post } from "./support/browser.ts";
import { askHsm } from "./support/hsm.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { aboutOf } from "./support/one-load.ts";
import { answerWords } from "./support/own-session.ts";
import { BOTH, forSources, type Source, siteOf } from "./support/sources.ts";

const suite = "load";
const owner = "server";

/** More than any message or request may have (`messages.md` 1, 4). */
const TOO_LONG = 70_000;

/** A load by an honest user succeeds, and the books say just that one. */
async function expectServed(t: CaseContext, source: Source, work: () => Promise<void>, about: About): Promise<void> {
  const site = siteOf(t, source);
  const before = await moneyOf(t, site);
  await work();
  expectMoved(t, before, await moneyOf(t, site), {}, about);
  const seen = await t.system.load({ SITE: site.SITE, enter: () => 500 });
  t.expect.completed(seen, about);
  expectMoved(t, before, await moneyOf(t, site), loadedBy(500), about);
}

export const cases: readonly Case[] = [
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-HOSTILE-01",
      suite,
      purpose:
        "Garbage, half messages, messages that nobody expects, too long or not to be opened at the load server get no load command, and the next load succeeds",
      requirements: ["895-a"],
      owner,
      needs: { links: ["236"] },
      async run(t) {
        const about = aboutOf(source, "895-a");
        const seen = await t.system.load({ SITE: siteOf(t, source).SITE });
        const opening = messagesOn(seen, "236", "head-end").find(({ bytes }) => bytes[0] === 0xe4);
        const request = t.expect.present("load request on link 236", opening, about).bytes;
        const nonsense: Readonly<Record<string, Uint8Array>> = {
          "one byte": Uint8Array.of(0x00),
          "half a load request": request.subarray(0, request.length >> 1),
          "a load request with a tail": concat(request, Uint8Array.of(0)),
          "a load request of nobody": inElement("IDMER", setText("NOBODY00"))(request),
          "a load request whose seal is broken": inElement("SEALED", flipLast)(request),
          "a load request about another load": inElement("IDTRX", at(0, 1))(request),
          "a sealed message without opening": concat(Uint8Array.of(0xe5), request.subarray(1)),
          "a message of a length without end": Uint8Array.of(0xe4, 0x84, 0xff, 0xff, 0xff, 0xff),
          "a message that is too long": concat(
            Uint8Array.of(0xe4, 0x83, 0x01, 0x11, 0x6c),
            new Uint8Array(TOO_LONG - 5),
          ),
        };
        const work = async () => {
          for (const [what, message] of Object.entries(nonsense)) {
            const [answer] = await t.system.loadSession([message]);
            t.expect.matches(`answer to ${what}`, answerWords(answer), /^(closed|EE A0..)$/, about);
          }
        };
        await expectServed(t, source, work, about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-HOSTILE-02",
      suite,
      purpose:
        "An account holder answers requests that are too long, elsewhere, by another method or malformed with 413, 404, 405 and 400, holds nothing, and serves the next user",
      requirements: [source.source === "bank" ? "LOAD-BANK-875-d" : "LOAD-PRE-1075-b"],
      owner,
      async run(t) {
        const about = { requirement: source.source === "bank" ? "LOAD-BANK-875-d" : "LOAD-PRE-1075-b" };
        const site = siteOf(t, source);
        const { SITE } = site;
        const account = site.accounts[0]?.ACCOUNT ?? "";
        const visit = { site, SESSION: OWN_SESSION };
        const card = await cardForm(t);
        const IDTRX = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF";
        const status = async (what: string, due: number, answer: Promise<{ readonly status: number }>) =>
          t.expect.equal(`status for ${what}`, (await answer).status, due, about);
        await expectServed(
          t,
          source,
          async () => {
            await status("a body that is too long", 413, post(t, visit, "/load", { account: "A".repeat(TOO_LONG) }));
            await status("another path", 404, post(t, visit, "/loads", { account }));
            await status(
              "another method",
              405,
              t.system.http(SITE, { method: "GET", path: "/load", session: OWN_SESSION }),
            );
            await status("no account", 400, post(t, visit, "/load", {}));
            await status("an account that is none", 400, post(t, visit, "/load", { account: "a b" }));
            await status("the choice", 200, post(t, visit, "/load", { account }));
            const half = { account, ...card, balance: (card.balance ?? "").slice(2) };
            await status("half a balance", 400, post(t, visit, "/load/card", half));
            await status("a card that is none", 400, post(t, visit, "/load/card", { account, ...card, atr: "zz" }));
            for (const amount of ["", "-5", "1e3", "2.50", "0x10", "99999999999"]) {
              await status(
                `amount "${amount}"`,
                400,
                post(t, visit, "/load/amount", { "transaction-id": IDTRX, amount }),
              );
            }
          },
          about,
        );
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-HOSTILE-03",
      suite,
      purpose:
        "Frames that are none close their own connection to the HSM, what it does not know gets error 15, and the load server's connection serves the next load",
      requirements: ["899-b"],
      owner,
      needs: { links: ["HSM"] },
      async run(t) {
        const about = aboutOf(source, "899-b");
        const frames: Readonly<Record<string, readonly [string, string]>> = {
          "nothing at all": ["", "closed"],
          "a frame of five characters": ["0001D", "closed"],
          "a frame of 1,025 characters": [`0001DM${"0".repeat(1019)}`, "closed"],
          "a frame of other characters": ["0001DM\u0000\u00ff", "closed"],
          "a command that is none": ["0001QQ", "0001ZZ15"],
          "a request for S2 without request": ["0001DM", "0001DN15"],
          "a request for S2 of other digits": [`0001DM${"g".repeat(194)}`, "0001DN15"],
          "half a question about S3": [`0001DO${"0".repeat(100)}`, "0001DP15"],
        };
        const work = async () => {
          for (const [what, [frame, due]] of Object.entries(frames)) {
            t.expect.equal(`the HSM's answer to ${what}`, (await askHsm(t, frame)) ?? "closed", due, about);
          }
        };
        await expectServed(t, source, work, about);
      },
    }),
  ),
];
