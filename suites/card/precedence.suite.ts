/** Order of precedence (`card-edge.md` 4): every two faults that one command can have together; the earlier one is told. */
import { concat } from "../../harness/core/bytes.ts";
import type { CardKind } from "../../harness/flows/system.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { apduOf, COMMANDS, type CommandRow, wellFormed } from "./support/commands.ts";
import { type CardCondition, dueOf, type Session } from "./support/oracle.ts";
import { ANY_LOADINIT, enter, type PlainState, STATES } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";
import { type Talk, talkTo } from "./support/talk.ts";
import { idOf } from "./support/words.ts";

const about = { requirement: "CARD-0077-a" };

/** A command in its parts, so that faults can be put together. */
interface Draft {
  readonly CLA: number;
  readonly INS: number;
  readonly P1: number;
  readonly P2: number;
  readonly data: Uint8Array;
  readonly Le: number | undefined;
  /** What its data earns when it is looked at. */
  readonly verdict: string;
}

type Fault = readonly [what: string, spoil: (draft: Draft) => Partial<Draft>];

/** Faults of any command. */
const FAULTS: readonly Fault[] = [
  ["another class", () => ({ CLA: 0xb0 })],
  ["an unknown instruction", () => ({ INS: 0xee })],
  ["P1 with another value", () => ({ P1: 0x7f })],
  ["P2 with another value", () => ({ P2: 0x7f })],
  ["a byte of data too many", ({ data }) => ({ data: concat(data, new Uint8Array(1)) })],
  ["a byte of data too few", ({ data }) => ({ data: data.subarray(0, Math.max(0, data.length - 1)) })],
  ["Le 01", () => ({ Le: 1 })],
  ["no Le", () => ({ Le: undefined })],
];

/** Faults of what stands in the data, by command. */
const OF_DATA: Partial<Record<CommandRow["name"], Fault>> = {
  SELECT: ["another name", ({ data }) => ({ data: data.map((byte) => byte ^ 0x01) })],
  "INITIALIZE for load": ["no date", ({ data }) => ({ data: data.map(() => 0xff), verdict: "6A80" })],
};

function draftOf(row: CommandRow): Draft {
  const [[P1, P2] = [0, 0]] = row.parameters;
  const whole = wellFormed(row);
  const data = row.name === "INITIALIZE for load" ? ANY_LOADINIT : whole.slice(5, 5 + row.data[0]);
  const selected = row.name === "SELECT" ? whole.slice(5, 13) : data;
  return {
    CLA: row.CLA,
    INS: row.INS,
    P1,
    P2,
    data: selected,
    Le: row.answer > 0 ? 256 : undefined,
    verdict: verdictOf(row),
  };
}

/** Zeros are no signature, and no number that is kept. */
function verdictOf({ name }: CommandRow): string {
  if (name === "DEBIT" || name === "CREDIT" || name === "PERSONALISE") return "9302";
  return name === "GET PREVIOUS" ? "9406" : "9000";
}

/** Every command of the row with none, one or two of the faults. */
function drafts(row: CommandRow): readonly (readonly [what: string, draft: Draft])[] {
  const own = OF_DATA[row.name];
  const faults = own ? [...FAULTS, own] : FAULTS;
  const none: Fault = ["nothing", () => ({})];
  const made: [what: string, draft: Draft][] = [["nothing wrong", draftOf(row)]];
  for (const [index, first] of faults.entries()) {
    for (const second of [none, ...faults.slice(index + 1)]) {
      // what stands in the data is spoilt first, so that its length can be spoilt too
      const [now, then] = second === own ? [second, first] : [first, second];
      const once = { ...draftOf(row), ...now[1](draftOf(row)) };
      const draft = { ...once, ...then[1](once) };
      made.push([second === none ? first[0] : `${first[0]} and ${second[0]}`, draft]);
    }
  }
  return made;
}

/** Over T=0 lengths have no place of their own on the line: only their absence of faults is sent. */
function isSent({ card }: Talk, row: CommandRow, draft: Draft): boolean {
  if (card.protocol === "T=1") return true;
  const isWhole = draft.Le !== 1 && (draft.Le !== undefined || row.answer === 0);
  return isWhole && (row.data[1] === 0) === (draft.data.length === 0);
}

async function expectPrecedence(
  talk: Talk,
  row: CommandRow,
  states: readonly PlainState[],
  card: Omit<CardCondition, "session">,
): Promise<void> {
  const sweep = new Sweep(talk);
  for (const session of states) {
    // entered again only where the table says that the answer before has led elsewhere
    let place: Session | undefined;
    for (const [what, draft] of drafts(row)) {
      const { CLA, INS, P1, P2, data, Le } = draft;
      const verdict = row.name === "READ RECORD" && P1 !== 1 ? "6A83" : draft.verdict;
      if (!isSent(talk, row, draft)) continue;
      if (place !== session) await enter(talk, session);
      const command = apduOf([CLA, INS, P1, P2], data, Le);
      const { SW } = await talk.ask(command);
      const due = dueOf({ ...card, session }, command, verdict);
      sweep.judge(`${what}, ${session}`, SW, due.SW);
      place = SW === due.SW ? due.session : undefined;
    }
  }
  sweep.expectNone(`${row.name} with every two faults`, about);
}

/** What a card of that life answers to any command with any fault. */
function lifeCase(id: string, kind: CardKind, words: string, card: Omit<CardCondition, "session">): Case {
  return defineDeviceCase({
    id,
    suite: "card",
    purpose: `A card that is ${words}: every command with none, one and two faults, idle and selected, is answered by the order of precedence`,
    requirements: ["CARD-0077-a", "CARD-0033-b"],
    owner: "card",
    needs: { cards: [kind] },
    async run(t) {
      const talk = await talkTo(t, kind);
      for (const row of COMMANDS) {
        await t.step(row.name, () => expectPrecedence(talk, row, ["idle", "selected"], card));
      }
    },
  });
}

export const cases: readonly Case[] = [
  ...COMMANDS.map((row) =>
    defineDeviceCase({
      id: `CARD-PREC-${idOf(row.name)}`,
      suite: "card",
      purpose: `${row.name} with none, one and two faults of class, instruction, parameters, length, content and session: the first by the order of precedence is told`,
      requirements: ["CARD-0077-a"],
      owner: "card",
      needs: { secretKeyCard: true },
      run: async (t) => await expectPrecedence(await talkTo(t), row, STATES, { life: "issued" }),
    }),
  ),
  lifeCase("CARD-PREC-OF-BLOCKED", "blocked", "blocked", { life: "blocked" }),
  lifeCase("CARD-PREC-OF-SUPPLIED", "supplied", "supplied and not issued yet", { life: "supplied" }),
  lifeCase("CARD-PREC-OF-EXHAUSTED", "exhausted", "at the end of its transaction numbers", {
    life: "issued",
    isExhausted: true,
  }),
];
