/** S-blocks (`serial-line.md` 2 and 3): RESYNCH, IFS and ABORT in every situation, and chains up to the longest. */
import { toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { due, IFS_AT_START, IFS_MOST, iBlock, other, PCB, partOf, rBlock, sBlock } from "./support/blocks.ts";
import { Line } from "./support/line.ts";
import { inStep, isEmptyStore, messageOf, readNothing } from "./support/plain.ts";
import { terminalCase, upTo } from "./support/terminal-case.ts";

/** The longest message, and an answer's length: T-store without a record. */
const MOST_BYTES = 4_096;
const ANSWER_BYTES = 17;

/** Each leaves the line somewhere else; `line` is in step before. */
const SITUATIONS: Readonly<Record<string, (line: Line) => Promise<void>>> = {
  "nothing at all": async () => undefined,
  "one message": async (line) => await inStep(line, "S(RESYNCH)"),
  "the first part of a chain": async (line) => {
    await line.says("a part", iBlock(line.ns, readNothing(line).subarray(0, 5), true), due.R(other(line.ns)));
  },
  "an error": async (line) => await line.says("a wrong PCB", sBlock(0x1f), due.R(line.ns, 2)),
  "three errors": async (line) => {
    for (const _ of upTo(3)) await line.says("a wrong PCB", sBlock(0x1f), due.R(line.ns, 2));
  },
  "the first part of a chained answer": async (line) => {
    await line.setIfs(5);
    await line.tell(readNothing(line));
    line.t.expect.that(partOf(await line.hear())?.isMore === true, "a part of the answer comes");
  },
};

export const cases: readonly Case[] = [
  terminalCase({
    id: "TERM-RESYNCH-01",
    purpose: "S(RESYNCH request) is answered after anything; both numbers are 0 then",
    async run(t) {
      const line = await Line.open(t);
      for (const [what, reach] of Object.entries(SITUATIONS)) {
        await line.start();
        await reach(line);
        await line.start(IFS_AT_START);
        await inStep(line, `S(RESYNCH) after ${what}`);
        await line.says("the same again", sBlock(PCB.RESYNCH), due.S(PCB.RESYNCH | PCB.response));
      }
    },
  }),
  terminalCase({
    id: "TERM-RESYNCH-02",
    purpose: "After S(RESYNCH) the information field is that of the start in both directions: 32",
    async run(t) {
      const line = await Line.open(t);
      for (const size of [254, 5, 33]) {
        await line.start(size);
        await line.start(IFS_AT_START);
        await line.says("33 bytes", iBlock(0, messageOf(line, 33)), due.R(0, 2));
        await inStep(line, "a block above IFS"); // 17 bytes in one block each way
      }
    },
  }),
  terminalCase({
    id: "TERM-RESYNCH-03",
    purpose:
      "S(RESYNCH) ends what was under way: neither the chain before it nor the rest of an answer comes to anything",
    async run(t) {
      const line = await Line.open(t);
      const message = readNothing(line);
      await line.says("the first part", iBlock(0, message.subarray(0, 9), true), due.R(1));
      await line.start();
      const answer = await line.exchange(message.subarray(9));
      t.expect.matches("answer to the second part alone", toHex(answer), /^F50C.*DF1B02A001$/);
      await line.start(5);
      await line.tell(message);
      t.expect.that(partOf(await line.hear())?.isMore === true, "a part of the answer comes");
      await line.start();
      await line.send(rBlock(1));
      t.expect.oneOf("what comes of the rest of the answer", await line.hear(), [due.R(0), due.R(0, 1), due.R(0, 2)]);
      await inStep(line, "an answer that was given up");
    },
  }),
  terminalCase({
    id: "TERM-IFS-01",
    purpose:
      "S(IFS request) with each size from 01 to FE is answered with it, and answers come in blocks of at most that",
    async run(t) {
      const line = await Line.open(t);
      for (const size of upTo(IFS_MOST).map((index) => index + 1)) {
        await line.setIfs(size);
        const parts = await expectParts(line, size);
        t.expect.equal(`blocks of the answer with IFS ${size}`, parts, Math.ceil(ANSWER_BYTES / size));
      }
    },
  }),
  terminalCase({
    id: "TERM-IFS-02",
    purpose: "S(IFS request) with 00 or FF is R(N(R), 2), and the size stays",
    async run(t) {
      const line = await Line.open(t);
      for (const size of [5, 16]) {
        await line.start(size);
        for (const value of [0x00, 0xff]) {
          await line.says(`S(IFS request ${value})`, sBlock(PCB.IFS, value), due.R(line.ns, 2));
          t.expect.equal("blocks of the answer", await expectParts(line, size), Math.ceil(ANSWER_BYTES / size));
        }
      }
    },
  }),
  terminalCase({
    id: "TERM-IFS-03",
    purpose: "S(IFS request) sets both directions: a block above the size is R(N(R), 2), one of that size is taken",
    async run(t) {
      const line = await Line.open(t);
      for (const size of [18, 32, 33, 100, 253]) {
        await line.start(size);
        await line.says(`${size + 1} bytes with IFS ${size}`, iBlock(0, messageOf(line, size + 1)), due.R(0, 2));
        const answer = await line.exchange(messageOf(line, size));
        t.expect.that(isEmptyStore(line, answer), "a block of that size is taken", { actual: toHex(answer) });
      }
    },
  }),
  terminalCase({
    id: "TERM-IFS-04",
    purpose:
      "S(IFS request) between the parts of a chain and of an answer disturbs neither, and counts from the next block",
    async run(t) {
      const line = await Line.open(t, 5);
      const message = readNothing(line);
      await line.says("the first part", iBlock(0, message.subarray(0, 5), true), due.R(1));
      await line.setIfs(12);
      await line.send(iBlock(1, message.subarray(5)));
      const first = partOf(await line.hear());
      t.expect.equal("bytes of the first part of the answer", first?.INF.length, 12);
      await line.setIfs(2);
      await line.send(rBlock(1));
      for (const [ns, bytes] of [
        [1, 2],
        [0, 2],
        [1, 1],
      ] as const) {
        const part = partOf(await line.hear());
        t.expect.equal("number and bytes of a part", [part?.ns, part?.INF.length], [ns, bytes]);
        if (bytes > 1) await line.send(rBlock(ns === 0 ? 1 : 0));
      }
    },
  }),
  terminalCase({
    id: "TERM-ABORT-01",
    purpose: "S(ABORT request) is answered after anything but errors; what was under way is over and the numbers go on",
    async run(t) {
      const line = await Line.open(t);
      for (const [what, reach] of Object.entries(SITUATIONS)) {
        if (what === "three errors") continue; // only S(RESYNCH) is sure of an answer then
        await line.start();
        await reach(line);
        await line.says(`S(ABORT request) after ${what}`, sBlock(PCB.ABORT), due.S(PCB.ABORT | PCB.response));
        if (what === "the first part of a chain") line.ns = other(line.ns);
        if (what === "the first part of a chained answer") line.nr = other(line.nr);
        await inStep(line, `S(ABORT) after ${what}`);
      }
    },
  }),
  terminalCase({
    id: "TERM-CHAIN-01",
    purpose:
      "A message in parts of any size is put together in order: 1, 2, 16, 32 and 254 bytes, and of all sizes mixed",
    async run(t) {
      const line = await Line.open(t);
      for (const size of [1, 2, 16, 32, 254]) {
        line.ifs = size;
        for (const length of [18, 40, 200, 600]) {
          const answer = await line.exchange(messageOf(line, length));
          t.expect.that(isEmptyStore(line, answer), `${length} bytes in parts of ${size}`, { actual: toHex(answer) });
        }
      }
    },
  }),
  terminalCase({
    id: "TERM-CHAIN-02",
    purpose:
      "A message of 4,096 bytes is worked off; a longer one is ended with S(ABORT request), and the line goes on",
    async run(t) {
      const line = await Line.open(t);
      const answer = await line.exchange(messageOf(line, MOST_BYTES));
      t.expect.that(isEmptyStore(line, answer), "4,096 bytes are answered", { actual: toHex(answer) });
      let sent = 0;
      for (let heard = due.R(line.ns); heard === due.R(line.ns); heard = await line.hear()) {
        t.expect.that(sent <= MOST_BYTES, "the chain is ended behind 4,096 bytes", { actual: sent });
        await line.send(iBlock(line.ns, new Uint8Array(128), true));
        line.ns = other(line.ns);
        sent += 128;
        if (sent > MOST_BYTES) break;
      }
      t.expect.equal("answer to byte 4,097", await line.hear(), due.S(PCB.ABORT));
      const response = sBlock(PCB.ABORT | PCB.response);
      await line.says("S(ABORT response)", response, due.R(line.ns));
      await inStep(line, "a chain that was too long");
    },
  }),
];

/** The plain message's answer in parts of at most `size` bytes: how many. */
async function expectParts(line: Line, size: number): Promise<number> {
  await line.tell(readNothing(line));
  const whole: Uint8Array[] = [];
  for (;;) {
    const heard = await line.hear();
    const part = partOf(heard);
    line.t.expect.that(
      part !== undefined && part.ns === line.nr && part.INF.length <= size,
      `an I-block with N(S) ${line.nr} and at most ${size} bytes comes`,
      { actual: heard },
    );
    whole.push(part?.INF ?? new Uint8Array(0));
    line.nr = other(line.nr);
    if (!part?.isMore) break;
    await line.send(rBlock(line.nr));
  }
  const answer = Uint8Array.from(whole.flatMap((INF) => [...INF]));
  line.t.expect.that(isEmptyStore(line, answer), "the answer is whole", { actual: toHex(answer) });
  return whole.length;
}
