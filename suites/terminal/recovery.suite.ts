/** T=1 recovery at every byte of what comes to the terminal, and of what it says (`serial-line.md` 3). */
import { toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { type Bit, due, iBlock, other, PCB, pieces, rBlock, sBlock } from "./support/blocks.ts";
import { Line } from "./support/line.ts";
import { inStep, isEmptyStore, readNothing } from "./support/plain.ts";
import { SPOILS, spoilt } from "./support/spoil.ts";
import { terminalCase, upTo } from "./support/terminal-case.ts";

/** Bytes of INF of the blocks that a small message is cut into. */
const SMALL = 6;

export const cases: readonly Case[] = [
  ...SPOILS.map((how, index) =>
    terminalCase({
      id: `TERM-REC-0${index + 1}`,
      purpose: `Each byte of a block ${how}: R(N(R), 1), and the block again is worked off`,
      async run(t) {
        const line = await Line.open(t);
        const length = iBlock(0, readNothing(line)).length;
        for (const at of upTo(length)) {
          const whole = iBlock(line.ns, readNothing(line));
          await line.says(`a block with byte ${at} ${how}`, spoilt(whole, at, how), due.R(line.ns, 1));
          await inStep(line, `byte ${at} ${how}`);
        }
      },
    }),
  ),
  ...SPOILS.map((how, index) =>
    terminalCase({
      id: `TERM-REC-0${index + 4}`,
      purpose: `Each byte of each block of a chain ${how}: R(N(R), 1), and the chain goes on where it was`,
      async run(t) {
        const line = await Line.open(t);
        const parts = pieces(readNothing(line), SMALL);
        for (const [place, spoiltPart] of parts.entries()) {
          for (const at of upTo(spoiltPart.length + 4)) {
            for (const [index, part] of parts.entries()) {
              const isLast = index === parts.length - 1;
              const whole = iBlock(line.ns, part, !isLast);
              if (index === place) {
                await line.says(`part ${index}, byte ${at} ${how}`, spoilt(whole, at, how), due.R(line.ns, 1));
              }
              await line.send(whole);
              line.ns = other(line.ns);
              if (!isLast) t.expect.equal(`acknowledgement of part ${index}`, await line.hear(), due.R(line.ns));
            }
            const answer = await line.answer();
            t.expect.that(isEmptyStore(line, answer), "the message is whole", { actual: toHex(answer) });
          }
        }
      },
    }),
  ),
  terminalCase({
    id: "TERM-REC-07",
    purpose:
      "The terminal's answer is asked for again with any R-block, as often as it takes: it is the same each time",
    async run(t) {
      const line = await Line.open(t);
      for (let round = 0; round < 4; round++) {
        const [ns, nr] = [line.ns, line.nr];
        await line.send(iBlock(ns, readNothing(line)));
        const answer = await line.hear();
        t.expect.that(answer.startsWith(nr === 0 ? "2100" : "2140"), "an I-block comes", { actual: answer });
        for (const error of [1, 2, 0, 1, 2, 1]) {
          await line.says(`R(${nr}, ${error})`, rBlock(nr, error as 0 | 1 | 2), answer);
        }
        line.ns = other(ns);
        line.nr = other(nr);
        await inStep(line, "a repeated answer");
      }
    },
  }),
  terminalCase({
    id: "TERM-REC-08",
    purpose: "Each block of a chained answer is asked for again: it is repeated, and the answer goes on behind it",
    async run(t) {
      const line = await Line.open(t, 5);
      line.ifs = 5;
      for (const error of [0, 1, 2] as const) {
        await line.tell(readNothing(line));
        const whole: string[] = [];
        let isMore = true;
        while (isMore) {
          const heard = await line.hear();
          await line.says(`R(${line.nr}, ${error}) for a part`, rBlock(line.nr, error), heard);
          await line.says("the same again", rBlock(line.nr, error), heard);
          isMore = (Number.parseInt(heard.slice(2, 4), 16) & PCB.more) !== 0;
          whole.push(heard.slice(6, -2));
          line.nr = other(line.nr);
          if (isMore) await line.send(rBlock(line.nr));
        }
        t.expect.that(whole.length === 4, "17 bytes come in four parts", { actual: whole.length });
        t.expect.matches("the whole answer", whole.join(""), /^F90FDF2204[0-9A-F]{8}DF3A02[0-9A-F]{4}DF3B00$/);
      }
    },
  }),
  terminalCase({
    id: "TERM-REC-09",
    purpose: "The acknowledgement of a part of a chain is asked for again: it is repeated, and the part is taken once",
    async run(t) {
      const line = await Line.open(t);
      const [first, second] = pieces(readNothing(line), 9);
      for (const error of [0, 1, 2] as const) {
        await line.says("the first part", iBlock(line.ns, first ?? new Uint8Array(0), true), due.R(other(line.ns)));
        await line.says("R for the acknowledgement", rBlock(line.nr, error), due.R(other(line.ns)));
        line.ns = other(line.ns);
        const answer = await line.exchange(second ?? new Uint8Array(0));
        t.expect.that(isEmptyStore(line, answer), "the message is whole", { actual: toHex(answer) });
      }
    },
  }),
  terminalCase({
    id: "TERM-REC-10",
    purpose: "A part of a chain that comes twice is R(N(R), 2) and is taken once",
    async run(t) {
      const line = await Line.open(t);
      const parts = pieces(readNothing(line), SMALL);
      for (const place of [0, 1]) {
        for (const [index, part] of parts.entries()) {
          const isLast = index === parts.length - 1;
          const whole = iBlock(line.ns, part, !isLast);
          await line.send(whole);
          line.ns = other(line.ns);
          if (!isLast) t.expect.equal(`acknowledgement of part ${index}`, await line.hear(), due.R(line.ns));
          if (index === place) await line.says(`part ${index} again`, whole, due.R(line.ns, 2));
        }
        const answer = await line.answer();
        t.expect.that(isEmptyStore(line, answer), "the message is whole", { actual: toHex(answer) });
      }
    },
  }),
  terminalCase({
    id: "TERM-REC-11",
    purpose:
      "Three errors in a row are answered with the same R each; the terminal then waits in silence for S(RESYNCH)",
    async run(t) {
      const line = await Line.open(t);
      for (const kinds of [
        ["edc", "edc", "edc"],
        ["edc", "pcb", "edc"],
        ["pcb", "edc", "pcb"],
      ] as const) {
        await line.start();
        await inStep(line, "S(RESYNCH)");
        const wanted = due.R(1, kinds[0] === "edc" ? 1 : 2);
        for (const kind of kinds) await line.says(`an error (${kind})`, bad(line.ns, kind), wanted);
        await line.send(bad(line.ns, "pcb"));
        await line.silent("a fourth error");
        await line.start(32); // without S(IFS), which would be a good block
        await line.says("an error after S(RESYNCH)", bad(0, "pcb"), due.R(0, 2));
        await inStep(line, "three errors and S(RESYNCH)");
      }
    },
  }),
  terminalCase({
    id: "TERM-REC-12",
    purpose: "Errors are counted in a row: a good block between them begins anew",
    async run(t) {
      const line = await Line.open(t);
      for (let round = 0; round < 4; round++) {
        for (const kind of ["edc", "pcb"] as const) {
          await line.says(`an error (${kind})`, bad(line.ns, kind), due.R(line.ns, 1));
        }
        await inStep(line, "two errors");
      }
    },
  }),
  terminalCase({
    id: "TERM-REC-13",
    purpose: "Errors while the terminal has an answer under way leave it where it was: R-blocks go on fetching it",
    async run(t) {
      const line = await Line.open(t, 5);
      await line.tell(readNothing(line));
      const first = await line.hear();
      for (const kind of ["edc", "pcb"] as const) {
        await line.says(`an error (${kind})`, bad(line.ns, kind), due.R(line.ns, 1));
      }
      await line.says("R for the first part", rBlock(line.nr, 1), first);
      line.nr = other(line.nr);
      await line.send(rBlock(line.nr));
      const rest = await line.answer();
      t.expect.equal("bytes of the rest", rest.length, 12);
    },
  }),
  terminalCase({
    id: "TERM-REC-14",
    purpose: "S(RESYNCH), S(IFS) and S(ABORT) with any byte spoilt are R(N(R), 1); whole, they are answered",
    async run(t) {
      const line = await Line.open(t);
      for (const request of [sBlock(PCB.RESYNCH), sBlock(PCB.ABORT), sBlock(PCB.IFS, 0x20)]) {
        for (const how of SPOILS) {
          for (const at of upTo(request.length)) {
            await line.start();
            await line.says(`${toHex(request)}, byte ${at} ${how}`, spoilt(request, at, how), due.R(0, 1));
          }
        }
        await inStep(line, "a spoilt S-block");
      }
    },
  }),
];

/** A block that is wrong: in its LRC, or in its PCB alone. */
function bad(ns: Bit, kind: "edc" | "pcb"): Uint8Array {
  const whole = iBlock(ns, new Uint8Array(3));
  return whole.map((byte, index) => {
    const isWrong = kind === "pcb" ? index === 1 || index === whole.length - 1 : index === whole.length - 1;
    return isWrong ? byte ^ 0x05 : byte;
  });
}
