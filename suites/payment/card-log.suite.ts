/** The card's log of its transactions (`card-edge.md` 5.6). */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import { encodeReadRecordCommand, LOG_FILE } from "../../harness/protocol/messages/read-record.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectRefused, logRecord, selectPurse } from "./support/card.ts";
import { apdusOn } from "./support/observe.ts";
import { expectCompletion } from "./support/own-debit.ts";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-CARD-06",
    suite: "payment",
    purpose:
      "The log holds every purchase, newest first, with number, amount, currency, balance, PSAM and time as they were",
    requirements: ["CARD-0016"],
    owner: "card",
    needs: { links: ["235"] },
    async run(t) {
      const about = { requirement: "CARD-0016" };
      const before = await t.system.readPurse();
      const due: string[] = [];
      for (const QUANTITY of [1, 2, 1]) {
        const seen = await t.system.purchase({ QUANTITY });
        t.expect.completed(seen);
        due.unshift(logRecordOf(t, seen));
      }
      await selectPurse(t);
      const records = [];
      for (let number = 1; number <= 3; number++)
        records.push(toHex((await logRecord(t, number, about)) ?? new Uint8Array(0)));
      t.expect.equal("the three newest records of the log", records, due, about);
      const older = (await t.system.readPurse()).log.slice(3, 6);
      t.expect.equal("records of before, behind them", older, before.log.slice(0, older.length), about);
    },
  }),

  defineCase({
    id: "PAY-CARD-07",
    suite: "payment",
    purpose:
      "The log keeps at least the last ten transactions, and none that was refused (card-only debits of 11 minor units in all)",
    requirements: ["CARD-0016"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    leaves: ["value moved by hand"],
    async run(t) {
      const about = { requirement: "CARD-0016" };
      const start = await t.system.readPurse();
      for (let count = 0; count < 11; count++) {
        await expectCompletion(t, { MPDA: 1, NTPSAM: 100 + count }, "0000", about);
        if (count === 5) await expectCompletion(t, { MPDA: 0 }, "940A", about);
      }
      await expectCompletion(t, { MPDA: 0, NTPSAM: 999 }, "940A", about);
      const { log } = await t.system.readPurse();
      const numbers = log
        .slice(0, 10)
        .map(({ NTPSAM, NTIEP, MPDA, BALIEP, CC, TI }) => [NTPSAM, NTIEP, MPDA, BALIEP, CC, TI]);
      const due = Array.from({ length: 10 }, (_, index) => [
        110 - index,
        start.NTIEP + 10 - index,
        1,
        start.BALIEP - 11 + index,
        "0000",
        1,
      ]);
      t.expect.equal("NTPSAM, NTIEP, MPDA, BALIEP, CC, TI of the ten newest records", numbers, due, about);
      await expectRefused(
        t,
        "READ RECORD behind the last one",
        encodeReadRecordCommand(log.length + 1, LOG_FILE),
        "6A83",
        about,
      );
    },
  }),
];

/** The 31 bytes, hex, that this purchase leaves in the log (card-edge.md 5.6), from command and answer on link 235. */
function logRecordOf(t: CaseContext, seen: Parameters<typeof apdusOn>[0]): string {
  const { command, response } = t.expect.present("DEBIT IEP on link 235", apdusOn(seen, "235", 0x54)[0]);
  const answer = t.expect.present("answer to DEBIT IEP", response).bytes;
  const data = command.bytes.subarray(5, 58);
  const [NTIEP, BALIEP] = [answer.subarray(2, 4), answer.subarray(4, 8)];
  const [IDPSAM, NTPSAM, money, DTHR] = [
    data.subarray(3, 7),
    data.subarray(7, 11),
    data.subarray(11, 18),
    data.subarray(18, 25),
  ];
  return [fromHex("01"), NTIEP, fromHex("0000"), money, BALIEP, IDPSAM, NTPSAM, DTHR].map(toHex).join("");
}
