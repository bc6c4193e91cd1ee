/** Defects of the security card in transactions that it has issued and can still take back (psam-edge.md 2, 4.3, 4.5). */
import { concat, toHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { type PsamCrypto, psamCrypto } from "../roles/psam/crypto.ts";
import type { PsamRole } from "../roles/psam/model.ts";
import { createPsamRole } from "../roles/psam/model.ts";
import type { PsamMemory, Transaction } from "../roles/psam/state.ts";
import { uncounted } from "../roles/psam/totals.ts";
import { closed, findIssued } from "../roles/psam/transactions.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { afterCommand, answerOf, dataOf, SUSPEND, WITHDRAW, withMemory } from "./psam-steps.ts";

const ISSUE_PACKAGE = 0x7201;
const NTIEP_AT = 20;

/** `of`: "number" (the transaction number before), "amount" (one minor unit more): what the expected signature is about. */
const expectsWrongly: Behaviour = (parameters) => {
  const of = textOf(parameters, "of");
  const expectS3: PsamCrypto["expectS3"] = (context, DEBITDATA, completion) => {
    if (of !== "number")
      return psamCrypto.expectS3(context, DEBITDATA, { ...completion, BALIEP: completion.BALIEP - 1 });
    return psamCrypto.expectS3({ ...context, INITRSP: oneBack(context.INITRSP) }, DEBITDATA, completion);
  };
  return { psam: () => createPsamRole({ ...psamCrypto, expectS3 }) };
};

/** Issued transactions are not in the totals. */
const countsNothingIssued: Behaviour = () => ({
  psam: afterCommand(ISSUE_PACKAGE, ({ before, step }) => {
    if (answerOf(step)?.SW !== 0x9000) return step;
    return withMemory(step, { ...step.state.memory, totals: before.memory.totals });
  }),
});

/**
 * `by`: "nothing" (the totals stay), "twice" (they fall twice), "open" (the open transaction is forgotten as well), "newest"
 * (the transaction issued last is taken back, whichever is named).
 */
const reversesWrongly: Behaviour = (parameters) => {
  const by = textOf(parameters, "by");
  return { psam: onReversal((before, after, transaction) => reversed(by, before, after, transaction)) };
};

export const VARIANT_PSAM_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-expects-wrongly": expectsWrongly,
  "psam-counts-nothing-issued": countsNothingIssued,
  "psam-reverses-wrongly": reversesWrongly,
};

function onReversal(
  change: (before: PsamMemory, after: PsamMemory, transaction: Transaction) => PsamMemory,
): Vary<PsamRole> {
  const after = (command: number) =>
    afterCommand(command, ({ input, before, step }) => {
      const transaction = findIssued(before.memory, toHex(dataOf(input)));
      if (!transaction || answerOf(step)?.SW !== 0x9000) return step;
      return withMemory(step, change(before.memory, step.state.memory, transaction));
    });
  return (reference) => after(SUSPEND)(after(WITHDRAW)(reference));
}

function reversed(by: string, before: PsamMemory, after: PsamMemory, transaction: Transaction): PsamMemory {
  switch (by) {
    case "nothing":
      return { ...after, totals: before.totals };
    case "twice":
      return { ...after, totals: uncounted(after.totals, transaction) };
    case "open":
      return { ...after, open: null };
    case "newest":
      return closed(before, before.issued.at(-1) ?? transaction);
    default:
      throw new PursebenchError("USAGE", `no reversal is called "${by}"`);
  }
}

/** INITRSP with the transaction number before. */
function oneBack(INITRSP: Uint8Array): Uint8Array {
  const NTIEP = ((INITRSP[NTIEP_AT] ?? 0) << 8) | (INITRSP[NTIEP_AT + 1] ?? 0);
  return concat(
    INITRSP.subarray(0, NTIEP_AT),
    uintToBytes((NTIEP + 0xffff) % 0x10000, 2),
    INITRSP.subarray(NTIEP_AT + 2),
  );
}
