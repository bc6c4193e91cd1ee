/** What the clearing system answers to batches, and the concentration point to its senders (`clearing.md` 4 and 5). */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, defineCase } from "../define/case.ts";
import { flipLast } from "../payment/support/alter.ts";
import { balancesOf, expectSettled } from "./support/accounts.ts";
import { batchesFrom, dueS5, judged, linesFor, post, resigned } from "./support/batches.ts";
import { acknowledge, collectFrom } from "./support/facility.ts";
import { clear, collectAll, deliverAll, firstSite, oneOfEach, type Sale, sell } from "./support/sales.ts";

const suite = "clearing";
const common = { database: true, links: ["batch"], keys: true, clearing: true, sites: [{ kind: "internet" }] } as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "CLR-0060-01",
    suite,
    purpose:
      "A batch is refused with the first reason of the table that applies, whoever signs it, and nothing is booked; the true one is accepted after them",
    requirements: ["CLR-0005-b", "CLR-0056-c"],
    owner: "server",
    needs: common,
    async run(t) {
      const before = await balancesOf(t);
      const sales = [await sell(t, firstSite(t))];
      await t.system.clearing.collect();
      const { batch } = t.expect.present("a batch", batchesFrom(t.system.events(), "payment-server")[0]);
      const { MEMBERS, BATCHNO, NTCOL, IDACQUIRER } = batch;
      const [sale] = sales;
      const more = linesFor(sales.map((each) => ({ ...each, MPDA: each.MPDA + 1 })));
      const twice = concat(MEMBERS, MEMBERS);
      const counted = linesFor([...sales, ...sales]);
      const dearer = MEMBERS.slice();
      dearer.set(fromHex(((sale?.MPDA ?? 0) + 1).toString(16).padStart(8, "0")), 28);
      const other = IDACQUIRER.replace(/.$/, (digit) => (digit === "9" ? "8" : "9"));
      const strange = `${BATCHNO.slice(0, 8)}99999999`;
      const flaws = [
        ["LINES above the sum of the members", resigned(t, batch, { LINES: more }), "A001"],
        ["a member twice", resigned(t, batch, { MEMBERS: twice, LINES: counted }), "A001"],
        ["malformed and of an unknown PSAM", resigned(t, batch, { LINES: more, BATCHNO: strange }), "A001"],
        ["an unknown PSAM", resigned(t, batch, { BATCHNO: strange }), "A030"],
        ["an unknown sender", { ...batch, IDCP: "nobody" }, "A030"],
        ["another acquirer", { ...batch, IDACQUIRER: other }, "A030"],
        ["another acquirer and a wrong S4", { ...batch, IDACQUIRER: other, S4: flipLast(batch.S4) }, "A030"],
        ["a wrong S4", { ...batch, S4: flipLast(batch.S4) }, "A006"],
        ["a dearer member under the old S4", { ...batch, MEMBERS: dearer, LINES: more }, "A006"],
        ["a later number under the old S4", { ...batch, NTCOL: NTCOL + 1 }, "A006"],
        ["a number too far", resigned(t, batch, { NTCOL: NTCOL + 1 }), "A031"],
      ] as const;
      for (const [what, flawed, CC] of flaws) {
        t.expect.equal(`answer to a batch with ${what}`, await judged(t, flawed), CC, { requirement: "CLR-0005-b" });
      }
      await t.system.clearing.settle();
      await expectSettled(t, before, [], { requirement: "CLR-0056-c" });
      t.expect.equal("answer to the true batch", await judged(t, batch), "accepted");
      const { messages } = await post(t, "clearing-system", encodeMessage(batch));
      const [again] = messages;
      const S5 = again?.kind === "batch-acknowledgement" ? toHex(again.S5) : again?.kind;
      t.expect.equal("S5 of the answer to the same again", S5, toHex(dueS5(t, batch)), { requirement: "CLR-0056-c" });
      const changed = resigned(t, batch, { MEMBERS: dearer, LINES: more });
      t.expect.equal("answer to another batch of that number", await judged(t, changed), "A031", {
        requirement: "CLR-0056-c",
      });
      await clear(t);
      await t.system.clearing.settle();
      await expectSettled(t, before, sales, { requirement: "CLR-0056-c" });
    },
  }),
  defineCase({
    id: "CLR-0060-02",
    suite,
    purpose: "A sale that was settled is refused in every later batch, whatever count it bears there",
    requirements: ["CLR-0056-c", "CLR-0007-b"],
    owner: "server",
    needs: common,
    async run(t) {
      const about = { requirement: "CLR-0056-c" };
      const SITE = firstSite(t);
      const before = await balancesOf(t);
      const first = await sell(t, SITE);
      await clear(t);
      await t.system.clearing.settle();
      const { batch } = t.expect.present("a batch", batchesFrom(t.system.events(), "payment-server")[0]);
      for (const [what, MEMBERS] of [
        ["the same member", batch.MEMBERS],
        ["the member under another count", concat(Uint8Array.of(0, 0, 3, 1), batch.MEMBERS.subarray(4))],
      ] as const) {
        const NTCOL = batch.NTCOL + 1 + (await t.system.clearing.batches("clearing-system")).length - 1;
        const again = resigned(t, batch, { NTCOL, MEMBERS });
        t.expect.equal(`answer to ${what} again`, await judged(t, again), "accepted but 00000000A032", about);
      }
      await t.system.clearing.settle();
      await expectSettled(t, before, [first], about);
    },
  }),
  defineCase({
    id: "CLR-0007-03",
    suite,
    purpose:
      "A facility that collects from its terminals itself brings its batch to the concentration point, or to the clearing system directly: both are taken, and settled once",
    requirements: ["CLR-0007-f"],
    owner: "server",
    needs: { ...common, terminals: { kind: "smart", server: "payment-server" } },
    async run(t) {
      const about = { requirement: "CLR-0007-f" };
      const before = await balancesOf(t);
      const SITE = firstSite(t);
      const first = await sell(t, SITE);
      await clear(t);
      const { batch: model } = t.expect.present("a batch", batchesFrom(t.system.events(), "payment-server")[0], about);
      const sender = { IDCP: model.IDCP, IDACQUIRER: model.IDACQUIRER };
      const sales = [first];
      for (const to of ["concentration-point", "clearing-system"] as const) {
        const sold = await sell(t, SITE);
        sales.push(sold);
        const earlier = new Set(sales.slice(0, -1).map(({ IDTRX }) => IDTRX));
        const store = await t.system.readStore(sold.IDTERM);
        const own = await collectFrom(
          t,
          sold.IDTERM,
          sender,
          store.filter(({ IDTRX }) => !earlier.has(IDTRX)),
        );
        const { status } = await post(t, to, encodeMessage(own));
        t.expect.equal(
          `status of the facility's batch at the ${to}`,
          status,
          to === "clearing-system" ? 200 : 202,
          about,
        );
        await t.system.clearing.forward();
        const CC = await acknowledge(t, sold.IDTERM, own.NTCOL, dueS5(t, own));
        t.expect.equal("the PSAM's word to the acknowledgement", CC, "0000", about);
      }
      const stranger = encodeMessage({ ...model, IDCP: "nobody" });
      t.expect.equal("status for a stranger", (await post(t, "concentration-point", stranger)).status, 403, about);
      await t.system.clearing.settle();
      await expectSettled(t, before, sales, about);
    },
  }),
  defineCase({
    id: "CLR-0007-04",
    suite,
    purpose:
      "While the clearing system is not there batches wait at the concentration point, and go one after the other in the order of their arrival afterwards",
    requirements: ["CLR-0007-e"],
    owner: "server",
    needs: { ...common, sites: [{ kind: "internet" }, { kind: "cable" }] },
    timeoutMs: 180_000,
    async run(t) {
      const about = { requirement: "CLR-0007-e" };
      const before = await balancesOf(t);
      const sales: Sale[] = [];
      for (const SITE of oneOfEach(t)) sales.push(await sell(t, SITE));
      await collectAll(t);
      const waiting = async () => (await t.system.clearing.batches("concentration-point")).map(({ status }) => status);
      const count = (await waiting()).length;
      t.expect.that(count >= 3, "batches of several terminals wait", { ...about, actual: count });
      {
        using down = t.system.disturb({
          link: "batch",
          from: "concentration-point",
          message: "POST /batches",
          act: () => "lose-link",
          what: "the clearing system is not there",
        });
        for (let round = 0; round < 3; round++) await t.system.clearing.forward();
        t.expect.equal("attempts while it is not there", down.hits, 3, about);
      }
      t.expect.equal("batches that wait", await waiting(), Array(count).fill("queued"), about);
      const since = t.system.events().at(-1)?.n;
      await t.system.clearing.forward();
      const names = (rows: readonly { BATCHNO: string; NTCOL: number }[]) =>
        rows.map(({ BATCHNO, NTCOL }) => `${BATCHNO} ${NTCOL}`);
      const forwarded = batchesFrom(t.system.events(since), "concentration-point").map(({ batch }) => batch);
      const arrived = await t.system.clearing.batches("concentration-point");
      t.expect.equal("order in which they are forwarded", names(forwarded), names(arrived), about);
      await deliverAll(t);
      await t.system.clearing.settle();
      await expectSettled(t, before, sales, about);
    },
  }),
  defineCase({
    id: "CLR-0007-05",
    suite,
    purpose:
      "A concentration point whose queue is full turns a batch away for later and loses none: it comes through when there is room again",
    requirements: ["CLR-0007-e"],
    owner: "server",
    needs: { ...common, exhaustive: true },
    timeoutMs: 300_000,
    async run(t) {
      const about = { requirement: "CLR-0007-e" };
      const before = await balancesOf(t);
      const first = await sell(t, firstSite(t));
      await clear(t);
      const { batch } = t.expect.present("a batch", batchesFrom(t.system.events(), "payment-server")[0], about);
      for (let NTCOL = 1_001; NTCOL <= 2_000; NTCOL++) {
        const { status } = await post(t, "concentration-point", encodeMessage({ ...batch, NTCOL }));
        if (status !== 202) t.expect.equal(`status of batch ${NTCOL}`, status, 202, about);
      }
      const last = await post(t, "concentration-point", encodeMessage({ ...batch, NTCOL: 2_001 }));
      t.expect.equal("status of the 1,001st batch", last.status, 503, about);
      const second = await sell(t, firstSite(t));
      await collectAll(t);
      const statuses = async () => (await t.system.clearing.batches("payment-server")).map(({ status }) => status);
      t.expect.equal("batches at the payment server", await statuses(), ["acknowledged", "collected"], about);
      await clear(t);
      await clear(t);
      t.expect.equal("batches at the payment server", await statuses(), ["acknowledged", "acknowledged"], about);
      await t.system.clearing.settle();
      await expectSettled(t, before, [first, second], about);
    },
  }),
  ...(["concentration-point", "clearing-system"] as const).map((to) =>
    defineCase({
      id: `CLR-HTTP-${to === "clearing-system" ? "CLEARING" : "POINT"}`,
      suite,
      purpose: `The ${to} answers what is no batch with the status that says so, and goes on`,
      requirements: ["CLR-0007-b"],
      owner: "server",
      needs: { ...common },
      async run(t) {
        const about = { requirement: "CLR-0007-b" };
        await sell(t, firstSite(t));
        await t.system.clearing.collect();
        const { bytes } = t.expect.present("a batch", batchesFrom(t.system.events(), "payment-server")[0], about);
        const own = to === "clearing-system" ? "/updates" : "/deliveries";
        const table = [
          ["a body above 65,536 bytes", "POST", "/batches", "B8".repeat(65_537), 413],
          ["another page", "POST", "/batch", toHex(bytes), 404],
          ["GET of batches", "GET", "/batches", "", 405],
          ["POST of deliveries", "POST", `${own}?sender=payment-server`, toHex(bytes), 405],
          ["no hex", "POST", "/batches", "Good morning", 400],
          ["lower-case hex", "POST", "/batches", toHex(bytes).toLowerCase(), 400],
          ["half a byte", "POST", "/batches", `${toHex(bytes)}0`, 400],
          ["nothing", "POST", "/batches", "", 400],
          ["half a batch", "POST", "/batches", toHex(bytes.subarray(0, bytes.length >> 1)), 400],
          ["something behind the batch", "POST", "/batches", `${toHex(bytes)}00`, 400],
          ["a batch as a receipt", "POST", "/receipts", toHex(bytes), 400],
          ["no sender", "GET", own, "", 400],
          ["two senders", "GET", `${own}?sender=payment-server&sender=payment-server`, "", 400],
          ["an unknown sender", "GET", `${own}?sender=nobody`, "", 403],
          ["131,072 characters that are no message", "POST", "/batches", "B8".repeat(65_536), 400],
        ] as const;
        for (const [what, method, path, body, status] of table) {
          const answer = await t.system.clearing.http(to, { method, path, body });
          t.expect.equal(`status for ${what}`, answer.status, status, about);
        }
        const { status } = await t.system.clearing.http(to, { method: "POST", path: "/batches", body: toHex(bytes) });
        t.expect.equal("status for a batch", status, to === "clearing-system" ? 200 : 202, about);
      },
    }),
  ),
];
