/** Defects of the security card in what it keeps: numbers, transactions, totals, collection, lists, keys (`psam-edge.md` 2, 4.5 to 4.10). */
import { fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { TotalsLine } from "../protocol/messages/psam-read-totals.ts";
import { refusedPackage } from "../roles/psam/answer.ts";
import type { PsamMemory, PsamState } from "../roles/psam/state.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { afterCommand, answerOf, commandOf, dataOf, type Told, withMemory } from "./psam-steps.ts";

/** What is wrong with the memory after a command, by name. */
type Flaw = (before: PsamMemory, after: PsamMemory, told: Told) => PsamMemory;

const FLAWS: Readonly<Record<string, Flaw>> = {
  "number of a refused debit is used up": (_, after) => ({ ...after, NTPSAM: after.NTPSAM + 1 }),
  "two numbers for one debit": (_, after) => ({ ...after, NTPSAM: after.NTPSAM + 1 }),
  "totals stay": (before, after) => ({ ...after, totals: before.totals }),
  "number of collection stays": (before, after) => ({ ...after, NTCOL: before.NTCOL }),
  "number of update stays": (before, after) => ({ ...after, NTUPD: before.NTUPD }),
  "old digest stays": (before, after) => ({ ...after, collection: before.collection ?? after.collection }),
  "date of every update": (_, after, { input }) => ({ ...after, updated: toHex(dataOf(input).subarray(4, 8)) }),
  "empty lines stay": (before, after) => ({ ...after, totals: [...after.totals, ...goneFrom(before, after)] }),
  "sums of four bytes": (_, after) => ({
    ...after,
    totals: after.totals.map((line) => ({ ...line, MTOT: line.MTOT % 0x1_0000_0000 })),
  }),
  "one line for each provider": (_, after) => ({ ...after, totals: byProvider(after.totals) }),
  "number of purchases stays": (before, after) => ({
    ...after,
    totals: after.totals.map((line) => ({ ...line, NTOT: sameLine(before.totals, line)?.NTOT ?? line.NTOT })),
  }),
  "removed keys stay": (before, after) => ({
    ...after,
    keys: [...after.keys, ...before.keys.filter((key) => !after.keys.includes(key))],
  }),
  "new key at once": (_, after) => ({
    ...after,
    open: after.open && withoutOldKey(after.open),
    suspended: after.suspended.map(withoutOldKey),
    issued: after.issued.map(withoutOldKey),
  }),
  "removed key ends transactions": (before, after) =>
    after.keys.length < before.keys.length ? { ...after, suspended: [], issued: [] } : after,
  "unblocks by number alone": (_, after, { input }) => {
    const IDIEP = toHex(dataOf(input).subarray(12, 17));
    return dataOf(input)[8] === 0x02
      ? { ...after, blockedCards: after.blockedCards.filter((card) => card.IDIEP !== IDIEP) }
      : after;
  },
  "the first of the list stays": (before, after) => {
    const [first] = before.blockedCards;
    return !first || after.blockedCards.includes(first)
      ? after
      : { ...after, blockedCards: [first, ...after.blockedCards] };
  },
  "a list of 255 cards": (_, after) => ({ ...after, blockedCards: after.blockedCards.slice(-255) }),
  "one session key for all": (_, after) => {
    const SK = after.open?.SK ?? after.issued.at(-1)?.SK;
    return SK === undefined
      ? after
      : { ...after, issued: after.issued.map((each) => (each.SK ? { ...each, SK } : each)) };
  },
  "suspended is lost": (_, after) => ({ ...after, suspended: [] }),
};

/** `command`, `SW`, `flaw`: the memory after that answer has it. */
const keepsWrongly: Behaviour = (parameters) => {
  const [SW, flaw] = [numberOf(parameters, "SW"), flawOf(textOf(parameters, "flaw"))];
  return {
    psam: afterCommand(numberOf(parameters, "command"), (told) => {
      if (answerOf(told.step)?.SW !== SW) return told.step;
      return withMemory(told.step, flaw(told.before.memory, told.step.state.memory, told));
    }),
  };
};

/** What is lost at a reset, by name. */
const LOSSES: Readonly<Record<string, (state: PsamState) => PsamState>> = {
  suspended: (state) => ({ ...state, memory: { ...state.memory, suspended: [] } }),
  issued: (state) => ({ ...state, memory: { ...state.memory, issued: [] } }),
  collection: (state) => ({ ...state, memory: { ...state.memory, collection: null } }),
  "blocked cards": (state) => ({ ...state, memory: { ...state.memory, blockedCards: [] } }),
  chance: (state) => ({ ...state, entropy: "5A".repeat(32) }),
};

/** `what`: lost at every reset. */
const losesAtReset: Behaviour = (parameters) => {
  const lose = LOSSES[textOf(parameters, "what")];
  if (!lose) throw new PursebenchError("USAGE", "that cannot be lost at a reset");
  return {
    psam: (reference) => ({
      handle(before, input) {
        const step = reference.handle(before, input);
        return input.kind === "reset" ? { ...step, state: lose(step.state) } : step;
      },
    }),
  };
};

/** `what`: "suspended" or "issued", `most`: so many instead of 16 or 64. */
const hasOtherRoom: Behaviour = (parameters) => {
  const [isSuspended, most] = [textOf(parameters, "what") === "suspended", numberOf(parameters, "most")];
  return {
    psam: (reference) => ({
      handle(before, input) {
        const command = commandOf(input);
        if (command !== 0x7200 && command !== 0x7201) return reference.handle(before, input);
        const { memory } = before;
        const surplus = isSuspended ? memory.suspended.slice(0, Math.max(0, most - 15)) : [];
        if (isSuspended && memory.suspended.length >= most && before.session.kind === "card-accepted") {
          return refusedPackage(before, 0x9417);
        }
        const roomy = { ...memory, suspended: memory.suspended.slice(surplus.length) };
        const step = reference.handle({ ...before, memory: isSuspended && most > 16 ? roomy : memory }, input);
        const after = step.state.memory;
        const suspended = isSuspended && most > 16 ? memory.suspended : after.suspended;
        const issued = isSuspended ? after.issued : after.issued.slice(-most);
        return { ...step, state: { ...step.state, memory: { ...after, suspended, issued } } };
      },
    }),
  };
};

/** `most`: only so many confirmed identifiers are remembered. */
const remembersFew: Behaviour = (parameters) => {
  const most = numberOf(parameters, "most");
  const confirmed: string[] = [];
  return {
    psam: afterCommand(0x7400, ({ input, step }) => {
      const IDTRX = toHex(dataOf(input).subarray(0, 16));
      const SW = answerOf(step)?.SW;
      if (SW === 0x9000) confirmed.push(IDTRX);
      const isForgotten = SW === 0x9416 && confirmed.indexOf(IDTRX) < confirmed.length - most;
      return isForgotten ? { ...step, outputs: [{ kind: "response", bytes: fromHex("9415") }] } : step;
    }),
  };
};

/** `number`: NTPSAM, NTCOL or NTUPD: at its end it begins anew. */
const beginsAnew: Behaviour = (parameters) => {
  const number = textOf(parameters, "number");
  return {
    psam: (reference) => ({
      handle(before, input) {
        const { memory } = before;
        const isEnd =
          number === "NTPSAM" || number === "NTCOL" || number === "NTUPD" ? memory[number] === 0xffff_ffff : false;
        const anew = { ...before, memory: { ...memory, [number]: number === "NTPSAM" ? 1 : 0 } };
        return reference.handle(isEnd && input.kind === "command" ? anew : before, input);
      },
    }),
  };
};

/** `part`: "issued" (they can be collected), "collection" (another one may be begun beside it). What is there is not seen by COLLECT. */
const collectsBlindly: Behaviour = (parameters) => {
  const part = textOf(parameters, "part");
  return {
    psam: (reference) => ({
      handle(before, input) {
        if (commandOf(input) !== 0x7600) return reference.handle(before, input);
        const { issued } = before.memory;
        const seen = part === "issued" ? { ...before.memory, issued: [] } : { ...before.memory, collection: null };
        const step = reference.handle({ ...before, memory: seen }, input);
        const SW = answerOf(step)?.SW;
        if (part === "issued") return { ...step, state: { ...step.state, memory: { ...step.state.memory, issued } } };
        return SW === 0x9000 ? step : reference.handle(before, input);
      },
    }),
  };
};

/** Lines of COLLECT may stand in any order. */
const sortsLines: Behaviour = () => ({
  psam: afterCommand(0x7600, ({ input, before, step, reference }) => {
    const data = dataOf(input);
    if (answerOf(step)?.SW !== 0x6a80 || input.kind !== "command" || data.length !== 33 + 32) return step;
    const swapped = input.bytes.slice();
    swapped.set(data.subarray(49, 65), 5 + 33);
    swapped.set(data.subarray(33, 49), 5 + 49);
    return reference.handle(before, { ...input, bytes: swapped });
  }),
});

/** END OF COLLECTION: whatever number is said, the kept collection is meant. */
const endsAnyNumber: Behaviour = () => ({
  psam: (reference) => ({
    handle(before, input) {
      const { collection } = before.memory;
      if (commandOf(input) !== 0x7a00 || collection === null || input.kind !== "command")
        return reference.handle(before, input);
      const bytes = input.bytes.slice();
      new DataView(bytes.buffer).setUint32(5, collection.NTCOL);
      return reference.handle(before, { ...input, bytes });
    },
  }),
});

/** A key of any number of providers finds room. */
const hasRoomForAll: Behaviour = () => ({
  psam: afterCommand(0x8200, ({ input, before, step, reference }) => {
    if (answerOf(step)?.SW !== 0x9417) return step;
    const { currencies } = before.memory;
    const done = reference.handle(
      { ...before, memory: { ...before.memory, currencies: currencies.slice(0, 1) } },
      input,
    );
    return { ...done, state: { ...done.state, memory: { ...done.state.memory, currencies } } };
  }),
});

/** An issued transaction cannot be taken back while sixteen are suspended. */
const takesNothingBack: Behaviour = () => ({
  psam: afterCommand(0x8e01, ({ before, step }) =>
    before.memory.suspended.length >= 16 && before.memory.open === null
      ? { state: before, outputs: [{ kind: "response", bytes: fromHex("9417") }] }
      : step,
  ),
});

/** The list of blocked cards is looked at when the debit is asked for as well. */
const blocksDuringDraw: Behaviour = () => ({
  psam: afterCommand(0x7200, ({ before, step }) => {
    const { session, memory } = before;
    if (session.kind !== "card-accepted") return step;
    const name = session.INITRSP.slice(0, 16);
    const isBlocked = memory.blockedCards.some(({ PPIEP, IDIEP }) => PPIEP + IDIEP === name);
    return isBlocked ? refusedPackage(before, 0x9412) : step;
  }),
});

export const DEVICE_PSAM_KEEPING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-keeps-wrongly": keepsWrongly,
  "psam-loses-at-reset": losesAtReset,
  "psam-has-other-room": hasOtherRoom,
  "psam-remembers-few": remembersFew,
  "psam-begins-anew": beginsAnew,
  "psam-collects-blindly": collectsBlindly,
  "psam-sorts-lines": sortsLines,
  "psam-ends-any-number": endsAnyNumber,
  "psam-has-room-for-all": hasRoomForAll,
  "psam-takes-nothing-back": takesNothingBack,
  "psam-blocks-during-draw": blocksDuringDraw,
};

function flawOf(name: string): Flaw {
  const flaw = FLAWS[name];
  if (flaw) return flaw;
  throw new PursebenchError("USAGE", `no flaw of a security card is called "${name}"`);
}

function sameLine(totals: readonly TotalsLine[], { PPIEP, CURR, CEXP }: TotalsLine): TotalsLine | undefined {
  return totals.find((line) => line.PPIEP === PPIEP && line.CURR === CURR && line.CEXP === CEXP);
}

/** Lines that are gone, with nothing in them. */
function goneFrom(before: PsamMemory, after: PsamMemory): readonly TotalsLine[] {
  return before.totals.filter((line) => !sameLine(after.totals, line)).map((line) => ({ ...line, MTOT: 0, NTOT: 0 }));
}

function byProvider(totals: readonly TotalsLine[]): readonly TotalsLine[] {
  const lines = new Map<string, TotalsLine>();
  for (const line of totals) {
    const { MTOT, NTOT, ...first } = lines.get(line.PPIEP) ?? { ...line, MTOT: 0, NTOT: 0 };
    lines.set(line.PPIEP, { ...first, MTOT: MTOT + line.MTOT, NTOT: NTOT + line.NTOT });
  }
  return [...lines.values()];
}

function withoutOldKey<T extends { readonly MKP?: string }>({ MKP: _, ...transaction }: T): Omit<T, "MKP"> {
  return transaction;
}
