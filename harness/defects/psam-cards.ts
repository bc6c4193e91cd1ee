/** Defects of the security card in which cards and debits it accepts (`psam-edge.md` 4.2 and 4.3). */
import { fromHex, toHex } from "../core/bytes.ts";
import { readDebitPackage } from "../protocol/messages/debit-package.ts";
import { encodeInitResponse, type InitResponse, readInitResponse } from "../protocol/messages/init-response.ts";
import type { PsamMemory, PsamState } from "../roles/psam/state.ts";
import { type Behaviour, numberOf } from "./behaviour.ts";
import { afterCommand, answerOf, DEBIT_PACKAGE, dataOf, INITIALIZE_PACKAGE } from "./psam-steps.ts";

/** `SW`: the card that must be refused with it is accepted. */
const acceptsCard: Behaviour = (parameters) => {
  const SW = numberOf(parameters, "SW");
  return {
    psam: afterCommand(INITIALIZE_PACKAGE, ({ input, before, step, reference }) => {
      const read = readInitResponse(dataOf(input));
      if (answerOf(step)?.SW !== SW || !read.ok) return step;
      return reference.handle({ ...before, memory: lenient(before.memory, read.value) }, input);
    }),
  };
};

/** `SW`: the debit that must be refused with it is issued. */
const issuesDebit: Behaviour = (parameters) => {
  const SW = numberOf(parameters, "SW");
  return {
    psam: afterCommand(DEBIT_PACKAGE, ({ input, before, step, reference }) => {
      if (answerOf(step)?.SW !== SW) return step;
      return reference.handle(obliging(before, dataOf(input)), input);
    }),
  };
};

/** The youngest key version of the provider is used, whatever version the card names. */
const newestKey: Behaviour = () => ({
  psam: (reference) => ({
    handle: (state, input) => reference.handle({ ...state, memory: newest(state.memory) }, input),
  }),
});

export const PSAM_CARD_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-accepts-card": acceptsCard,
  "psam-issues-debit": issuesDebit,
  "psam-newest-key": newestKey,
};

/** A memory in which nothing speaks against that card; an unknown key is taken to be the first one that is there. */
function lenient(memory: PsamMemory, card: InitResponse): PsamMemory {
  const { PPIEP, ALGIEP, VKIEP, CURRIEP, CEXPIEP } = card;
  const MKP = memory.keys[0]?.MKP ?? "";
  return {
    ...memory,
    keys: [...memory.keys, { PPIEP, ALGIEP: ALGIEP === 5 ? 5 : 4, VKIEP, MKP }],
    currencies: [...memory.currencies, { CURR: CURRIEP, CEXP: CEXPIEP }],
    blockedCards: [],
  };
}

/** The accepted card as rich, as young and of the currency that the debit asks for. */
function obliging(state: PsamState, packageData: Uint8Array): PsamState {
  const debit = readDebitPackage(packageData);
  if (state.session.kind !== "card-accepted" || !debit.ok) return state;
  const card = readInitResponse(fromHex(state.session.INITRSP));
  if (!card.ok) return state;
  const { CURRPDA, CEXPPDA, MPDA } = debit.value;
  const better = { ...card.value, DEXPIEP: "991231", BALIEP: MPDA, CURRIEP: CURRPDA, CEXPIEP: CEXPPDA };
  return { ...state, session: { ...state.session, INITRSP: toHex(encodeInitResponse(better)) } };
}

function newest(memory: PsamMemory): PsamMemory {
  const keys = memory.keys.map((key) => {
    const same = memory.keys.filter(({ PPIEP, ALGIEP }) => PPIEP === key.PPIEP && ALGIEP === key.ALGIEP);
    const youngest = same.reduce((best, each) => (each.VKIEP > best.VKIEP ? each : best), key);
    return { ...key, MKP: youngest.MKP };
  });
  return { ...memory, keys };
}
