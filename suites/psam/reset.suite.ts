/** Reset and SELECT at every moment of a draw (`psam-edge.md` 2): what is forgotten and what is kept. */
import type { Case } from "../define/case.ts";
import { certificatesFor } from "./support/certificates.ts";
import { CONTENT, collect, collected, endOfCollection, lines, s5, sell, Updates } from "./support/clearing.ts";
import {
  confirm,
  issueDebit,
  packageAtr,
  packageCard,
  packageData,
  packageDebit,
  packageInitialise,
  packageIssuer,
  present,
  READ_CERTIFICATE,
  READ_SESSION_KEY,
  sessionKey,
  withdraw,
} from "./support/draw.ts";
import { type Psam, READ_TOTALS } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, isPublic, purse } from "./support/purse.ts";
import { euro, expectTotals, readTotals } from "./support/totals.ts";

const WAYS = {
  SELECT: async () => undefined,
  "a warm reset": async (psam: Psam) => {
    await psam.reset("warm");
    await psam.says("READ TOTALS before SELECT", READ_TOTALS, "6985");
  },
  "a cold reset": async (psam: Psam) => {
    await psam.reset("cold");
    await psam.says("READ TOTALS before SELECT", READ_TOTALS, "6985");
  },
};

/** Nothing is at hand: no package but the first is in order. */
async function expectIdle(psam: Psam, when: string, INITRSP: Uint8Array): Promise<void> {
  const { issuer, card } = certificatesFor(psam.t, purse({ ALGIEP: 0x10 }));
  const debit = packageDebit(packageData({ INITRSP, IDTRX: psam.nextIdtrx() }));
  for (const [what, command] of [
    ["PACKAGE: INITIALIZE IEP", packageInitialise(INITRSP)],
    ["PACKAGE: ISSUER CERTIFICATE", packageIssuer(issuer)],
    ["PACKAGE: CARD CERTIFICATE", packageCard(card)],
    ["PACKAGE: DEBIT", debit],
    ["READ CERTIFICATE", READ_CERTIFICATE],
    ["READ SESSION KEY", READ_SESSION_KEY],
  ] as const) {
    await psam.says(`${what} ${when}`, command, "6985");
  }
  await psam.says(`PACKAGE: ANSWER TO RESET ${when}`, packageAtr(), "9000");
  await psam.select();
}

/** Stops a draw after so many of its packages. */
class Stop extends Error {}

export const cases: readonly Case[] = [
  ...[purse(), purse({ ALGIEP: 0x10 })].map((INITRSP, index) => {
    const name = isPublic(INITRSP) ? "public key card" : "secret key card";
    return psamCase({
      id: `PSAM-RST-0${index + 1}`,
      purpose: `Reset and SELECT after every package for a ${name} forget the card, and cost no number`,
      requirements: ["PSAM-0059-a", "PSAM-0044-i"],
      consumes: { NTPSAM: 3 },
      async run(t, psam) {
        for (const [way, happen] of Object.entries(WAYS)) {
          const before = await readTotals(psam);
          const places = isPublic(INITRSP) ? 4 : 2;
          for (let stop = 0; stop < places; stop++) {
            let place = 0;
            await present(psam, INITRSP, async () => {
              if (place++ === stop) throw new Stop();
            }).catch((thrown: unknown) => {
              if (!(thrown instanceof Stop)) throw thrown;
            });
            await happen(psam);
            await psam.select();
            await expectIdle(psam, `after ${stop + 1} packages and ${way}`, INITRSP);
            t.expect.equal(`what it says of itself after ${way}`, await readTotals(psam), before);
          }
          await present(psam, INITRSP);
          const debit = await issueDebit(psam, { INITRSP });
          const SK = isPublic(INITRSP) ? { SK: await sessionKey(psam) } : {};
          await happen(psam);
          await psam.select();
          await expectIdle(psam, `after the debit and ${way}`, INITRSP);
          const after = await readTotals(psam);
          t.expect.equal(`suspended after ${way}`, after.suspended, before.suspended + 1);
          t.expect.equal(`NTPSAM after ${way}`, after.NTPSAM, before.NTPSAM + 1);
          await confirm(psam, { ...debit, ...SK }, cardrsp(psam, { ...debit, ...SK }));
          await expectTotals(psam, `after ${way} and COMPLETE`, before, [euro(995, 1)]);
        }
      },
    });
  }),
  psamCase({
    id: "PSAM-RST-03",
    purpose: "Totals, numbers, lists, keys and the collection are the same after any number of resets",
    requirements: ["PSAM-0044-e"],
    consumes: { NTPSAM: 4 },
    async run(t, psam) {
      const updates = await Updates.open(psam);
      await updates.apply("a card is blocked", CONTENT.block("000123", "0000004803"));
      await sell(psam, 40);
      await sell(psam, 41);
      const LINES = lines([euro(40, 1)]);
      const answer = await psam.send(collect(LINES));
      const NTCOL = Number.parseInt(answer.slice(0, 8), 16);
      t.expect.equal("answer to COLLECT", answer, collected(psam, NTCOL, LINES));
      await sell(psam, 42, purse({ PPIEP: "000456" }));
      const whole = await psam.send(READ_TOTALS);
      for (let round = 0; round < 6; round++) {
        await psam.reset(round % 2 === 0 ? "warm" : "cold");
        if (round % 3 === 2) await psam.select();
        await psam.select();
        await psam.says(`READ TOTALS after ${round + 1} resets`, READ_TOTALS, whole);
        await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
        await psam.says("the blocked card", packageInitialise(purse({ IDIEP: "0000004803" })), "9412");
        await psam.says("COLLECT again", collect(LINES), answer);
        await psam.says(
          "the update of before",
          updates.command(CONTENT.unblock("000123", "0000004803"), { NTUPD: updates.last }),
          "9419",
        );
      }
      await psam.says("END OF COLLECTION", endOfCollection(NTCOL, s5(psam, NTCOL)), "9000");
      await updates.apply("the card is unblocked", CONTENT.unblock("000123", "0000004803"));
    },
  }),
  psamCase({
    id: "PSAM-RST-04",
    purpose: "Session keys that the security card makes differ after every reset",
    requirements: ["PSAM-0044-i"],
    consumes: { NTPSAM: 12 },
    async run(t, psam) {
      const seen = new Set<string>();
      const INITRSP = purse({ ALGIEP: 0x10 });
      for (let round = 0; round < 12; round++) {
        await present(psam, INITRSP);
        const { IDTRX } = await issueDebit(psam, { INITRSP });
        seen.add((await psam.send(READ_SESSION_KEY)).slice(0, 224));
        await psam.says("CANCEL", withdraw(IDTRX), "9000");
        await psam.reset(round % 2 === 0 ? "warm" : "cold");
        await psam.select();
      }
      t.expect.equal("different EK after twelve resets", seen.size, 12);
    },
  }),
];
