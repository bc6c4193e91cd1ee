/** Class, instruction and parameters (`card-edge.md` 4): every value there is. */
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { apduOf, COMMANDS, type CommandRow, wellFormed } from "./support/commands.ts";
import { readFacts } from "./support/facts.ts";
import { type CardCondition, dueOf } from "./support/oracle.ts";
import { Sweep } from "./support/sweep.ts";
import { select, type Talk, talkTo } from "./support/talk.ts";
import { hex, idOf } from "./support/words.ts";

const about = { requirement: "CARD-0077-a" };
const KNOWN = new Map(COMMANDS.map(({ INS, name }) => [INS, name]));
/** What data of zeros earns, where it is looked at. */
const VERDICTS: Partial<Record<CommandRow["name"], string>> = { "INITIALIZE for load": "6A80", "GET PREVIOUS": "9406" };
const MANAGE_CHANNEL = 0x70;
const GET_RESPONSE = 0xc0;

/**
 * Not for the application: over T=0 no command has INS 6x or 9x (ISO/IEC 7816-3, 10.3.2), CLA FF begins a PPS, GET RESPONSE belongs
 * to the transport; and the channels of a multi-application card are its own business.
 */
function isSent({ card }: Talk, CLA: number, INS: number): boolean {
  if (INS === MANAGE_CHANNEL && CLA === 0x00) return false;
  if (card.protocol === "T=1") return true;
  return CLA !== 0xff && INS !== GET_RESPONSE && (INS & 0xf0) !== 0x60 && (INS & 0xf0) !== 0x90;
}

async function instructions(t: DeviceContext, classes: readonly number[]): Promise<void> {
  const talk = await talkTo(t);
  const sweep = new Sweep(talk);
  for (const session of ["idle", "selected"] as const) {
    if (session === "selected") await select(talk);
    for (const CLA of classes) {
      for (let INS = 0; INS < 256; INS++) {
        if (!isSent(talk, CLA, INS) || (KNOWN.has(INS) && COMMANDS.some((row) => row.CLA === CLA && row.INS === INS)))
          continue;
        const command = apduOf([CLA, INS, 0x00, 0x00], undefined, 256);
        const { SW } = dueOf({ session, life: "issued" }, command);
        await sweep.ask(`${hex(CLA)} ${hex(INS)}, ${session}`, command, SW);
      }
    }
  }
  sweep.expectNone("instructions", about);
}

/** Over T=0 with data for a command that has none, or the other way round: one byte says both lengths. */
function isOtherCase({ card }: Talk, row: CommandRow, P1: number, P2: number): boolean {
  if (card.protocol === "T=1") return false;
  const meant = COMMANDS.find(
    ({ CLA, INS, parameters }) =>
      CLA === row.CLA && INS === row.INS && parameters.some(([a, b]) => a === P1 && b === P2),
  );
  return meant !== undefined && (meant.data[1] === 0) !== (row.data[1] === 0);
}

async function parameters(t: DeviceContext, row: CommandRow): Promise<void> {
  const talk = await talkTo(t);
  const { ALGIEP } = await readFacts(talk);
  const sweep = new Sweep(talk);
  const [[P1, P2] = [0, 0]] = row.parameters;
  const body = wellFormed(row).subarray(4);
  const condition: CardCondition = { session: "selected", life: "issued", isPublicKey: ALGIEP === 0x10 };
  const pairs = [
    ...range().map((value) => [value, P2] as const),
    ...range().map((value) => [P1, value] as const),
    ...range().map((value) => [value, value] as const),
    ...range().map((value) => [value, 255 - value] as const),
  ];
  for (const [a, b] of pairs) {
    if (isOtherCase(talk, row, a, b)) continue;
    const command = Uint8Array.of(row.CLA, row.INS, a, b, ...body);
    const due = dueOf(condition, command, VERDICTS[row.name]).SW;
    const { SW, data } = await talk.ask(command);
    const isFound = SW === due || (row.name === "READ RECORD" && due === "9000" && SW === "6A83");
    const isBare = SW === "9000" || data.length === 0;
    sweep.judge(`P1 P2 ${hex(a)} ${hex(b)}`, isFound && isBare ? due : `${data.length} bytes ${SW}`, due);
  }
  sweep.expectNone(`parameters of ${row.name}`, about);
}

const range = () => Array.from({ length: 256 }, (_, value) => value);

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-CLA-01",
    suite: "card",
    purpose:
      "Every instruction of the card under each of the 256 classes: all but its own are '6E00', whatever the session",
    requirements: ["CARD-0077-a"],
    owner: "card",
    async run(t) {
      const talk = await talkTo(t);
      const sweep = new Sweep(talk);
      await select(talk);
      for (const INS of KNOWN.keys()) {
        for (let CLA = 0; CLA < 256; CLA++) {
          if (!isSent(talk, CLA, INS) || COMMANDS.some((row) => row.CLA === CLA && row.INS === INS)) continue;
          await sweep.ask(`${hex(CLA)} ${hex(INS)}`, apduOf([CLA, INS, 0x00, 0x00], undefined, 256), "6E00");
        }
      }
      sweep.expectNone("classes", about);
    },
  }),
  defineDeviceCase({
    id: "CARD-INS-00",
    suite: "card",
    purpose:
      "Under class 00 every instruction but SELECT and READ RECORD is unknown, for an idle card and a selected one",
    requirements: ["CARD-0077-a", "CARD-0022-b"],
    owner: "card",
    run: (t) => instructions(t, [0x00]),
  }),
  defineDeviceCase({
    id: "CARD-INS-90",
    suite: "card",
    purpose: "Under class 90 every instruction but those of the purse is unknown, for an idle card and a selected one",
    requirements: ["CARD-0077-a", "CARD-0022-b"],
    owner: "card",
    run: (t) => instructions(t, [0x90]),
  }),
  defineDeviceCase({
    id: "CARD-INS-OTHER",
    suite: "card",
    purpose: "Under the classes 80, A0, B0 and FE no instruction at all is known",
    requirements: ["CARD-0077-a", "CARD-0022-b"],
    owner: "card",
    run: (t) => instructions(t, [0x80, 0xa0, 0xb0, 0xfe]),
  }),
  ...COMMANDS.map((row) =>
    defineDeviceCase({
      id: `CARD-PAR-${idOf(row.name)}`,
      suite: "card",
      purpose: `${row.name}: each value of P1, of P2 and of both together that the specification has not is '6A86'`,
      requirements: ["CARD-0077-a"],
      owner: "card",
      run: (t) => parameters(t, row),
    }),
  ),
];
