/** Commands and answers of every form and length, unchanged in both directions, over T=1 and over T=0. */
import { concat, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import type { Case, DeviceContext } from "../define/case.ts";
import { crc, filling, pattern } from "./support/bytes.ts";
import { type Answer, echo, exerciser, patternCommand, type Talk } from "./support/exerciser.ts";
import { readerCase, slotCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

const T0 = "3B0445584552";
const SELECT = "00A4040008F050422D45584531";
const FCI = "6F158408F050422D45584531A509DF1F06455845522D31";

interface Row {
  /** Last part of the id. */
  readonly id: string;
  readonly purpose: string;
  readonly run: (talk: Talk, tally: Tally, isT0: boolean) => Promise<void>;
}

/** Values that mean something to T=0, to a serial line or to nobody. 10 and EF: INS of ECHO and its complement. */
const FILLS = [0x00, 0xff, 0x10, 0xef, 0x60, 0x61, 0x6c, 0x90, 0x3b, 0x0d] as const;

const ROWS: readonly Row[] = [
  {
    id: "01",
    purpose: "commands without data and without answer (case 1) reach the card and nothing is added to the answer",
    async run(talk, tally) {
      for (const parameters of ["0000", "FF00", "00FF", "90FF", "6C10", "1234"]) {
        await tally.ask(talk, `ECHO ${parameters}`, `8010${parameters}`, "9000");
        tally.judge(`what the card saw of ECHO ${parameters}`, await seen(talk), `8010${parameters} 0 FFFF`);
      }
    },
  },
  {
    id: "02",
    purpose: "answers of every length from 0 to 256 bytes (case 2) come whole, with Le exact and with Le 00",
    async run(talk, tally) {
      for (let length = 0; length <= 256; length++) {
        await tally.ask(talk, `PATTERN of ${length}`, patternCommand(length), good(pattern(length)));
        await tally.ask(talk, `PATTERN of ${length}, Le 00`, patternCommand(length, 256), good(pattern(length)));
      }
    },
  },
  {
    id: "03",
    purpose: "commands with data of every length from 1 to 255 bytes and no Le (case 3) reach the card unchanged",
    async run(talk, tally, isT0) {
      for (let length = 1; length <= 255; length++) {
        const data = filling(length, 3);
        const { SW, data: unasked } = await talk.ask(echo(data, false));
        tally.judge(`data that nobody asked for after ${length} bytes`, unasked.length, 0);
        const is61 = isT0 && SW === `61${toHex(Uint8Array.of(length))}`; // over T=0 the card cannot know that none is wanted
        tally.judge(`status word to ${length} bytes`, is61 ? "9000" : SW, "9000");
        const due = `80100000 ${length} ${toHex(uintToBytes(crc(data), 2))}`;
        tally.judge(`what the card saw of ${length} bytes`, await seen(talk), due);
      }
    },
  },
  {
    id: "04",
    purpose: "commands with data and answer (case 4) of every length from 1 to 255 bytes pass whole both ways",
    async run(talk, tally) {
      for (let length = 1; length <= 255; length++) {
        const data = filling(length, 4);
        await tally.ask(talk, `ECHO of ${length}`, echo(data), good(data));
      }
    },
  },
  {
    id: "05",
    purpose: "data of zeros, of status bytes and of procedure bytes pass unchanged, first and last bytes too",
    async run(talk, tally) {
      for (const fill of FILLS) {
        for (const length of [1, 2, 16, 31, 32, 33, 127, 128, 254, 255]) {
          const data = new Uint8Array(length).fill(fill);
          await tally.ask(talk, `ECHO of ${length} times ${fill}`, echo(data), good(data));
        }
      }
      for (let value = 0; value < 256; value += 15) {
        const data = Uint8Array.from({ length: 255 }, (_, at) => (value + at) & 0xff);
        await tally.ask(talk, `ECHO of all values from ${value} on`, echo(data), good(data));
      }
    },
  },
  {
    id: "06",
    purpose: "status words of every SW1 come as the card gave them, and without data",
    async run(talk, tally) {
      for (let SW1 = 0x62; SW1 <= 0x9f; SW1++) {
        if (SW1 === 0x6c || (SW1 > 0x6f && SW1 < 0x90)) continue;
        for (const SW2 of [0x00, 0x01, 0x10, 0x61, 0x7f, 0x80, 0x90, 0xff]) {
          const due = toHex(Uint8Array.of(SW1, SW2));
          await tally.ask(talk, `STATUS ${due}`, `8014${due}`, due);
        }
      }
      await tally.ask(talk, "STATUS of none", "80145FFF", "6A86");
      await tally.ask(talk, "an unknown command", "80FE0000", "6D00");
      await tally.ask(talk, "an unknown class", "70100000", "6E00");
    },
  },
  {
    id: "07",
    purpose: "answers of more than 256 bytes come in parts with '61xx', which GET RESPONSE fetches",
    async run(talk, tally) {
      for (const total of [257, 258, 300, 511, 512, 513, 700, 1024, 2047, 2048]) {
        const parts: Uint8Array[] = [];
        let answer = await talk.ask(patternCommand(total, 256));
        for (let round = 0; round < 9; round++) {
          parts.push(answer.data);
          tally.judge(`a part of ${total} within 256 bytes`, answer.data.length <= 256, true);
          if (!answer.SW.startsWith("61")) break;
          const left = total - parts.reduce((sum, part) => sum + part.length, 0);
          tally.judge(`what is left of ${total}`, answer.SW, `61${toHex(Uint8Array.of(left >= 256 ? 0 : left))}`);
          answer = await talk.ask(`00C00000${answer.SW.slice(2)}`);
        }
        tally.judge(`last status word of ${total}`, answer.SW, "9000");
        tally.judge(`whole answer of ${total}`, toHex(concat(...parts)), toHex(pattern(total)));
      }
    },
  },
  {
    id: "08",
    purpose: "a chain of commands arrives whole and in order, up to 32,767 bytes",
    async run(talk, tally) {
      for (const [total, size] of [
        [600, 255],
        [1_000, 254],
        [2_500, 100],
        [32_767, 255],
      ] as const) {
        const all = filling(total, size);
        for (let at = 0; at + size < total; at += size) {
          const part = concat(fromHex("901A0000"), Uint8Array.of(size), all.subarray(at, at + size));
          await tally.ask(talk, `bytes ${at} on of ${total}`, part, "9000");
        }
        const rest = all.subarray(Math.floor((total - 1) / size) * size);
        const last = concat(fromHex("801A0000"), Uint8Array.of(rest.length), rest, Uint8Array.of(4));
        const due = concat(uintToBytes(total, 2), uintToBytes(crc(all), 2));
        await tally.ask(talk, `end of ${total}`, last, good(due));
      }
    },
  },
  {
    id: "09",
    purpose: "selection by name, and the same command and answer again and again",
    async run(talk, tally) {
      for (let round = 0; round < 20; round++) {
        await tally.ask(talk, `SELECT, round ${round}`, `${SELECT}00`, good(fromHex(FCI)));
        await tally.ask(talk, `SELECT of another name, round ${round}`, "00A4040008F050422D0000000100", "6A82");
      }
    },
  },
];

/** What only T=1 can tell: Le that is too small or missing. */
const T1_ROWS: readonly Row[] = [
  {
    id: "10",
    purpose: "Le that is too small is answered '6Cxx' by the card, and the reader fetches nothing by itself",
    async run(talk, tally) {
      for (const length of [2, 3, 16, 100, 255]) {
        const short = patternCommand(length, length - 1);
        await tally.ask(talk, `PATTERN of ${length} with Le ${length - 1}`, short, `6C${toHex(Uint8Array.of(length))}`);
        tally.judge(`what the card saw last (${length})`, (await talk.report()).header, toHex(short.subarray(0, 4)));
      }
      await tally.ask(talk, "PATTERN without Le", "80120003", "6700");
    },
  },
  {
    id: "11",
    purpose: "data with warnings and positive status words come whole, with the card's status word",
    async run(talk, tally) {
      for (const SW of ["6200", "6281", "6283", "63C5", "9000", "9060", "9F10", "9100"]) {
        const data = filling(9, Number.parseInt(SW, 16));
        const due: Answer = { data, SW };
        await tally.ask(talk, `STATUS ${SW} with data`, `8014${SW}09${toHex(data)}00`, due);
      }
    },
  },
];

/** Header, Lc and CRC of the command before, as REPORT has them. */
async function seen(talk: Talk): Promise<string> {
  const { header, Lc, CRC } = await talk.report();
  return `${header} ${Lc} ${toHex(uintToBytes(CRC, 2))}`;
}

async function runRow(t: DeviceContext, row: Row, isT0: boolean): Promise<void> {
  const talk = await exerciser(t, isT0 ? { ATR: T0 } : {});
  const tally = new Tally(t);
  await row.run(talk, tally, talk.card.protocol === "T=0");
  tally.expectNone("commands and answers");
}

/** One message has to be cut into blocks: `k` blocks of IFSC bytes, one byte less and one more. */
const BORDERS: readonly (readonly [IFSC: number, ATR: string])[] = [
  [16, "3B8481311045455845526B"],
  [32, "3B8481312045455845525B"],
  [100, "3B8481316445455845521F"],
  [254, "3B848131FE454558455285"],
];

export const cases: readonly Case[] = [
  ...[...ROWS, ...T1_ROWS].map((row) =>
    readerCase({
      id: `IFD-APDU-${row.id}`,
      purpose: `As the card comes: ${row.purpose}`,
      run: (t) => runRow(t, row, false),
    }),
  ),
  ...ROWS.map((row) =>
    slotCase({ id: `IFD-T0-${row.id}`, purpose: `Over T=0: ${row.purpose}`, run: (t) => runRow(t, row, true) }),
  ),
  ...BORDERS.map(([IFSC, ATR]) =>
    slotCase({
      id: `IFD-BLOCK-${IFSC}`,
      purpose: `Messages around whole numbers of blocks pass unchanged to a card that takes ${IFSC} bytes a block, and back`,
      async run(t) {
        const talk = await exerciser(t, { ATR });
        const tally = new Tally(t);
        for (let whole = IFSC; whole <= 261 + IFSC; whole += IFSC) {
          for (const message of [whole - 1, whole, whole + 1]) {
            const length = message - 6; // header, Lc and Le are in the message
            if (length < 1 || length > 255) continue;
            const data = filling(length, whole);
            await tally.ask(talk, `ECHO with ${message} bytes in all`, echo(data), good(data));
          }
        }
        for (const length of [251, 252, 253, 254, 255, 256]) {
          await tally.ask(talk, `PATTERN of ${length}`, patternCommand(length), good(pattern(length)));
        }
        tally.expectNone("messages around the borders of blocks");
      },
    }),
  ),
];
