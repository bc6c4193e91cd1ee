/** Parties at whom money is created or lost while every word that they say is right: only the books of all of them show it. */
import type { Transfer } from "../accounts/transfer.ts";
import type { HeldLoads } from "../roles/account-holder/held-load.ts";
import type { CardInput, CardOutput, CardState } from "../roles/card/state.ts";
import type { ClearingStore } from "../roles/clearing-system/store/contracts.ts";
import type { PsamInput, PsamMemory, PsamOutput, PsamState } from "../roles/psam/state.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { varyState } from "./wrap.ts";

/** `by`: what the purse has too much after each load; the card answers and signs what is right. */
const cardKeepsMore: Behaviour = (parameters) => {
  const by = numberOf(parameters, "by");
  return {
    card: varyState<CardState, CardInput, CardOutput>(({ before, after }) => {
      const isLoaded = after.purse.BALIEP > before.purse.BALIEP && before.purse.lifeCycle === "issued";
      return isLoaded ? { ...after, purse: { ...after.purse, BALIEP: after.purse.BALIEP + by } } : after;
    }),
  };
};

/** `at`: "collect" or "acknowledge", where the totals lose or win `by` in their first line. */
const psamTotalsDrift: Behaviour = (parameters) => {
  const [at, by] = [textOf(parameters, "at"), numberOf(parameters, "by")];
  const isThere = (before: PsamMemory, after: PsamMemory) =>
    at === "collect"
      ? before.collection === null && after.collection !== null
      : before.collection !== null && after.collection === null;
  return {
    psam: varyState<PsamState, PsamInput, PsamOutput>(({ before, after }) => {
      const [first, ...others] = after.memory.totals;
      const line = { PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 0, NTOT: 1, ...first };
      if (!isThere(before.memory, after.memory)) return after;
      return { ...after, memory: { ...after.memory, totals: [{ ...line, MTOT: line.MTOT + by }, ...others] } };
    }),
  };
};

/** What was loaded is given back to the account. */
const holderGivesBack: Behaviour = () => ({
  heldLoads: overHeld((inner) => ({
    conclude: (IDTRX, _end, pool) => inner.conclude(IDTRX, "released", pool),
  })),
});

/** What was loaded goes to the pool of issuer `PPIEP`, whoever's card it was. */
const holderPaysOther: Behaviour = (parameters) => {
  const PPIEP = textOf(parameters, "PPIEP");
  return {
    heldLoads: overHeld((inner) => ({
      conclude: (IDTRX, end) => inner.conclude(IDTRX, end, `pool:${PPIEP}`),
    })),
  };
};

/** `from`: beginning of an account's name; in a settlement `by` more leaves it than is due. */
const settlementMoves: Behaviour = (parameters) => {
  const [from, by] = [textOf(parameters, "from"), numberOf(parameters, "by")];
  const wrong = (one: Transfer): Transfer => {
    const isMeant = one.reference.startsWith("settlement/") && one.from.startsWith(from);
    return isMeant ? { ...one, amount: one.amount + by } : one;
  };
  return { ledger: (ledger) => ({ ...ledger, transferAll: (all) => ledger.transferAll(all.map(wrong)) }) };
};

/** The first member of each batch is acknowledged like the others, and not kept. */
const clearingForgets: Behaviour = () => ({
  clearingStore: (store) => overStore(store, { accept: (batch) => store.accept(withoutFirst(batch)) }),
});

export const MONEY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-keeps-more": cardKeepsMore,
  "psam-totals-drift": psamTotalsDrift,
  "holder-gives-back": holderGivesBack,
  "holder-pays-other": holderPaysOther,
  "settlement-moves": settlementMoves,
  "clearing-forgets": clearingForgets,
};

type Accepted = Parameters<ClearingStore["accept"]>[0];

function withoutFirst(batch: Accepted): Accepted {
  const refused = batch.refused.map(({ index, CC }) => ({ index: index - 1, CC })).filter(({ index }) => index >= 0);
  return { ...batch, members: batch.members.slice(1), refused };
}

function overHeld(override: (inner: HeldLoads) => Partial<HeldLoads>): (inner: HeldLoads) => HeldLoads {
  return (inner) => ({ ...inner, ...override(inner) });
}

/** A store is an object with methods of its class: what is not replaced is asked of it as it stands. */
function overStore(store: ClearingStore, override: Partial<ClearingStore>): ClearingStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(override, name) ?? Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
