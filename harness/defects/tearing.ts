/** Cards that keep half of a transaction when power goes, and set-top boxes that make two of one. */
import { PursebenchError } from "../core/errors.ts";
import { inPlace, journalled, type Write, type WriteOrder } from "../roles/card/nvm.ts";
import type { CardInput, CardOutput, CardState, Purse } from "../roles/card/state.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "../roles/set-top-box/events.ts";
import type { SetTopBoxState } from "../roles/set-top-box/state.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { varyOutputs, varyState } from "./wrap.ts";

type Changes = Parameters<WriteOrder["writesFor"]>[0];

/** `order`: how the card writes instead of by its journal. */
const writes: Behaviour = (parameters) => ({ cardWriteOrder: () => named(WRITE_ORDERS, textOf(parameters, "order")) });

/** `fault`: what a card that has paid or loaded makes of its purse when power comes. */
const atPowerOn: Behaviour = (parameters) => {
  const change = named(POWER_ON_FAULTS, textOf(parameters, "fault"));
  return {
    card: varyState<CardState, CardInput, CardOutput>(({ input, after }) =>
      input.kind === "reset" && after.purse.log.length > 0
        ? { ...after, purse: { ...after.purse, ...change(after.purse) } }
        : after,
    ),
  };
};

/** In place of GET PREVIOUS IEP SIGNATURE the card is given the lost command once more. */
const commandsAgain: Behaviour = () => {
  let command: Uint8Array | undefined;
  return {
    setTopBox: varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>((output) => {
      if (output.kind !== "command") return [output];
      if (output.bytes[1] === DEBIT || output.bytes[1] === CREDIT) command = output.bytes;
      return [output.bytes[1] === PREVIOUS && command ? { ...output, bytes: command } : output];
    }),
  };
};

/** What one recovery did not settle is forgotten. */
const recoversOnce: Behaviour = () => ({
  setTopBox: varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>((output, { after }) => {
    const isOver = output.kind === "end" && (after.mode === "recovery" || after.mode === "load-recovery");
    return isOver ? [...after.pending.map(({ IDTRX }) => ({ kind: "forget", IDTRX }) as const), output] : [output];
  }),
});

export const TEARING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-writes": writes,
  "card-at-power-on": atPowerOn,
  "set-top-box-commands-again": commandsAgain,
  "set-top-box-recovers-once": recoversOnce,
};

const DEBIT = 0x54;
const CREDIT = 0x52;
const PREVIOUS = 0x5a;

const isAnswer = ({ cell }: Changes[number]) => cell === "CARDRSP";
const isRecord = ({ cell }: Changes[number]) => cell === "newest" || cell.startsWith("record");
const without = (changes: Changes, which: (change: Changes[number]) => boolean) =>
  changes.filter((change) => !which(change));

const WRITE_ORDERS: Readonly<Record<string, WriteOrder>> = {
  "each value into its place": { writesFor: inPlace, recovery: () => [] },
  "mark before the journal": { ...journalled, writesFor: markedFirst },
  "mark left standing": {
    writesFor: (changes) => journalled.writesFor(changes).slice(0, -1),
    recovery: (found) => journalled.recovery(found).slice(0, -1),
  },
  "journal forgotten": { ...journalled, recovery: () => [] },
  "signature before the journal": {
    ...journalled,
    writesFor: (changes) => [...inPlace(changes.filter(isAnswer)), ...journalled.writesFor(without(changes, isAnswer))],
  },
  "log after the journal": {
    ...journalled,
    writesFor: (changes) => [...journalled.writesFor(without(changes, isRecord)), ...inPlace(changes.filter(isRecord))],
  },
  "nothing at all": { ...journalled, writesFor: () => [] },
};

function markedFirst(changes: Changes): readonly Write[] {
  const isMark = (write: Write) => write.kind === "mark" && write.entries > 0;
  const due = journalled.writesFor(changes);
  return [...due.filter(isMark), ...due.filter((write) => !isMark(write))];
}

const POWER_ON_FAULTS: Readonly<Record<string, (purse: Purse) => Partial<Purse>>> = {
  "number counted again": ({ NTIEP }) => ({ NTIEP: Math.min(NTIEP + 1, 0xffff) }),
  "newest record lost": ({ log }) => ({ log: log.slice(1) }),
  "answer forgotten": () => ({ previous: null }),
};

function named<T>(choices: Readonly<Record<string, T>>, name: string): T {
  const found = choices[name];
  if (found === undefined) throw new PursebenchError("USAGE", `nothing that a torn card does is called "${name}"`);
  return found;
}
