/** Lc and Le (`card-edge.md` 1 and 4): every length of data, with every kind of Le. */
import { concat } from "../../harness/core/bytes.ts";
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { aidBytes, apduOf, COMMANDS, type CommandRow, wellFormed } from "./support/commands.ts";
import { type CardCondition, dueOf } from "./support/oracle.ts";
import { enter } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";
import { select, shown, type Talk, talkTo } from "./support/talk.ts";
import { idOf } from "./support/words.ts";

const about = { requirement: "CARD-0077-a" };
const IDLE: CardCondition = { session: "idle", life: "issued" };

/** Le beside each Lc: absent, 256, and all around the answer. */
function kindsOfLe({ answer }: CommandRow): readonly (number | undefined)[] {
  return [undefined, 256, 1, answer - 1, answer, answer + 1].filter((Le) => Le === undefined || Le > 0);
}

/**
 * Over T=0 one byte says both lengths: only what the command's case allows can be sent at all, and beside data an Le that is less than
 * the answer only bounds what the reader fetches of it (ISO/IEC 7816-3, 12.2).
 */
function isSendable({ card }: Talk, row: CommandRow, Lc: number, Le: number | undefined): boolean {
  if (card.protocol === "T=1") return true;
  if (row.data[1] === 0) return Lc === 0 && Le !== undefined;
  return Lc > 0 && (Le === undefined || Le >= row.answer);
}

/** What the line makes of the command: over T=0 a case 4 command has no Le, and counts as one with 256. */
function seenAs({ card }: Talk, row: CommandRow, Lc: number, Le: number | undefined): number | undefined {
  return card.protocol === "T=0" && Lc > 0 && row.answer > 0 ? 256 : Le;
}

async function lengths(t: DeviceContext, row: CommandRow): Promise<void> {
  const talk = await talkTo(t);
  const sweep = new Sweep(talk);
  const [[P1, P2] = [0, 0]] = row.parameters;
  const header = [row.CLA, row.INS, P1, P2] as const;
  const rightData = row.name === "SELECT" ? aidBytes() : wellFormed(row).subarray(5, 5 + row.data[0]);
  const most = Math.min(255, row.data[1] + 2);
  const send = async (Lc: number, Le: number | undefined, condition: CardCondition) => {
    if (!isSendable(talk, row, Lc, Le)) return;
    const data = new Uint8Array(Lc);
    data.set(rightData.subarray(0, Lc));
    const seen = apduOf(header, data, seenAs(talk, row, Lc, Le));
    const answer = await talk.ask(apduOf(header, data, Le));
    const due = dueOf(condition, seen).SW;
    const said = answer.SW === "9000" ? answer.SW : shown(answer);
    sweep.judge(`Lc ${Lc}, Le ${Le ?? "absent"}, ${condition.session}`, said, due);
  };
  await enter(talk, "idle");
  for (let Lc = 0; Lc <= most; Lc++) {
    for (const Le of kindsOfLe(row)) if (row.name !== "SELECT" || Lc !== 8) await send(Lc, Le, IDLE);
  }
  // with the right Lc: every Le there is
  const Lc = row.name === "SELECT" ? 8 : row.data[0];
  for (let Le = 1; Le <= 256; Le++) {
    if (row.name === "SELECT") await enter(talk, "idle");
    await send(Lc, Le, IDLE);
  }
  await select(talk);
  const selected: CardCondition = { session: "selected", life: "issued" };
  const isQuiet = row.name !== "SELECT" && row.name !== "GET PREVIOUS" && row.name !== "INITIALIZE for load";
  for (const Le of isQuiet ? kindsOfLe(row) : []) await send(Lc, Le, selected);
  sweep.expectNone(`lengths of ${row.name}`, about);
}

export const cases: readonly Case[] = [
  ...COMMANDS.map((row) =>
    defineDeviceCase({
      id: `CARD-LEN-${idOf(row.name)}`,
      suite: "card",
      purpose: `${row.name}: each Lc from 0 to two above its own, with Le absent, '00' and around its own, and its own Lc with every Le: wrong ones are '6700', before the session is looked at`,
      requirements: ["CARD-0077-a"],
      owner: "card",
      run: (t) => lengths(t, row),
    }),
  ),
  defineDeviceCase({
    id: "CARD-LEN-MALFORMED",
    suite: "card",
    purpose:
      "A command whose bytes are fewer or more than its Lc says, or that has extended lengths, is '6700', and the next one is served",
    requirements: ["CARD-0077-a"],
    owner: "card",
    needs: { protocol: "T=1" },
    async run(t) {
      const talk = await talkTo(t);
      const sweep = new Sweep(talk);
      await select(talk);
      for (const row of COMMANDS) {
        const whole = wellFormed(row);
        const header = whole.subarray(0, 4);
        const data = Math.max(1, row.data[0]);
        const filled = (bytes: number) => new Uint8Array(bytes).fill(0x11);
        const wrong: readonly (readonly [string, Uint8Array])[] = [
          ["one byte fewer than Lc", concat(header, Uint8Array.of(data + 1), filled(data - 1))],
          ["two bytes behind the data", concat(header, Uint8Array.of(data), filled(data + 2))],
          ["extended lengths", concat(header, Uint8Array.of(0x00, 0x00, data), filled(data), Uint8Array.of(0, 0))],
          ["an extended Le", concat(header, Uint8Array.of(0x00, 0x00, 0x00))],
        ];
        for (const [what, command] of wrong) await sweep.ask(`${row.name} with ${what}`, command, "6700");
        sweep.judge(`GET BALANCE after ${row.name}`, (await talk.ask("905C00000D")).SW, "9000");
      }
      sweep.expectNone("commands whose lengths are none", about);
    },
  }),
];
