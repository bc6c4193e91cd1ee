/** What a load leaves on the card (`card-edge.md` 5.2b, 5.4, 5.6): balance, log and kept answer, and what it declines. */
import { concat, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { ask, balanceNow, expectRefused, initialise, logRecord, selectPurse } from "../payment/support/card.ts";
import { debitIep, previousSignature, signedDebit } from "../payment/support/own-debit.ts";
import { expectLoadCompletion, initialiseLoad, type OwnLoad, previousLoad, takeBack } from "./support/own-load.ts";
import { keysFor } from "./support/signatures.ts";

/** Minor units that a wrongly accepted load of these cases would give. */
const TINY = { MLDA: 2 };

const bothFigures = (end: string, twin: string) => [`LOAD-BANK-${end}`, `LOAD-PRE-${twin}`];

export const cases: readonly Case[] = [
  defineCase({
    id: "LOAD-CARD-07",
    suite: "load",
    purpose:
      "Up to its maximum balance exactly a card loads; one minor unit more, nothing, or another currency it declines under its signature, in the order of the table",
    requirements: [
      ...bothFigures("881-e", "1081-e"),
      ...bothFigures("881-f", "1081-f"),
      ...bothFigures("881-c", "1081-c"),
    ],
    owner: "card",
    needs: { keys: true, cards: ["low-maximum"] },
    async run(t) {
      const about = { requirement: "LOAD-BANK-881-e" };
      await t.system.insertCard("low-maximum");
      const before = await t.system.readPurse();
      const room = before.BALmaxIEP - before.BALIEP;
      const CURRLDA = before.CURRIEP === "0840" ? "0978" : "0840";
      const CEXPLDA = (before.CEXPIEP + 1) % 4;
      await selectPurse(t);
      const declined: readonly (readonly [OwnLoad, string])[] = [
        [{ MLDA: 1, CURRLDA }, "9409"],
        [{ MLDA: 1, CEXPLDA }, "9409"],
        [{ MLDA: 0, CURRLDA }, "9409"],
        [{ MLDA: room + 1, CEXPLDA }, "9409"],
        [{ MLDA: 0 }, "940A"],
        [{ MLDA: room + 1 }, "940B"],
        [{ MLDA: 0x7fff_ffff }, "940B"],
        [{ MLDA: 0xffff_ffff }, "940B"],
      ];
      for (const [load, CC] of declined) {
        const { CARDRSP } = await expectLoadCompletion(t, load, CC, about);
        const kept = await previousLoad(t, before.NTIEP);
        const due = `${toHex(CARDRSP)}9000`;
        t.expect.equal("GET PREVIOUS IEP SIGNATURE gives the negative answer", toHex(kept.data) + kept.SW, due, about);
      }
      t.expect.samePurse(before, await t.system.readPurse(), about);
      await selectPurse(t);
      await expectLoadCompletion(t, { MLDA: room }, "0000", { requirement: "LOAD-BANK-881-c" });
      await expectLoadCompletion(t, { MLDA: 1 }, "940B", about);
      const after = await t.system.readPurse();
      t.expect.equal("BALIEP", after.BALIEP, before.BALmaxIEP, { requirement: "LOAD-BANK-881-c" });
      t.expect.equal("NTIEP: one load was executed", after.NTIEP, before.NTIEP + 1, about);
      await takeBack(t, room);
    },
  }),

  defineCase({
    id: "LOAD-CARD-08",
    suite: "load",
    purpose:
      "GET PREVIOUS IEP SIGNATURE gives the last answer of a load or of a purchase, to who asks for that kind and number, also after a reset (loads and spends 2 minor units)",
    requirements: bothFigures("882", "1082"),
    owner: "card",
    needs: { keys: true, secretKeyCard: true },
    async run(t) {
      const about = { requirement: "LOAD-BANK-882" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      const { CARDRSP } = await expectLoadCompletion(t, TINY, "0000", about);
      const words = ({ data, SW }: { data: Uint8Array; SW: string }) => toHex(data) + SW;
      for (const after of ["at once", "after a reset"]) {
        if (after !== "at once") {
          await t.system.resetCard("cold");
          await selectPurse(t);
        }
        const asked = await previousLoad(t, before.NTIEP);
        t.expect.equal(`the load's answer, ${after}`, words(asked), `${toHex(CARDRSP)}9000`, about);
        t.expect.equal("asked as a purchase", words(await previousSignature(t, before.NTIEP)), "9406", about);
        t.expect.equal("asked with the next number", words(await previousLoad(t, before.NTIEP + 1)), "9406", about);
      }
      const purchase = await initialise(t);
      const debit = await debitIep(t, signedDebit(t, purchase, { MPDA: 2 }));
      t.expect.equal("status word of DEBIT IEP", debit.SW, "9000", about);
      const kept = await previousSignature(t, before.NTIEP + 1);
      t.expect.equal("the purchase's answer after it", words(kept), words(debit), about);
      t.expect.equal("the purchase asked as a load", words(await previousLoad(t, before.NTIEP + 1)), "9406", about);
      t.expect.equal("the load before", words(await previousLoad(t, before.NTIEP)), "9406", about);
      t.expect.money(before, await t.system.readPurse(), 0, about);
    },
  }),

  defineCase({
    id: "LOAD-CARD-09",
    suite: "load",
    purpose:
      "A load is written into the card's log with amount, balance, load server and time; one that was declined or refused is not (card-only load of 2 minor units, taken back)",
    requirements: [...bothFigures("881-c", "1081-c")],
    owner: "card",
    needs: { keys: true, secretKeyCard: true },
    async run(t) {
      const about = { requirement: "LOAD-BANK-881-c" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      const newest = await logRecord(t, 1);
      await expectLoadCompletion(t, { MLDA: 0 }, "940A", about);
      const same = await logRecord(t, 1, about);
      t.expect.equal(
        "newest record after a load that was declined",
        same && toHex(same),
        newest && toHex(newest),
        about,
      );
      const load = { ...TINY, IDACQ: "00057123", DTHR: "20260803235959" };
      await expectLoadCompletion(t, load, "0000", about);
      const record = t.expect.present("log record of the load", await logRecord(t, 1), about);
      const due = concat(
        Uint8Array.of(2),
        uintToBytes(before.NTIEP, 2),
        fromHex("0000"),
        uintToBytes(2, 4),
        fromHex(before.CURRIEP),
        Uint8Array.of(before.CEXPIEP),
        uintToBytes(before.BALIEP + 2, 4),
        fromHex("00057123"),
        new Uint8Array(4),
        fromHex("20260803235959"),
      );
      t.expect.equal("log record of the load", toHex(record), toHex(due), about);
      await expectLoadCompletion(t, { MLDA: 0 }, "940A", about);
      const second = await logRecord(t, 2, about);
      t.expect.equal("record 2 after another one declined", second && toHex(second), newest && toHex(newest), about);
      t.expect.equal("balance", (await balanceNow(t)).BALIEP, before.BALIEP + 2, about);
      await takeBack(t, 2);
    },
  }),

  defineCase({
    id: "LOAD-CARD-10",
    suite: "load",
    purpose: "No file and no record of the card holds a byte of its load keys, before or after a load request",
    requirements: ["CARD-0031-e"],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const about = { requirement: "CARD-0031-e" };
      await selectPurse(t);
      const offer = await initialiseLoad(t, TINY);
      const { MKL, KDL, KS1, KS2, KS3 } = keysFor(t, offer);
      const halves = [MKL, KDL, KS1, KS2, KS3].flatMap((key) => [toHex(key.subarray(0, 8)), toHex(key.subarray(8))]);
      const said: string[] = [];
      for (let SFI = 1; SFI <= 30; SFI++) {
        for (const record of [1, 2, 255]) {
          const P2 = ((SFI << 3) | 4).toString(16).padStart(2, "0");
          const { data } = await ask(t, `00B2${record.toString(16).padStart(2, "0")}${P2}00`);
          said.push(toHex(data));
        }
      }
      for (const command of ["905C00000D", "905A000002000110", "905A010002000110", "00A4040008F050422D4945503100"]) {
        said.push(toHex((await ask(t, command)).data));
      }
      const telling = said.filter((text) => halves.some((half) => text.includes(half)));
      t.expect.equal("answers that hold a load key", telling, [], about);
      await expectRefused(t, "READ RECORD of a file for keys", "00B2010400", "6A86", about);
    },
  }),
];
