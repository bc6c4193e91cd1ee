/** COLLECT and END OF COLLECTION at the PSAM, in a smart terminal and in a dumb one (`psam-edge.md` 4.8, 4.9). */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { flipLast } from "../payment/support/alter.ts";
import { ask } from "../payment/support/direct.ts";
import { balancesOf, expectSettled } from "./support/accounts.ts";
import { batchesFrom, dueS4, dueS5, linesFor, post } from "./support/batches.ts";
import { acknowledge, wantedOf } from "./support/facility.ts";
import { clear, firstSite, type Sale, sell, siteAt } from "./support/sales.ts";

const about = { requirement: "CLR-0005-b" };

/** NTCOL and S4 in hex, or the PSAM's status word. */
async function collect(t: CaseContext, IDTERM: string, DIGEST: string, LINES: Uint8Array): Promise<string> {
  const answer = await ask(t, IDTERM, { kind: "t-collect", IDTERM, DIGEST, LINES });
  if (answer.kind === "t-collected") return `${answer.NTCOL} ${toHex(answer.S4)}`;
  return answer.kind === "t-refusal" ? answer.CC : answer.kind;
}

export const cases: readonly Case[] = (["smart", "dumb"] as const).map((kind) =>
  defineCase({
    id: `CLR-PSAM-${kind.toUpperCase()}`,
    suite: "clearing",
    purpose: `COLLECT and END OF COLLECTION in a ${kind} terminal: every status word in its order, nothing taken by a refusal, nothing taken twice, S4 and the number right`,
    requirements: ["CLR-0005-b", "CLR-0056-c"],
    owner: "psam",
    needs: {
      database: true,
      links: ["batch"],
      keys: true,
      clearing: true,
      terminals: { kind },
      sites: [{ kind: "internet" }],
      // the only smart terminal with a site of its own may have a real security card, with a past
      ...(kind === "smart" ? { exhaustive: true } : {}),
    },
    timeoutMs: 120_000,
    async run(t) {
      const before = await balancesOf(t);
      const model = await sell(t, firstSite(t));
      await clear(t);
      const { batch } = t.expect.present("a batch", batchesFrom(t.system.events(), "payment-server")[0], about);
      const SITE = t.expect.present(`a site with a ${kind} terminal`, siteAt(t, { kind, server: "payment-server" }), {
        owner: "bench",
      });
      const sales: Sale[] = [await sell(t, SITE), await sell(t, SITE)];
      const [{ IDTERM, MPDA }] = sales as [Sale, ...Sale[]];
      const held = await t.system.readTotals(IDTERM);
      const { DIGEST, LINES, MEMBERS } = wantedOf(await t.system.readStore(IDTERM));
      const lines = (...amounts: readonly number[]) =>
        linesFor(sales.slice(0, amounts.length).map((sale, index) => ({ ...sale, MPDA: amounts[index] ?? 0 })));
      const zero = LINES.slice();
      zero.fill(0, 6, 12);
      const table = [
        ["a line twice", concat(LINES, LINES), "6A80"],
        ["a sum of zero", zero, "6A80"],
        ["a sum too high", lines(MPDA, MPDA + 1), "9418"],
        ["a number too high", concat(LINES.subarray(0, 15), Uint8Array.of(3)), "9418"],
        ["a sum that leaves a number", lines(MPDA + MPDA), "9418"],
        ["a currency of which there is nothing", linesFor([{ ...model, CURR: "0840" }]), "9418"],
      ] as const;
      for (const [what, wrong, SW] of table) {
        t.expect.equal(`answer to ${what}`, await collect(t, IDTERM, DIGEST, wrong), SW, about);
        t.expect.equal(`totals after ${what}`, (await t.system.readTotals(IDTERM)).totals, held.totals, about);
      }
      const none = await acknowledge(t, IDTERM, 1, new Uint8Array(8));
      t.expect.equal("answer to an end of no collection", none, "9415", about);
      const BATCHNO = `${held.PPPSAM}00${held.IDPSAM}`;
      const due = { BATCHNO, NTCOL: 1, LINES, MEMBERS };
      const answer = `1 ${dueS4(t, due)}`;
      for (const time of ["first", "again"]) {
        t.expect.equal(`COLLECT, ${time}`, await collect(t, IDTERM, DIGEST, LINES), answer, about);
        t.expect.equal(`totals, ${time}`, (await t.system.readTotals(IDTERM)).totals, [], about);
      }
      const astray = await collect(t, IDTERM, toHex(flipLast(fromHex(DIGEST))), LINES);
      t.expect.matches("COLLECT of the same lines under another DIGEST", astray, /^1 [0-9A-F]{16}$/, about);
      t.expect.that(astray !== answer, "S4 is over that DIGEST", { ...about, actual: astray });
      t.expect.equal("COLLECT, set right", await collect(t, IDTERM, DIGEST, LINES), answer, about);
      const other = await collect(t, IDTERM, DIGEST, lines(MPDA));
      t.expect.equal("COLLECT of other lines meanwhile", other, "9419", about);
      const S5 = dueS5(t, due);
      t.expect.equal("S5 altered", await acknowledge(t, IDTERM, 1, flipLast(S5)), "9302", about);
      t.expect.equal("the next number", await acknowledge(t, IDTERM, 2, S5), "9415", about);
      const { IDCP, IDACQUIRER } = batch;
      const own = { kind: "batch", IDCP, IDACQUIRER, ...due, S4: fromHex(dueS4(t, due)) } as const;
      t.expect.equal("status of the batch", (await post(t, "clearing-system", encodeMessage(own))).status, 200, about);
      t.expect.equal("END OF COLLECTION", await acknowledge(t, IDTERM, 1, S5), "0000", about);
      t.expect.equal("END OF COLLECTION again", await acknowledge(t, IDTERM, 1, S5), "9415", about);
      await t.system.clearing.settle();
      await expectSettled(t, before, [model, ...sales], { requirement: "CLR-0056-c" });
    },
  }),
);
