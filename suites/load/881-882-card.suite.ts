/** Steps 881 and 882 (1081, 1082): the card gets the load command, verifies S2, raises its balance and signs how it ended. */
import { flipBit, toHex } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { selectPurse } from "../payment/support/card.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { CREDIT_IEP, credits, theCredit } from "./support/observe.ts";
import { aboutOf, loadOnce } from "./support/one-load.ts";
import { expectCardResponse, expectLoadCompletion } from "./support/own-load.ts";
import { theInner } from "./support/page.ts";
import { BOTH, EVERY, forSources, onLab, siteOf } from "./support/sources.ts";

/** S2 in the command CREDIT IEP. */
const S2_AT = 5 + 7;

export const cases: readonly Case[] = [
  ...forSources(onLab(EVERY, "FUND"), (source) =>
    defineCase({
      id: "LOAD-881-01",
      suite: "load",
      purpose: "The set-top box gives the load command to the card, once, byte for byte as the load server sent it",
      requirements: ["881-a"],
      owner: "server",
      needs: { keys: true, links: ["235", "236", "cable"] },
      async run(t) {
        const about = aboutOf(source, "881-a");
        const { seen, keys } = await loadOnce(t, source);
        const { LOADDATA } = theInner(t, seen, "236", keys, "load-command", about).message;
        const commands = credits(seen).map(({ event }) => toHex(event.bytes));
        t.expect.equal("CREDIT IEP commands to the card", commands, [`905200000F${toHex(LOADDATA)}10`], about);
        t.expect.completed(seen);
      },
    }),
  ),

  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-881-02",
      suite: "load",
      purpose:
        "The card refuses a load command whose S2 has one bit inverted: nothing is loaded, and the amount is back in the account",
      requirements: ["881-b"],
      owner: "card",
      needs: { keys: true, links: ["235"] },
      async run(t) {
        const about = aboutOf(source, "881-b");
        const site = siteOf(t, source);
        for (const bit of [0, 37, 63]) {
          const before = await moneyOf(t, site);
          const purse = await t.system.readPurse();
          using fault = t.system.disturb({
            link: "235",
            from: "set-top-box",
            message: CREDIT_IEP,
            times: 1,
            act: (command) => flipBit(command, S2_AT * 8 + bit),
            what: `bit ${bit} of S2 inverted`,
          });
          const { seen } = await loadOnce(t, source);
          t.expect.equal("load commands altered", fault.hits, 1, { owner: "bench" });
          const credit = theCredit(t, seen, about);
          t.expect.equal("answer to CREDIT IEP", toHex(credit.answer), "9302", { ...about, at: credit.event });
          t.expect.refused(seen, "A023", { ...about, owner: "server" });
          t.expect.samePurse(purse, await t.system.readPurse(), about);
          expectMoved(t, before, await moneyOf(t, site), {}, { ...about, owner: "server" });
        }
      },
    }),
  ),

  ...forSources(onLab(BOTH, "FUND"), (source) =>
    defineCase({
      id: "LOAD-881-03",
      suite: "load",
      purpose:
        "The balance rises by exactly the amount, from the least one to the maximum load value, and the card logs it",
      requirements: ["881-c", "CARD-0022-a"],
      owner: "card",
      needs: { keys: true, links: ["235"] },
      async run(t) {
        const about = aboutOf(source, "881-c");
        const { SITE, limit } = siteOf(t, source);
        for (const amount of [1, 2500, "most"] as const) {
          const before = await moneyOf(t, siteOf(t, source));
          const purse = await t.system.readPurse();
          const seen = await t.system.load({ SITE, enter: ({ MLDAmax }) => (amount === "most" ? MLDAmax : amount) });
          t.expect.completed(seen, about);
          const MLDA = amount === "most" ? Math.min(limit, purse.BALmaxIEP - purse.BALIEP) : amount;
          const after = await t.system.readPurse();
          t.expect.equal("BALIEP", after.BALIEP, purse.BALIEP + MLDA, about);
          t.expect.equal("NTIEP", after.NTIEP, purse.NTIEP + 1, about);
          const { TI, MPDA, BALIEP, NTIEP, CC } = t.expect.present("newest log record", after.log[0], about);
          t.expect.equal(
            "newest log record: TI, NTIEP, CC, MLDA, BALIEP",
            [TI, NTIEP, CC, MPDA, BALIEP],
            [2, purse.NTIEP, "0000", MLDA, after.BALIEP],
            about,
          );
          expectMoved(t, before, await moneyOf(t, siteOf(t, source)), loadedBy(MLDA), { ...about, owner: "server" });
        }
      },
    }),
  ),

  ...forSources(onLab(EVERY, "BANK"), (source) =>
    defineCase({
      id: "LOAD-881-04",
      suite: "load",
      purpose:
        "The card answers with result code, number, balance and S3 of its own load key over them, and all of it reaches the load server",
      requirements: ["881-d", "881-e", "882"],
      owner: "card",
      needs: { keys: true, links: ["235", "236"] },
      async run(t) {
        const { seen, keys, request } = await loadOnce(t, source, 321);
        const { answer, event } = theCredit(t, seen, aboutOf(source, "882"));
        const about = { at: event };
        t.expect.equal("length of the load response with status word", answer.length, 18, {
          ...aboutOf(source, "882"),
          ...about,
        });
        t.expect.equal("status word", toHex(answer.subarray(16)), "9000", { ...aboutOf(source, "882"), ...about });
        expectCardResponse(t, request, answer.subarray(0, 16), "0000", { ...aboutOf(source, "881-d"), ...about });
        const passed = theInner(t, seen, "236", keys, "load-response", aboutOf(source, "882"));
        const { CARDRSP, SW } = passed.message;
        t.expect.equal("load response at the load server", toHex(CARDRSP) + SW, toHex(answer), {
          ...aboutOf(source, "881-e"),
          owner: "server",
          at: passed.event,
        });
        t.expect.completed(seen);
      },
    }),
  ),

  defineCase({
    id: "LOAD-881-05",
    suite: "load",
    purpose:
      "A load that the card cannot execute gets a result code other than success, and S3 over just that code: none passes for another (card-only, loads nothing)",
    requirements: ["LOAD-BANK-881-e", "LOAD-PRE-1081-e", "LOAD-BANK-881-f", "LOAD-PRE-1081-f"],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const about = { requirement: "LOAD-BANK-881-f" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      const CURRLDA = before.CURRIEP === "0840" ? "0978" : "0840";
      await expectLoadCompletion(t, { MLDA: 0 }, "940A", about);
      await expectLoadCompletion(t, { MLDA: 1, CURRLDA }, "9409", about);
      const tooMuch = before.BALmaxIEP - before.BALIEP + 1;
      await expectLoadCompletion(t, { MLDA: tooMuch }, "940B", about);
      t.expect.samePurse(before, await t.system.readPurse(), { requirement: "LOAD-BANK-881-e" });
    },
  }),
];
