/** Head ends, cards and account holders that handle a negative result wrongly (`load.md` 5). */
import { toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { encodeLoadInit, type LoadInit, parseLoadInit } from "../protocol/messages/load-init.ts";
import type { HeldLoads } from "../roles/account-holder/held-load.ts";
import { cardCrypto } from "../roles/card/crypto.ts";
import { createCardRole } from "../roles/card/model.ts";
import type { HeadEndInput } from "../roles/head-end/events.ts";
import type { HeadEndRole } from "../roles/head-end/model.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { LOAD_NEGATIVE_HSM_BEHAVIOURS } from "./load-negative-hsm.ts";
import { varyInputs } from "./wrap.ts";

/** A load ends with the card's negative answer, and the load server hears no more. */
const endsAtNegative: Behaviour = () => ({
  headEnd: (reference: HeadEndRole): HeadEndRole => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      if (state.load?.phase !== "dating") return { state, outputs };
      const IDTRX = state.load.terms?.IDTRX;
      const message = { kind: "user-message", IDTRX, CC: "A01A", TEXT: "Not loaded." } as const;
      const over = { ...state, load: { ...state.load, phase: "over" as const } };
      return {
        state: over,
        outputs: [...outputs.filter(({ kind }) => kind === "log"), { kind: "send-cable", message }, { kind: "end" }],
      };
    },
  }),
});

/** `what`: how the zero value load request differs from what it has to be. */
const asksOther: Behaviour = (parameters) => {
  const change = changeOfRequest(textOf(parameters, "what"));
  return {
    headEnd: (reference: HeadEndRole): HeadEndRole => ({
      handle(before, input) {
        const step = reference.handle(before, input);
        const { load } = step.state;
        const original = load?.LOADINIT && parseLoadInit(load.LOADINIT);
        const zero = load?.zero && parseLoadInit(load.zero);
        if (before.load?.phase !== "dating" || !load || !original?.ok || !zero?.ok) return step;
        const LOADINIT = encodeLoadInit(change(zero.value, original.value));
        return {
          state: { ...step.state, load: { ...load, zero: LOADINIT } },
          outputs: step.outputs.map((output) =>
            output.kind === "send-cable" && output.message.kind === "initialise-load"
              ? { ...output, message: { ...output.message, LOADINIT } }
              : output,
          ),
        };
      },
    }),
  };
};

function changeOfRequest(what: string): (zero: LoadInit, original: LoadInit) => LoadInit {
  switch (what) {
    case "amount":
      return (zero, { MLDA }) => ({ ...zero, MLDA });
    case "identifier":
      return (zero) => ({ ...zero, IDTRX: "0123456789ABCDEF0123456789ABCDEF" });
    case "date":
      return (zero) => ({ ...zero, DTHR: "20200101000000" });
    default:
      throw unknown(what);
  }
}

/** `what`: what goes to the load server in place of the card's answer to the zero value load request. */
const passesOther: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  return {
    headEnd: varyInputs((input: HeadEndInput, { load }: HeadEndState): HeadEndInput => {
      if (load?.phase !== "proving" || input.kind !== "cable" || input.message.kind !== "load-card-information")
        return input;
      const { LOADRSP } = input.message;
      const original = load.card?.LOADRSP ?? LOADRSP;
      const S1 = LOADRSP.length - 8;
      const without = LOADRSP.map((byte, index) => (index < S1 ? byte : 0));
      return { ...input, message: { ...input.message, LOADRSP: what === "original" ? original : without } };
    }),
  };
};

/** A negative answer has no S3. */
const signsNoRefusal: Behaviour = () => ({
  card: () =>
    createCardRole({
      ...cardCrypto,
      signLoadS3: (load, completion) =>
        completion.CC === "0000" ? cardCrypto.signLoadS3(load, completion) : new Uint8Array(8),
    }),
});

/** The last load is repeated when the card is initialised for a load of nothing. */
const loadsAgain: Behaviour = () => {
  let last = 0;
  return {
    card: (reference) => ({
      handle(before, input) {
        const step = reference.handle(before, input);
        if (input.kind !== "command" || input.bytes[1] !== 0x50 || input.bytes[2] !== 0x00) return step;
        const amount = Number.parseInt(toHex(input.bytes.subarray(5, 9)), 16);
        if (amount > 0) last = amount;
        if (amount > 0 || last === 0) return step;
        const { purse } = step.state;
        return { ...step, state: { ...step.state, purse: { ...purse, BALIEP: purse.BALIEP + last } } };
      },
    }),
  };
};

/** `holder`: the beginning of its IDMER. `what`: what becomes of a hold that is to be given back. */
const holdsWrongly: Behaviour = (parameters) => {
  const holder = textOf(parameters, "holder");
  const what = textOf(parameters, "what");
  return {
    heldLoads: (reference: HeldLoads): HeldLoads => ({
      ...reference,
      async conclude(IDTRX, end, pool) {
        const load = await reference.load(IDTRX);
        if (end === "loaded" || !load?.IDMER.startsWith(holder)) return await reference.conclude(IDTRX, end, pool);
        return what === "kept" ? "done" : await reference.conclude(IDTRX, "loaded", pool);
      },
    }),
  };
};

export const LOAD_NEGATIVE_PARTY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "head-end-ends-at-negative": endsAtNegative,
  "head-end-asks-other-zero": asksOther,
  "head-end-passes-other-proof": passesOther,
  "card-signs-no-refusal": signsNoRefusal,
  "card-loads-again": loadsAgain,
  ...LOAD_NEGATIVE_HSM_BEHAVIOURS,
  "holder-gives-nothing-back": holdsWrongly,
};

function unknown(name: string): PursebenchError {
  return new PursebenchError("USAGE", `no way to handle a negative result wrongly is called "${name}"`);
}
