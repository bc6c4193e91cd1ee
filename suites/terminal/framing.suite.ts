/** Blocks of the line: NAD, PCB, LEN, LRC, gaps and noise (`serial-line.md` 1 to 3). */
import { concat, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { block, due, iBlock, other, PCB, rBlock, sBlock, TO_TERMINAL } from "./support/blocks.ts";
import { Line } from "./support/line.ts";
import { answersWith, inStep, isEmptyStore, messageOf, readNothing, refusal } from "./support/plain.ts";
import { manyOf, terminalCase, upTo } from "./support/terminal-case.ts";

/** Between two blocks that are no answer to each other, ms. */
const PAUSE_MS = 20;
/** Well below CWT, ms. */
const SHORT_GAP_MS = 80;
/** A busy machine may make a short gap a long one. */
const GAP_TRIES = 5;

export const cases: readonly Case[] = [
  terminalCase({
    id: "TERM-NAD-01",
    purpose: "A block with any other NAD is ignored, whatever it says",
    async run(t) {
      const line = await Line.open(t);
      const nads = upTo(256).filter((nad) => nad !== TO_TERMINAL);
      for (const nad of manyOf(t, nads, 40)) {
        const blocks = [block(0x00, readNothing(line), nad), block(PCB.RESYNCH, undefined, nad)];
        for (const each of blocks) {
          await line.send(each);
          await t.devices.pass(PAUSE_MS);
          await inStep(line, `a block ${toHex(each.subarray(0, 2))} for another node`);
        }
      }
    },
  }),
  terminalCase({
    id: "TERM-NAD-02",
    purpose: "A block for another node in the middle of a chain leaves the chain as it is",
    async run(t) {
      const line = await Line.open(t);
      const message = readNothing(line);
      for (const nad of [0x00, 0x21, 0x13, 0x32, 0x92]) {
        await line.says("the first part", iBlock(line.ns, message.subarray(0, 9), true), due.R(other(line.ns)));
        await line.send(block(PCB.ABORT, undefined, nad));
        await t.devices.pass(PAUSE_MS);
        line.ns = other(line.ns);
        const answer = await line.exchange(message.subarray(9));
        t.expect.that(isEmptyStore(line, answer), "the chain is whole", { actual: toHex(answer) });
      }
    },
  }),
  terminalCase({
    id: "TERM-PCB-01",
    purpose: "Every value of PCB in a block without information is answered as the table of blocks says",
    async run(t) {
      const line = await Line.open(t);
      for (const pcb of upTo(256)) {
        if ((pcb & 0xbf) === PCB.more) continue; // a part without information: neither asked for nor forbidden
        await line.start();
        await line.send(block(pcb));
        const wanted = pcb === 0x00 ? due.I(0, refusal(line, "A001")) : withoutInformation(pcb);
        t.expect.oneOf(`answer to PCB ${hex(pcb)}`, await line.hear(), wanted === undefined ? R0 : [wanted]);
      }
    },
  }),
  terminalCase({
    id: "TERM-PCB-02",
    purpose: "Every value of PCB in a block with one byte of information is answered as the table of blocks says",
    async run(t) {
      const line = await Line.open(t);
      for (const pcb of upTo(256)) {
        await line.start();
        await line.send(block(pcb, Uint8Array.of(0x10)));
        const wanted = withOneByte(line, pcb);
        t.expect.equal(`answer to PCB ${hex(pcb)} with one byte`, await line.hear(), wanted);
      }
    },
  }),
  terminalCase({
    id: "TERM-LEN-01",
    purpose: "Blocks of every length from 00 to FE are taken; what is no message in them is T-refusal A001",
    async run(t) {
      const line = await Line.open(t);
      for (const length of upTo(255)) {
        await answersWith(line, `${length} bytes that are no message`, new Uint8Array(length), refusal(line, "A001"));
        const message = messageOf(line, length);
        if (message[0] !== 0xf8) continue;
        const answer = await line.exchange(message);
        t.expect.that(isEmptyStore(line, answer), `a message of ${length} bytes is answered`, {
          actual: toHex(answer),
        });
      }
    },
  }),
  terminalCase({
    id: "TERM-LEN-02",
    purpose: "LEN FF and more information than IFS are malformed: R(N(R), 2), and nothing of it is worked off",
    async run(t) {
      const line = await Line.open(t);
      await line.says("LEN FF", concat(Uint8Array.of(TO_TERMINAL, 0x00, 0xff), new Uint8Array(16)), due.R(0, 2));
      await inStep(line, "LEN FF");
      await line.start(32);
      for (const length of [33, 34, 64, 253, 254]) {
        await line.start(32);
        await line.says(`${length} bytes with IFS 32`, iBlock(0, messageOf(line, length)), due.R(0, 2));
        await inStep(line, "a block above IFS");
      }
    },
  }),
  terminalCase({
    id: "TERM-LRC-01",
    purpose: "Every wrong LRC is R(N(R), 1), and the block is not worked off",
    async run(t) {
      const line = await Line.open(t);
      const right = iBlock(0, readNothing(line));
      for (const change of manyOf(t, upTo(256).slice(1), 10)) {
        await line.start();
        await line.says(`LRC wrong by ${hex(change)}`, damaged(right, right.length - 1, change), due.R(0, 1));
        await inStep(line, "a wrong LRC");
      }
    },
  }),
  terminalCase({
    id: "TERM-LRC-02",
    purpose: "A wrong LRC counts before anything else that is wrong: NAD, PCB and length of an S-block",
    async run(t) {
      const line = await Line.open(t);
      const wrong = [block(0x1f), block(0xc1), block(0xbf), block(0xe0), block(0xff), sBlock(PCB.IFS, 0)];
      for (const each of wrong) {
        await line.start();
        await line.says(toHex(each), damaged(each, each.length - 1, 0x10), due.R(0, 1));
      }
      await line.start();
      await inStep(line, "all of them");
    },
  }),
  terminalCase({
    id: "TERM-CWT-01",
    purpose: "A block that breaks off after any of its bytes is given up after CWT: R(N(R), 1)",
    async run(t) {
      const line = await Line.open(t);
      const whole = iBlock(0, readNothing(line));
      for (const length of manyOf(t, upTo(whole.length).slice(1), 12)) {
        await line.start();
        await line.says(`the first ${length} bytes of a block`, whole.subarray(0, length), due.R(0, 1));
        await inStep(line, "a block that broke off");
      }
    },
  }),
  terminalCase({
    id: "TERM-CWT-02",
    purpose: "A gap below CWT inside of a block belongs to the block",
    async run(t) {
      const line = await Line.open(t);
      for (const place of [1, 2, 3, 10, 19]) {
        let heard = "";
        for (let attempt = 0; attempt < GAP_TRIES && !heard.startsWith("2100"); attempt++) {
          await line.start();
          const whole = iBlock(0, readNothing(line));
          await line.send(whole.subarray(0, place));
          await t.devices.pass(SHORT_GAP_MS);
          await line.send(whole.subarray(place));
          heard = await line.hear();
        }
        t.expect.that(
          heard.startsWith("2100"),
          `a block with a gap of ${SHORT_GAP_MS} ms behind byte ${place} counts`,
          {
            actual: heard,
          },
        );
      }
    },
  }),
  terminalCase({
    id: "TERM-CWT-03",
    purpose: "A block in single characters, each on its own, is one block",
    async run(t) {
      const line = await Line.open(t);
      let heard = "";
      for (let attempt = 0; attempt < GAP_TRIES && !heard.startsWith("2100"); attempt++) {
        await line.start();
        for (const byte of iBlock(0, readNothing(line))) {
          await line.send(Uint8Array.of(byte));
          await t.devices.pass(1);
        }
        heard = await line.hear();
      }
      t.expect.matches("answer to a block in single characters", heard, /^21000F|^210011/);
    },
  }),
  terminalCase({
    id: "TERM-NOISE-01",
    purpose: "Noise directly before a block spoils it: R(N(R), 1); the block again is worked off",
    async run(t) {
      const line = await Line.open(t);
      for (const noise of ["00", "FF", "12", "1200", "55AA55", "FFFFFE"]) {
        await line.start();
        const bytes = Uint8Array.from(Buffer.from(noise, "hex"));
        await line.says(`noise ${noise} before a block`, concat(bytes, iBlock(0, readNothing(line))), due.R(0, 1));
        await inStep(line, "noise");
      }
    },
  }),
  terminalCase({
    id: "TERM-NOISE-02",
    purpose: "Noise with silence behind it is R(N(R), 1) and costs nothing but that",
    async run(t) {
      const line = await Line.open(t);
      for (const noise of ["00", "FF", "12", "1240", "FFFF00"]) {
        await line.start();
        await inStep(line, "S(RESYNCH)"); // so that the numbers are not those of the start
        await line.says(`noise ${noise}`, Uint8Array.from(Buffer.from(noise, "hex")), due.R(line.ns, 1));
        await inStep(line, "noise alone");
      }
    },
  }),
  terminalCase({
    id: "TERM-NOISE-03",
    purpose: "A character directly behind a block: the block is answered or asked for again, and worked off once",
    async run(t) {
      const line = await Line.open(t);
      for (const noise of [0x00, 0x12, 0xff]) {
        await line.start();
        await line.send(concat(iBlock(0, readNothing(line)), Uint8Array.of(noise)));
        const heard = await line.hear();
        if (heard !== due.R(0, 1)) {
          t.expect.matches(`answer to a block with ${hex(noise)} behind it`, heard, /^2100/);
          line.ns = 1;
          line.nr = 1;
        }
        await inStep(line, "a character behind a block");
      }
    },
  }),
  terminalCase({
    id: "TERM-SEQ-01",
    purpose: "Two hundred messages in a row: numbers of blocks alternate on both sides, and each is answered once",
    async run(t) {
      const line = await Line.open(t);
      for (let round = 0; round < 200; round++) await inStep(line, `message ${round}`);
    },
  }),
  terminalCase({
    id: "TERM-SEQ-02",
    purpose: "A block with the number of the one before is R(N(R), 2) and is not worked off again",
    async run(t) {
      const line = await Line.open(t);
      for (let round = 0; round < 8; round++) {
        const stale = other(line.ns);
        await line.says("a block with the wrong number", iBlock(stale, readNothing(line)), due.R(line.ns, 2));
        await inStep(line, "a block with the wrong number");
      }
    },
  }),
  terminalCase({
    id: "TERM-SEQ-03",
    purpose: "Asked for a block before it has sent any, the terminal says what it waits for",
    async run(t) {
      const line = await Line.open(t);
      for (const nr of [0, 1] as const) {
        await line.start();
        await line.send(rBlock(nr));
        t.expect.oneOf(`answer to R(${nr}) after S(RESYNCH)`, await line.hear(), R0);
        await inStep(line, "an R-block");
      }
    },
  }),
];

const R0 = [due.R(0), due.R(0, 1), due.R(0, 2)];

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

function damaged(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ mask : byte));
}

/** Of a terminal that waits for the first message. Undefined: an R-block that waits for N(S) 0, whatever it names. */
function withoutInformation(pcb: number): string | undefined {
  if ([0x80, 0x81, 0x82, 0x90, 0x91, 0x92].includes(pcb)) return undefined;
  if (pcb === PCB.RESYNCH || pcb === PCB.ABORT) return due.S(pcb | PCB.response);
  return due.R(0, 2);
}

function withOneByte(line: Line, pcb: number): string {
  if (pcb === 0x00) return due.I(0, refusal(line, "A001"));
  if (pcb === PCB.more) return due.R(1);
  return pcb === PCB.IFS ? due.S(PCB.IFS | PCB.response, 0x10) : due.R(0, 2);
}
