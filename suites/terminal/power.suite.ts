/** Power lost in each state of terminal and line, and a security card that says nothing or nonsense (`messages.md` 5). */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { due, iBlock, other, partOf } from "./support/blocks.ts";
import { Line } from "./support/line.ts";
import { inStep, readNothing } from "./support/plain.ts";
import { type Sales, SUSPEND, WITHDRAW } from "./support/sales.ts";
import { salesCase, terminalCase } from "./support/terminal-case.ts";

/** Commands to the security card by instruction byte, in the order of a draw; PACKAGE stands for two. */
const DRAWING = [
  { INS: 0x70, skip: 0, what: "PACKAGE: ANSWER TO RESET" },
  { INS: 0x70, skip: 1, what: "PACKAGE: INITIALIZE IEP" },
  { INS: 0x72, skip: 0, what: "PACKAGE: DEBIT" },
] as const;

/** What goes wrong between terminal and security card: the command does not come, or its answer does not. */
const LOSSES = ["terminal", "psam"] as const;

const power = { terminalPower: true } as const;
const sam = { links: ["SAM"] } as const;

export const cases: readonly Case[] = [
  terminalCase({
    id: "TERM-PWR-01",
    purpose: "Power lost in the middle of a block, of a chain and of an answer: the line begins as at start",
    needs: power,
    async run(t) {
      const line = await Line.open(t);
      const { terminal } = line;
      const message = readNothing(line);
      const moments: Readonly<Record<string, () => Promise<void>>> = {
        "in the middle of a block": () => line.send(iBlock(line.ns, message).subarray(0, 7)),
        "in the middle of a chain": async () => {
          await line.says("a part", iBlock(line.ns, message.subarray(0, 9), true), due.R(other(line.ns)));
        },
        "in the middle of an answer": async () => {
          await line.setIfs(5);
          await line.tell(message);
          t.expect.that(partOf(await line.hear())?.isMore === true, "a part of the answer comes");
        },
      };
      for (const [what, reach] of Object.entries(moments)) {
        await reach();
        await terminal.powerCycle();
        await line.start(32);
        await inStep(line, `power was lost ${what}`);
        await line.start();
      }
    },
  }),
  salesCase({
    id: "TERM-PWR-02",
    purpose: "Power lost in draw amount: the transaction waits for its late answer, and the terminal is free",
    requirements: ["TERM-0094-a", "PSAM-0059-a"],
    needs: power,
    consumes: { NTPSAM: 2, value: 1 },
    async run(sales, t) {
      const before = await sales.books();
      const sale = await sales.draw();
      await (await t.devices.terminal()).powerCycle();
      await sales.expectBooks(before, { NTPSAM: 1, suspended: 1 });
      const next = await sales.draw();
      await sales.confirm(sale);
      await sales.cancel(next.IDTRX, WITHDRAW);
      await sales.expectBooks(before, { NTPSAM: 2, sum: 1, count: 1 });
    },
  }),
  salesCase({
    id: "TERM-PWR-03",
    purpose:
      "Power lost after a completion, a withdrawal, a suspension and a single trip: totals are those of before it",
    needs: power,
    consumes: { NTPSAM: 4, value: 2 },
    async run(sales, t) {
      const terminal = await t.devices.terminal();
      const before = await sales.books();
      await sales.confirm(await sales.draw());
      await terminal.powerCycle();
      await sales.expectBooks(before, { NTPSAM: 1, sum: 1, count: 1 });
      const withdrawn = await sales.draw();
      await sales.cancel(withdrawn.IDTRX, WITHDRAW);
      await terminal.powerCycle();
      await sales.cancel(withdrawn.IDTRX, WITHDRAW, "9415");
      const suspended = await sales.draw();
      await sales.cancel(suspended.IDTRX, SUSPEND);
      const issued = await sales.draw({ COMPARE: "01" });
      await terminal.powerCycle();
      await sales.expectBooks(before, { NTPSAM: 4, sum: 2, count: 2, suspended: 1 });
      await sales.cancel(issued.IDTRX, WITHDRAW);
      await sales.confirm(suspended);
      await sales.expectBooks(before, { NTPSAM: 4, sum: 2, count: 2 });
    },
  }),
  ...LOSSES.map((from, index) =>
    salesCase({
      id: `TERM-PWR-0${index + 4}`,
      purpose: `Power lost while the security card ${from === "psam" ? "answers" : "is asked"}, in every step of a draw: no total moves, and the sale can be cancelled`,
      requirements: ["TERM-0093-e", "TERM-0094-a"],
      needs: { ...power, ...sam },
      consumes: { NTPSAM: 6 },
      async run(sales, t) {
        const before = await sales.books();
        for (const step of DRAWING) {
          const IDTRX = sales.nextIdtrx();
          await cutDuring(sales, step, from, sales.drawMessage({ IDTRX }));
          const answer = toHex(await sales.ask(sales.cancelMessage(IDTRX, WITHDRAW)));
          t.expect.oneOf(`T-cancel after power was lost at ${step.what}`, answer, [
            sales.dueDone(IDTRX, "0000"),
            sales.dueDone(IDTRX, "9415"),
          ]);
          const next = await sales.draw();
          await sales.cancel(next.IDTRX, WITHDRAW);
        }
        const NTPSAM = DRAWING.length + (from === "psam" ? 1 : 0);
        await sales.expectBooks(before, { NTPSAM });
      },
    }),
  ),
  ...LOSSES.map((from, index) =>
    salesCase({
      id: `TERM-PWR-0${index + 6}`,
      purpose: `Power lost while COMPLETE ${from === "psam" ? "is answered" : "is given"}: the sale is counted once, with the answer again`,
      requirements: ["PSAM-0085-a"],
      needs: { ...power, ...sam },
      consumes: { NTPSAM: 1, value: 1 },
      async run(sales, t) {
        const before = await sales.books();
        const sale = await sales.draw();
        const message = sales.responseMessage(sale.IDTRX, sales.cardrsp(sale));
        await cutDuring(sales, { INS: 0x74, skip: 0, what: "COMPLETE" }, from, message);
        const answer = toHex(await sales.ask(message));
        t.expect.equal("T-response again", answer, sales.dueResult(sale, from === "psam" ? "9416" : "0000"));
        await sales.expectBooks(before, { NTPSAM: 1, sum: 1, count: 1 });
      },
    }),
  ),
  ...LOSSES.map((from, index) =>
    salesCase({
      id: `TERM-MUTE-0${index + 1}`,
      purpose: `A security card ${from === "psam" ? "whose answer is lost" : "that does not hear"} in any step: A010, and nothing is left of it`,
      requirements: ["TERM-0093-e"],
      needs: sam,
      consumes: { NTPSAM: 6, value: 1 },
      async run(sales) {
        const before = await sales.books();
        for (const { INS, skip, what } of DRAWING) {
          const IDTRX = sales.nextIdtrx();
          using _ = lost(sales, INS, skip, from);
          await sales.says(`T-draw, ${what} lost`, sales.drawMessage({ IDTRX }), sales.dueRefusal("A010", IDTRX));
          await sales.says("the same again", sales.cancelMessage(IDTRX, WITHDRAW), sales.dueDone(IDTRX, "9415"));
        }
        const sale = await sales.draw();
        const message = sales.responseMessage(sale.IDTRX, sales.cardrsp(sale));
        {
          using _ = lost(sales, 0x74, 0, from);
          await sales.says("T-response", message, sales.dueResult(sale, "A010"));
        }
        await sales.says("T-response again", message, sales.dueResult(sale, from === "psam" ? "9416" : "0000"));
        await sales.expectBooks(before, { NTPSAM: from === "psam" ? 2 : 1, sum: 1, count: 1 });
      },
    }),
  ),
  salesCase({
    id: "TERM-MUTE-03",
    purpose: "What the security card says that is none of its edge is 6F00, and the next sale goes through",
    requirements: ["TERM-0094-a"],
    needs: sam,
    consumes: { NTPSAM: 9, value: 3 },
    async run(sales) {
      const before = await sales.books();
      for (const garbage of ["00", "6100", "90009000"]) {
        const IDTRX = sales.nextIdtrx();
        {
          using _ = sales.t.devices.disturbSam({
            from: "psam",
            message: 0x72,
            times: 1,
            act: () => fromHex(garbage),
            what: `the answer to PACKAGE: DEBIT is ${garbage}`,
          });
          await sales.says(`T-draw, ${garbage}`, sales.drawMessage({ IDTRX }), sales.dueRefusal("6F00", IDTRX));
        }
        await sales.confirm(await sales.draw());
      }
      await sales.expectBooks(before, { NTPSAM: 6, sum: 3, count: 3 });
    },
  }),
];

interface Moment {
  readonly INS: number;
  readonly skip: number;
  readonly what: string;
}

/** The command, or its answer, is lost. */
function lost({ t }: Sales, INS: number, skip: number, from: (typeof LOSSES)[number]): Disposable {
  const what = from === "psam" ? "an answer of the security card is lost" : "the security card does not hear";
  return t.devices.disturbSam({ from, message: INS, skip, times: 1, act: () => [], what });
}

/** Gives the message, and cuts the power while the terminal waits for the security card. */
async function cutDuring(
  sales: Sales,
  moment: Moment,
  from: (typeof LOSSES)[number],
  message: Uint8Array,
): Promise<void> {
  using _ = lost(sales, moment.INS, moment.skip, from);
  const line = await Line.open(sales.t);
  await line.tell(message);
  await sales.t.devices.pass(CUT_MS);
  await line.terminal.powerCycle();
}

/** Long after the terminal has asked, long before it gives up (3,000 ms). */
const CUT_MS = 500;
