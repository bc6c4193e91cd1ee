/** The card reader: what it carries it does not change, and it serves a card whenever it comes. */
import { toHex } from "../../harness/core/bytes.ts";
import { parseSelectPurseResponse } from "../../harness/protocol/messages/select-purse.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { ask, expectAnswer, expectRefused, freshSession, selectPurse } from "./support/card.ts";
import { expectConserved, readAccounts } from "./support/money.ts";
import { apdusOn } from "./support/observe.ts";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-RDR-01",
    suite: "payment",
    purpose: "The reader passes command bodies of every length to the card, those that end in zeros included",
    requirements: ["RDR-0028-a"],
    owner: "reader",
    needs: { secretKeyCard: true },
    async run(t) {
      const about = { requirement: "RDR-0028-a" };
      for (let length = 5; length <= 16; length++) {
        for (const fill of ["00", "FF", "90"]) {
          const AID = `A0${fill.repeat(length - 1)}`;
          await expectRefused(
            t,
            `SELECT of a name of ${length} bytes (${AID})`,
            `00A40400${byte(length)}${AID}00`,
            "6A82",
            about,
          );
        }
      }
      for (const length of [1, 4, 17, 32, 64, 128, 200, 255]) {
        const name = "00".repeat(length);
        await expectRefused(
          t,
          `SELECT of a name of ${length} zeros`,
          `00A40400${byte(length)}${name}00`,
          "6700",
          about,
        );
      }
      await freshSession(t);
      await expectRefused(
        t,
        "DEBIT IEP that ends in zeros",
        `9054010035${"11".repeat(20)}${"00".repeat(33)}10`,
        "9302",
        about,
      );
      await expectRefused(t, "GET PREVIOUS IEP SIGNATURE of FF00", "905A010002FF0010", "9406", about);
    },
  }),

  defineCase({
    id: "PAY-RDR-02",
    suite: "payment",
    purpose: "The reader passes answers whole, long ones included, and the card's own status words",
    requirements: ["RDR-0028-a", "RDR-0028-b", "RDR-0027-a"],
    owner: "reader",
    async run(t) {
      const about = { requirement: "RDR-0028-b" };
      const data = await selectPurse(t, about);
      const identity = parseSelectPurseResponse(Uint8Array.of(...data, 0x90, 0x00));
      t.expect.equal("answer to SELECT (47 bytes or more)", identity.kind, "answer", about);
      t.expect.that(data.length >= 47, "the answer to SELECT is whole", { ...about, actual: data.length });
      const again = await selectPurse(t, about);
      t.expect.equal("the same answer a second time", toHex(again), toHex(data), { requirement: "RDR-0028-a" });
      await expectAnswer(t, "INITIALIZE IEP", "905001001B", 27, about);
      await expectAnswer(t, "READ RECORD of card information", "00B2010C00", 21, about);
      const own: readonly (readonly [string, string])[] = [
        ["00A4040008F050422D0000000100", "6A82"],
        ["905A010002FFFF10", "9406"],
        ["00B2FEC400", "6A83"],
        ["905001001A", "6700"],
        ["905002001B", "6A86"],
        ["90EE000000", "6D00"],
        ["B0EE000000", "6E00"],
      ];
      for (const [command, SW] of own) {
        t.expect.equal(`status word for ${command}`, (await ask(t, command)).SW, SW, { requirement: "RDR-0027-a" });
      }
    },
  }),

  defineCase({
    id: "PAY-RDR-03",
    suite: "payment",
    purpose: "A card that is in the reader before the site is visited pays without being put in again",
    requirements: ["RDR-0067"],
    owner: "reader",
    async run(t) {
      t.expect.completed(await t.system.purchase(), { requirement: "RDR-0067" });
    },
  }),

  defineCase({
    id: "PAY-RDR-04",
    suite: "payment",
    purpose: "A card put in while the user visits the site, or after the choice was made, pays as well",
    requirements: ["RDR-0067"],
    owner: "reader",
    needs: { cards: ["specimen"], swiftHand: true, links: ["cable", "235"] },
    async run(t) {
      const before = await readAccounts(t);
      for (const [moment, from, message] of MOMENTS) {
        await t.step(moment, async () => {
          await t.system.removeCard();
          using inserted = t.system.when({ link: "cable", from, message }, () => t.system.insertCard("specimen"));
          const seen = await t.system.purchase();
          t.expect.equal("cards put in", inserted.hits, 1, { owner: "bench" });
          await expectPaid(t, seen);
        });
      }
      await t.step("after the user has accepted", async () => {
        await t.system.removeCard();
        let inserting: Promise<void> | undefined;
        const seen = await t.system.purchase({
          decide: () => {
            inserting = Promise.resolve().then(() => t.system.insertCard("specimen"));
            return "accept";
          },
        });
        await inserting;
        await expectPaid(t, seen);
      });
      const after = await readAccounts(t);
      t.expect.equal("purchases in the card's log", after.purse.NTIEP - before.purse.NTIEP, 3, {
        requirement: "RDR-0067",
      });
    },
  }),

  defineCase({
    id: "PAY-RDR-05",
    suite: "payment",
    purpose: "Without a card the set-top box asks for one, waits its time, and nothing is paid",
    requirements: ["RDR-0067"],
    owner: "reader",
    needs: { cards: ["specimen"], removal: true, links: ["235"] },
    async run(t) {
      const about = { requirement: "RDR-0067" };
      const before = await readAccounts(t);
      await t.system.removeCard();
      const seen = await t.system.purchase();
      t.expect.refused(seen, "A015", about);
      t.expect.equal("DEBIT IEP commands", apdusOn(seen, "235", 0x54).length, 0, about);
      await t.system.insertCard("specimen");
      await expectPaid(t, await t.system.purchase());
      const after = await readAccounts(t);
      t.expect.equal("purchases in the card's log", after.purse.NTIEP - before.purse.NTIEP, 1, about);
      const inSuspense = expectConserved(t, before, after, about);
      t.expect.equal("amount left in suspense (minor units)", inSuspense, 0, about);
    },
  }),
];

const MOMENTS = [
  ["before the selection reaches the head end", "set-top-box", 0xe1],
  ["after the selection, before the page is shown", "head-end", 0xe2],
] as const;

async function expectPaid(t: CaseContext, seen: Awaited<ReturnType<CaseContext["system"]["purchase"]>>): Promise<void> {
  const about = { requirement: "RDR-0067" };
  t.expect.equal("how the purchase ended (CC)", seen.outcome.CC, "0000", about);
  t.expect.equal("DEBIT IEP commands", apdusOn(seen, "235", 0x54).length, 1, about);
}

function byte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}
