/** CANCEL (`psam-edge.md` 4.5): both modes, in whatever state the transaction is. */
import { flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { complete, confirm, confirmation, draw, packageAtr, present, suspend, withdraw } from "./support/draw.ts";
import { drawAs, isCounted, isSuspended, KINDS, type Kind, LIVING, lineOf } from "./support/kinds.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, type Debit, purse } from "./support/purse.ts";
import { expectTotals, readTotals } from "./support/totals.ts";

const WITHDRAWS: readonly Kind[] = LIVING;
const SUSPENDS: readonly Kind[] = ["open", "issued"];

const ENDS = [
  { mode: "withdraw", command: withdraw, works: WITHDRAWS },
  { mode: "suspend", command: suspend, works: SUSPENDS },
] as const;

async function suspendedCount(psam: Psam): Promise<number> {
  return (await readTotals(psam)).suspended;
}

export const cases: readonly Case[] = [
  ...ENDS.map(({ mode, command, works }, index) =>
    psamCase({
      id: `PSAM-CAN-0${index + 1}`,
      purpose: `CANCEL, ${mode}, of a transaction of each kind, under each algorithm: what it answers, what it leaves in totals and count`,
      requirements: ["PSAM-0044-c", "PSAM-0080-c"],
      consumes: { NTPSAM: 21 },
      async run(t, psam) {
        for (const ALGIEP of [4, 5, 0x10]) {
          for (const kind of KINDS) {
            const before = await readTotals(psam);
            const debit = await drawAs(psam, kind, { INITRSP: purse({ ALGIEP }) });
            const isDone = works.includes(kind);
            await psam.says(`CANCEL, ${mode}, of one that is ${kind}`, command(debit.IDTRX), isDone ? "9000" : "9415");
            const stays = isDone ? false : isCounted(kind);
            await expectTotals(psam, `after CANCEL of one that is ${kind}`, before, stays ? [lineOf(debit)] : []);
            const isWaiting = isDone ? mode === "suspend" : isSuspended(kind);
            const count = before.suspended + (isWaiting ? 1 : 0);
            t.expect.equal(`suspended after CANCEL of one that is ${kind}`, await suspendedCount(psam), count);
            const SW = kind === "confirmed" ? "9416" : "9415";
            const due = isWaiting ? confirmation(debit) : SW;
            await psam.says("COMPLETE afterwards", complete(debit.IDTRX, cardrsp(psam, debit)), due);
            t.expect.equal("suspended after COMPLETE", await suspendedCount(psam), before.suspended);
          }
        }
      },
    }),
  ),
  psamCase({
    id: "PSAM-CAN-03",
    purpose: "An identifier that is near to that of a transaction, in any byte, cancels nothing",
    requirements: ["PSAM-0044-e"],
    consumes: { NTPSAM: 4 },
    async run(t, psam) {
      const debits = [];
      for (const kind of ["suspended", "issued", "taken back", "open"] as const) debits.push(await drawAs(psam, kind));
      const before = await readTotals(psam);
      const own = debits.map(({ IDTRX }) => IDTRX);
      for (const { IDTRX } of debits) {
        for (let at = 0; at < 16; at++) {
          for (const bit of [0, 7]) {
            const near = toHex(flipBit(fromHex(IDTRX), at * 8 + bit));
            if (own.includes(near)) continue;
            for (const { mode, command } of ENDS) await psam.says(`CANCEL, ${mode}, of ${near}`, command(near), "9415");
          }
        }
      }
      t.expect.equal("what the security card says of itself", await readTotals(psam), before);
    },
  }),
  psamCase({
    id: "PSAM-CAN-04",
    purpose: "CANCEL works at every point of another draw and does not disturb it",
    requirements: ["PSAM-0059-a"],
    consumes: { NTPSAM: 11 },
    async run(_, psam) {
      const INITRSP = purse({ ALGIEP: 0x10 });
      for (const { mode, command } of ENDS) {
        const ready: Debit[] = [];
        for (let count = 0; count < 4; count++) ready.push(await drawAs(psam, "issued"));
        await present(psam, INITRSP, async (place) => {
          const debit = ready.pop();
          if (debit) await psam.says(`CANCEL, ${mode}, in ${place}`, command(debit.IDTRX), "9000");
        });
        await psam.select();
      }
      const issued = await drawAs(psam, "issued");
      const open = await draw(psam);
      await psam.says("CANCEL of an issued one while another is open", suspend(issued.IDTRX), "9000");
      await psam.says("PACKAGE: ANSWER TO RESET while one is open", packageAtr(), "6985");
      await confirm(psam, open, cardrsp(psam, open));
      await confirm(psam, issued, cardrsp(psam, issued));
    },
  }),
];
