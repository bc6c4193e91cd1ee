/** Defects of the clearing system: what it settles, and which batches it believes (`clearing.md` 5). */
import type { Transfer } from "../accounts/transfer.ts";
import type { ClearingInput, ClearingOutput, ClearingState } from "../roles/clearing-system/effects.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { varyInputs, varyOutputs, varyState } from "./wrap.ts";

type Change = (transfers: readonly Transfer[]) => readonly Transfer[];

const isMerchants = ({ to }: Transfer) => to.startsWith("merchant:");

/** What `change` makes of the payments to merchants; pools and acquirers as they are. */
const ofMerchants =
  (change: Change): Change =>
  (transfers) => [...transfers.filter((each) => !isMerchants(each)), ...change(transfers.filter(isMerchants))];

const CHANGES: Readonly<Record<string, Change>> = {
  /** To the merchant of the record before. */
  previous: ofMerchants((all) => all.map((each, index) => ({ ...each, to: all.at(index - 1)?.to ?? each.to }))),
  /** The same to everybody, whatever was sold. */
  evenly: ofMerchants((all) => {
    const share = Math.floor(all.reduce((sum, { amount }) => sum + amount, 0) / Math.max(1, all.length));
    return all.map((each) => ({ ...each, amount: Math.max(1, Math.min(share, each.amount - 1)) }));
  }),
  /** To whole units of the currency. */
  rounded: (all) => all.map((each) => ({ ...each, amount: Math.ceil((each.amount + 1) / 100) * 100 })),
  /** Pools pay for each other. */
  "other-issuer": (all) =>
    all.map((each) =>
      isMerchants(each) ? each : { ...each, from: each.from === "pool:000123" ? "pool:000456" : "pool:000123" },
    ),
  twice: (all) => all.map((each) => ({ ...each, amount: 2 * each.amount })),
  /** Nobody claims them. */
  never: () => [],
  /** One minor unit stays with the acquirer. */
  commission: ofMerchants((all) => all.map((each) => ({ ...each, amount: Math.max(1, each.amount - 1) }))),
};

/** `how`: one of the changes above. */
const pays: Behaviour = (parameters) => {
  const change = CHANGES[textOf(parameters, "how")] ?? ((transfers) => transfers);
  return {
    clearingSystem: varyOutputs<ClearingState, ClearingInput, ClearingOutput>((output) =>
      output.kind === "book" ? [{ ...output, transfers: change(output.transfers) }] : [output],
    ),
  };
};

/** Whatever is wrong with a batch, it is accepted. */
const believesAll: Behaviour = () => ({
  clearingSystem: varyState<ClearingState, ClearingInput, ClearingOutput>(({ after }) =>
    after.phase.at === "judging" ? { ...after, phase: { ...after.phase, CC: undefined } } : after,
  ),
});

/** A sale of an earlier batch is taken for a new one, and its batch too. */
const forgetsSales: Behaviour = () => ({
  clearingSystem: (reference) => ({
    handle(state, input) {
      if (input.kind !== "history" || input.history.used.size === 0) return reference.handle(state, input);
      const step = reference.handle(state, { ...input, history: { ...input.history, used: new Set() } });
      // the tables would not hold it twice
      return { ...step, outputs: step.outputs.filter(({ kind }) => kind !== "accept") };
    },
  }),
});

/** The same batch again is a new one, out of sequence. */
const forgetsBatches: Behaviour = () => ({
  clearingSystem: varyInputs<ClearingState, ClearingInput, ClearingOutput>((input) =>
    input.kind === "history" ? { ...input, history: { ...input.history, accepted: undefined } } : input,
  ),
});

/** What is no batch is answered as if it were well. */
const refusesNothing: Behaviour = () => ({
  clearingSystem: varyOutputs<ClearingState, ClearingInput, ClearingOutput>((output) =>
    output.kind === "respond" && output.response.status === 400
      ? [{ ...output, response: { ...output.response, status: 200 } }]
      : [output],
  ),
});

export const CLEARING_SETTLEMENT_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "clearing-pays": pays,
  "clearing-believes-all": believesAll,
  "clearing-forgets-sales": forgetsSales,
  "clearing-forgets-batches": forgetsBatches,
  "clearing-refuses-nothing": refusesNothing,
};
