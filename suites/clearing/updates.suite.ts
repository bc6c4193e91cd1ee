/** Updates of the clearing system on their way to the PSAMs, beside acknowledgements (`clearing.md` 5, `psam-edge.md` 4.10). */
import { concat, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { signS6 } from "../../harness/crypto/collection.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { answerOf } from "../payment/support/direct.ts";
import { allOf, logsOf } from "../payment/support/observe.ts";
import { balancesOf, expectSettled } from "./support/accounts.ts";
import { collectionKey, psamOf } from "./support/batches.ts";
import { clear, deliverAll, firstSite, oneOfEach, type Sale, sell } from "./support/sales.ts";

const suite = "clearing";
const about: About = { requirement: "CLR-0007-d" };
const common = {
  database: true,
  links: ["batch", "line"],
  logs: ["clearing-system"],
  clearing: true,
  sites: [{ kind: "internet" }],
} as const;

/** Every PSAM has what was issued for it: the clearing system has heard so, and nothing is due. */
async function deliverUpdates(t: CaseContext): Promise<void> {
  await t.system.clearing.forward();
  await deliverAll(t);
  await t.system.clearing.forward();
}

/** UPDATE as `psam-edge.md` 4.10 writes it, with the S6 of that PSAM. */
function updateFor(t: CaseContext, BATCHNO: string, NTUPD: number, content: string, date = "20310506"): Uint8Array {
  const unsigned = concat(uintToBytes(NTUPD, 4), fromHex(date + content));
  return concat(unsigned, signS6(collectionKey(t, BATCHNO), psamOf(BATCHNO), unsigned));
}

export const cases: readonly Case[] = [
  defineCase({
    id: "CLR-0007-06",
    suite,
    purpose:
      "A block of a card reaches every terminal together with the acknowledgements: that card cannot pay any more, another one can, and after its release it can again",
    requirements: ["CLR-0007-d"],
    owner: "server",
    needs: { ...common, cards: ["second"] },
    timeoutMs: 180_000,
    async run(t) {
      const before = await balancesOf(t);
      const sites = oneOfEach(t).slice(-4);
      const sales: Sale[] = [];
      for (const SITE of [firstSite(t), ...sites]) sales.push(await sell(t, SITE));
      const { PPIEP, IDIEP } = await t.system.readPurse();
      await t.system.clearing.issueUpdate({ kind: "block-card", PPIEP, IDIEP });
      await clear(t);
      await t.system.clearing.forward();
      const given = allOf(t.system.events(), "line", "t-update").length;
      t.expect.that(given > 0 && allOf(t.system.events(), "line", "t-acknowledge").length > 0, "terminals get both", {
        ...about,
        actual: given,
      });
      for (const SITE of [firstSite(t), ...sites]) {
        const purse = await t.system.readPurse();
        t.expect.refused(await t.system.purchase({ SITE }), ["9412", "A003", "A00B"], about);
        t.expect.money(purse, await t.system.readPurse(), 0, about);
      }
      await t.system.insertCard("second");
      sales.push(await sell(t, firstSite(t), undefined, about));
      await t.system.insertCard("specimen");
      await t.system.clearing.issueUpdate({ kind: "unblock-card", PPIEP, IDIEP });
      await deliverUpdates(t);
      for (const SITE of sites) sales.push(await sell(t, SITE, undefined, about));
      await clear(t);
      await clear(t);
      await t.system.clearing.settle();
      await expectSettled(t, before, sales, about);
    },
  }),
  defineCase({
    id: "CLR-0007-07",
    suite,
    purpose: "A key generation that an update removes serves no more, and serves again when another update brings it",
    requirements: ["CLR-0007-d"],
    owner: "server",
    needs: { ...common, cards: ["second-key-version"] },
    async run(t) {
      const SITE = firstSite(t);
      await t.system.insertCard("second-key-version");
      const { PPIEP, ALGIEP, VKIEP } = await t.system.readPurse();
      await sell(t, SITE);
      await clear(t); // every terminal's PSAM is known from then on
      for (const [kind, CC] of [
        ["remove-key", "9403"],
        ["set-key", "0000"],
      ] as const) {
        await t.system.clearing.issueUpdate({ kind, PPIEP, ALGIEP, VKIEP });
        await deliverUpdates(t);
        const seen = await t.system.purchase({ SITE });
        t.expect.equal(`how a purchase ends after ${kind}`, seen.outcome.CC, CC, about);
      }
    },
  }),
  defineCase({
    id: "CLR-0007-08",
    suite,
    purpose:
      "Several updates are given in the order of their numbers, each once, until there is a receipt; the clearing system hears what became of each",
    requirements: ["CLR-0007-d"],
    owner: "server",
    needs: common,
    async run(t) {
      await sell(t, firstSite(t));
      await clear(t);
      const { PPIEP } = await t.system.readPurse();
      for (const last of ["1", "2", "3"]) {
        await t.system.clearing.issueUpdate({ kind: "block-card", PPIEP, IDIEP: `000007777${last}` });
      }
      {
        using _ = t.system.disturb({
          link: "line",
          from: "concentrator",
          message: 0xb7,
          times: 1,
          act: () => "lose-link",
          what: "the first update is lost",
        });
        await deliverUpdates(t);
      }
      for (let round = 0; round < 3; round++) await deliverUpdates(t);
      const applied = new Map<string, number[]>();
      for (const { fields } of logsOf(t.system.events(), "clearing-system", "update-receipt")) {
        if (fields.CC !== "0000") continue;
        const name = String(fields.BATCHNO);
        applied.set(name, [...(applied.get(name) ?? []), Number(fields.NTUPD)]);
      }
      t.expect.that(applied.size >= t.facts.terminals.length, "every PSAM has them", {
        ...about,
        actual: applied.size,
      });
      for (const [BATCHNO, numbers] of applied) {
        t.expect.equal(`updates that ${BATCHNO} has applied`, numbers, [1, 2, 3], about);
      }
      const since = t.system.events().at(-1)?.n;
      await deliverUpdates(t);
      t.expect.equal("updates given again", allOf(t.system.events(since), "line", "t-update").length, 0, about);
    },
  }),
  defineCase({
    id: "CLR-0007-09",
    suite,
    purpose:
      "A PSAM applies no update that is forged, altered, malformed, for another PSAM, or older than one it has applied",
    requirements: ["CLR-0007-d"],
    owner: "psam",
    needs: { ...common, keys: true, cards: ["second"] },
    async run(t) {
      const IDTERM = t.expect.present("a terminal", t.system.terminals()[0]);
      const { PPPSAM, IDPSAM } = await t.system.readTotals(IDTERM);
      const BATCHNO = `${PPPSAM}00${IDPSAM}`;
      const { PPIEP, IDIEP } = await t.system.readPurse();
      const block = `01${PPIEP}${IDIEP}`;
      const good = updateFor(t, BATCHNO, 7, block);
      const flipped = (at: number) => good.map((byte, index) => (index === at ? byte ^ 1 : byte));
      const own = `${BATCHNO.slice(0, 15)}${BATCHNO.endsWith("1") ? "2" : "1"}`;
      const table = [
        ["KIND 05", updateFor(t, BATCHNO, 7, `05${PPIEP}${IDIEP}`), "6A80"],
        ["a date that is none", updateFor(t, BATCHNO, 7, block, "20311306"), "6A80"],
        ["a number that is no BCD", updateFor(t, BATCHNO, 7, `0100012A${IDIEP}`), "6A80"],
        ["a card of three bytes", updateFor(t, BATCHNO, 7, `01${PPIEP}000000000000`), "6A80"],
        ["a key of a CA", updateFor(t, BATCHNO, 7, `04${PPIEP}100155555555`), "6A80"],
        ["NTUPD altered", flipped(3), "9302"],
        ["the card altered", flipped(16), "9302"],
        ["S6 altered", flipped(good.length - 1), "9302"],
        ["the update of another PSAM", updateFor(t, own, 7, block), "9302"],
        ["zeros for S6", concat(good.subarray(0, -8), new Uint8Array(8)), "9302"],
      ] as const;
      for (const [what, UPDATE, CC] of table) {
        const done = await answerOf(t, IDTERM, { kind: "t-update", IDTERM, UPDATE }, "t-done", about);
        t.expect.equal(`answer to ${what} (${toHex(UPDATE)})`, done.CC, CC, about);
      }
      const ask = async (UPDATE: Uint8Array) =>
        (await answerOf(t, IDTERM, { kind: "t-update", IDTERM, UPDATE }, "t-done")).CC;
      t.expect.equal("answer to the true one", await ask(good), "0000", about);
      t.expect.equal("the same again", await ask(good), "9419", about);
      const release = updateFor(t, BATCHNO, 6, `02${PPIEP}${IDIEP}`);
      t.expect.equal("a release of a lower number", await ask(release), "9419", about);
      const { updated } = await t.system.readTotals(IDTERM);
      t.expect.equal("date of the last update", updated, "20310506", about);
      t.expect.equal(
        "a release of a higher number",
        await ask(updateFor(t, BATCHNO, 9, `02${PPIEP}${IDIEP}`, "20310101")),
        "0000",
        about,
      );
      const after = await t.system.readTotals(IDTERM);
      t.expect.equal("date after an update that is dated earlier", after.updated, "20310506", about);
    },
  }),
];
