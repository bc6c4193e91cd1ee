/** Defects of the security card in what it keeps: totals, counters, transactions (`psam-edge.md` 2, 4.4 to 4.6). */
import { fromHex, toHex } from "../core/bytes.ts";
import { readInitResponse } from "../protocol/messages/init-response.ts";
import type { TotalsLine } from "../protocol/messages/psam-read-totals.ts";
import { messageResult } from "../roles/psam/complete.ts";
import { NO_IDS } from "../roles/psam/remembered-ids.ts";
import type { PsamMemory, Transaction } from "../roles/psam/state.ts";
import { confirmed, findTransaction } from "../roles/psam/transactions.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import {
  afterCommand,
  answering,
  answerOf,
  COMPLETE,
  commandOf,
  DEBIT_PACKAGE,
  dataOf,
  SUSPEND,
  WITHDRAW,
  withMemory,
} from "./psam-steps.ts";

/** `by`: "twice", "nothing", "balance" (of the card), "unapart" (into one line whatever provider and currency), "count" (NTOT stays). */
const raisesWrongly: Behaviour = (parameters) => {
  const by = textOf(parameters, "by");
  return {
    psam: afterCommand(COMPLETE, ({ input, before, step }) => {
      const transaction = findTransaction(before.memory, toHex(dataOf(input).subarray(0, 16)));
      if (answerOf(step)?.SW !== 0x9000 || !transaction) return step;
      const totals = raised(by, before.memory, step.state.memory, transaction);
      return withMemory(step, { ...step.state.memory, totals });
    }),
  };
};

/** A negative completion code under a right signature is confirmed. */
const confirmsNegative: Behaviour = () => ({
  psam: afterCommand(COMPLETE, ({ input, before, step }) => {
    const transaction = findTransaction(before.memory, toHex(dataOf(input).subarray(0, 16)));
    if (answerOf(step)?.SW !== 0x9404 || !transaction) return step;
    return answering(withMemory(step, confirmed(before.memory, transaction)), messageResult(transaction));
  }),
});

/** A transaction that is confirmed already is confirmed, and counted, again. */
const confirmsAgain: Behaviour = () => ({
  psam: (reference) => {
    const known = new Map<string, Transaction>();
    return {
      handle(before, input) {
        const step = reference.handle(before, input);
        if (commandOf(input) !== COMPLETE) return step;
        const IDTRX = toHex(dataOf(input).subarray(0, 16));
        const open = findTransaction(before.memory, IDTRX);
        if (open) known.set(IDTRX, open);
        const transaction = known.get(IDTRX);
        if (answerOf(step)?.SW !== 0x9416 || !transaction) return step;
        const memory = confirmed({ ...before.memory, confirmed: NO_IDS }, transaction);
        return answering(withMemory(step, memory), messageResult(transaction));
      },
    };
  },
});

/** `when`: "issued" or "withdrawn": the number of the transaction serves again. */
const reusesNumber: Behaviour = (parameters) => {
  const isIssued = textOf(parameters, "when") === "issued";
  const back = isIssued ? 0 : 1;
  return {
    psam: afterCommand(isIssued ? DEBIT_PACKAGE : WITHDRAW, ({ before, step }) => {
      if (answerOf(step)?.SW !== 0x9000) return step;
      return withMemory(step, { ...step.state.memory, NTPSAM: before.memory.NTPSAM - back });
    }),
  };
};

/** What is suspended is forgotten at once. */
const forgetsSuspended: Behaviour = () => ({
  psam: afterCommand(SUSPEND, ({ step }) => withMemory(step, { ...step.state.memory, suspended: [] })),
});

/** A withdrawn transaction, open or issued, stays among the suspended ones. */
const keepsWithdrawn: Behaviour = () => ({
  psam: afterCommand(WITHDRAW, ({ input, before, step }) => {
    const withdrawn = findTransaction(before.memory, toHex(dataOf(input)));
    if (!withdrawn) return step;
    return withMemory(step, { ...step.state.memory, suspended: [...step.state.memory.suspended, withdrawn] });
  }),
});

/** `SW`, `command`: refused with it, the command leaves no totals behind. */
const losesTotals: Behaviour = (parameters) => ({
  psam: afterCommand(numberOf(parameters, "command"), ({ step }) => {
    if (answerOf(step)?.SW !== numberOf(parameters, "SW")) return step;
    return withMemory(step, { ...step.state.memory, totals: [] });
  }),
});

export const PSAM_KEEPING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-raises-wrongly": raisesWrongly,
  "psam-confirms-negative": confirmsNegative,
  "psam-confirms-again": confirmsAgain,
  "psam-reuses-number": reusesNumber,
  "psam-forgets-suspended": forgetsSuspended,
  "psam-keeps-withdrawn": keepsWithdrawn,
  "psam-loses-totals": losesTotals,
};

function raised(by: string, before: PsamMemory, after: PsamMemory, transaction: Transaction): readonly TotalsLine[] {
  switch (by) {
    case "twice":
      return confirmed({ ...after, confirmed: NO_IDS }, transaction).totals;
    case "balance":
      return withSum(before, after, balanceOf(transaction));
    case "count":
      return after.totals.map((line) => ({ ...line, NTOT: rowOf(before, line)?.NTOT ?? 0 }));
    case "unapart":
      return merged(after.totals);
    default:
      return before.totals;
  }
}

function rowOf({ totals }: PsamMemory, { PPIEP, CURR, CEXP }: TotalsLine): TotalsLine | undefined {
  return totals.find((line) => line.PPIEP === PPIEP && line.CURR === CURR && line.CEXP === CEXP);
}

/** The line that rose, risen by `amount` instead. */
function withSum(before: PsamMemory, after: PsamMemory, amount: number): readonly TotalsLine[] {
  return after.totals.map((line) => {
    const old = rowOf(before, line)?.MTOT ?? 0;
    return line.MTOT === old ? line : { ...line, MTOT: old + amount };
  });
}

function merged(totals: readonly TotalsLine[]): readonly TotalsLine[] {
  const [first] = totals;
  if (!first) return [];
  const sum = (of: (line: TotalsLine) => number) => totals.reduce((whole, line) => whole + of(line), 0);
  return [{ ...first, MTOT: sum(({ MTOT }) => MTOT), NTOT: sum(({ NTOT }) => NTOT) }];
}

function balanceOf({ INITRSP }: Transaction): number {
  const read = readInitResponse(fromHex(INITRSP));
  return read.ok ? read.value.BALIEP : 0;
}
