/** Behaviours of a card whose loading is wrong: what it takes as S2, what it does with it, and how it answers. */
import { concat, equal, fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { mac } from "../crypto/algorithm.ts";
import { deriveLoadKey, loadAlgorithm } from "../crypto/load-keys.ts";
import { loadS2Input, signLoadS2, signLoadS3 } from "../crypto/load-signatures.ts";
import { type CardCrypto, cardCrypto } from "../roles/card/crypto.ts";
import { type CardRole, createCardRole } from "../roles/card/model.ts";
import type { CardInput, CardOutput, CardState, Purse } from "../roles/card/state.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { type At, varyInputs, varyOutputs, varyState } from "./wrap.ts";

type Around = At<CardState, CardInput>;

const CREDIT_IEP = 0x52;
const GET_PREVIOUS = 0x5a;

const withCrypto = (changed: Partial<CardCrypto>) => ({ card: () => createCardRole({ ...cardCrypto, ...changed }) });

/** `fault`: S2 of a load that the card takes as good. */
const acceptsS2: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  switch (fault) {
    case "any":
      return withCrypto({ verifyLoadS2: () => true });
    case "first byte only":
      return withCrypto({
        verifyLoadS2: ({ ALGL, keys, request }, S1, S2) => signLoadS2(ALGL, keys.KS2, request, S1)[0] === S2[0],
      });
    case "last byte not looked at":
      return withCrypto({
        verifyLoadS2: ({ ALGL, keys, request }, S1, S2) =>
          equal(signLoadS2(ALGL, keys.KS2, request, S1).subarray(0, 7), S2.subarray(0, 7)),
      });
    case "seen before": {
      const seen = new Set<string>();
      return withCrypto({
        verifyLoadS2(load, S1, S2) {
          if (!cardCrypto.verifyLoadS2(load, S1, S2)) return seen.has(toHex(S2));
          seen.add(toHex(S2));
          return true;
        },
      });
    }
    case "under KS1":
      return withCrypto({
        verifyLoadS2: (load, S1, S2) =>
          cardCrypto.verifyLoadS2(load, S1, S2) || equal(signLoadS2(load.ALGL, load.keys.KS1, load.request, S1), S2),
      });
    case "under no key":
      return withCrypto({
        verifyLoadS2: (load, S1, S2) =>
          cardCrypto.verifyLoadS2(load, S1, S2) ||
          equal(mac(load.ALGL, new Uint8Array(16), loadS2Input(load.request, S1)), S2),
      });
    default:
      throw new PursebenchError("USAGE", `no fault of the S2 of a load is called "${fault}"`);
  }
};

/** S2 is as good under another load key as under the card's own: its purchase key ("KDP"), or that from the master key `under` (hex). */
const acceptsKey: Behaviour = (parameters) => {
  const under = textOf(parameters, "under");
  const vary: Vary<CardRole> = (reference) => ({
    handle(state, input) {
      const step = reference.handle(state, input);
      if (!isCommand(input, CREDIT_IEP) || !isAnswer(step.outputs, "9302")) return step;
      const { ALGIEP, PPIEP, IDIEP, KDP } = state.purse;
      const derived = () => toHex(deriveLoadKey(loadAlgorithm(ALGIEP), fromHex(under), PPIEP, IDIEP));
      const KDL = under === "KDP" ? KDP : derived();
      const other = reference.handle({ ...state, purse: { ...state.purse, KDL } }, input);
      return { ...other, state: withPurse(other.state, { KDL: state.purse.KDL }) };
    },
  });
  return { card: vary };
};

/** `element` under S2 may be another one than the HSM signed: `values` (with commas; numbers where it is one) are tried. */
const toleratesElement: Behaviour = (parameters) => {
  const element = textOf(parameters, "element");
  const values = textOf(parameters, "values").split(",");
  return withCrypto({
    verifyLoadS2: (load, S1, S2) =>
      cardCrypto.verifyLoadS2(load, S1, S2) ||
      values.some((value) => {
        const own = load.request[element as keyof typeof load.request];
        const other = typeof own === "number" ? own + Number(value) : value;
        return cardCrypto.verifyLoadS2({ ...load, request: { ...load.request, [element]: other } }, S1, S2);
      }),
  });
};

/** Amount, currency and exponent of the load command are not compared with those that were asked for. */
const takesAnyAmount: Behaviour = () => ({
  card: varyInputs<CardState, CardInput, CardOutput>((input, { session }) => {
    if (!isCommand(input, CREDIT_IEP) || session.kind !== "initialised-for-load" || input.bytes.length !== 21)
      return input;
    const asked = fromHex(session.LOADINIT).subarray(0, 7);
    return { ...input, bytes: concat(input.bytes.subarray(0, 5), asked, input.bytes.subarray(12)) };
  }),
});

/** `fault`: how S3 of a load is wrong. */
const signsS3: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  switch (fault) {
    case "S1":
      return withCrypto({ signLoadS3: (load) => cardCrypto.signS1(load) });
    case "constant":
      return withCrypto({ signLoadS3: () => fromHex("0123456789ABCDEF") });
    case "without CC":
      return withCrypto({
        signLoadS3: ({ ALGL, keys, request }, { BALIEP }) =>
          signLoadS3(ALGL, keys.KS3, request, { CC: "0000", BALIEP }),
      });
    default:
      throw new PursebenchError("USAGE", `no fault of the S3 of a load is called "${fault}"`);
  }
};

/** A load that the card declines is answered with result code 0000. */
const alwaysSuccess: Behaviour = () => ({
  card: varyOutputs<CardState, CardInput, CardOutput>((output, { input }) => {
    const isDeclined = isCommand(input, CREDIT_IEP) && output.kind === "response" && output.bytes[0] === 0x94;
    return [isDeclined ? { kind: "response", bytes: concat(Uint8Array.of(0, 0), output.bytes.subarray(2)) } : output];
  }),
});

/** The answer to CREDIT IEP is without its result code. */
const withoutCode: Behaviour = () => ({
  card: varyOutputs<CardState, CardInput, CardOutput>((output, { input }) => {
    const isLoaded = isCommand(input, CREDIT_IEP) && output.kind === "response" && output.bytes.length === 18;
    return [isLoaded ? { kind: "response", bytes: output.bytes.subarray(2) } : output];
  }),
});

/** `by`: what the balance is wrong by after each load, or "most": as full as the card can be. */
const creditsOtherwise: Behaviour = (parameters) => {
  const by = textOf(parameters, "by");
  return {
    card: varyState<CardState, CardInput, CardOutput>((at) => {
      if (!isLoaded(at)) return at.after;
      const { BALIEP, BALmaxIEP } = at.after.purse;
      return withPurse(at.after, { BALIEP: by === "most" ? BALmaxIEP : BALIEP + numberOf(parameters, "by") });
    }),
  };
};

/** `fault`: a state that the card ends up in after a load command and may not. */
const endsUp: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  const map = STATE_FAULTS[fault];
  if (!map) throw new PursebenchError("USAGE", `no fault of the card after a load is called "${fault}"`);
  return { card: varyState<CardState, CardInput, CardOutput>(map) };
};

/** GET PREVIOUS IEP SIGNATURE does not ask whether it was a load or a purchase. */
const answersAnyKind: Behaviour = () => ({
  card: varyInputs<CardState, CardInput, CardOutput>((input, { purse }) => {
    if (!isCommand(input, GET_PREVIOUS) || purse.previous === null) return input;
    const bytes = input.bytes.slice();
    bytes[2] = purse.previous.kind === "load" ? 0 : 1;
    return { ...input, bytes };
  }),
});

export const LOAD_CARD_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-accepts-load-s2": acceptsS2,
  "card-accepts-load-key": acceptsKey,
  "card-tolerates-load-element": toleratesElement,
  "card-takes-any-load-amount": takesAnyAmount,
  "card-signs-load-s3": signsS3,
  "card-load-always-success": alwaysSuccess,
  "card-load-without-code": withoutCode,
  "card-credits-otherwise": creditsOtherwise,
  "card-ends-up-after-load": endsUp,
  "card-answers-any-kind": answersAnyKind,
};

const STATE_FAULTS: Readonly<Record<string, (at: Around) => CardState>> = {
  "NTIEP stays": (at) => (isLoaded(at) ? withPurse(at.after, { NTIEP: at.before.purse.NTIEP }) : at.after),
  "no load in the log": (at) => (isLoaded(at) ? withPurse(at.after, { log: at.before.purse.log }) : at.after),
  "declined load in the log": ({ input, before, after }) => {
    const isDeclined =
      isCommand(input, CREDIT_IEP) && after.purse !== before.purse && after.purse.log === before.purse.log;
    const [newest] = after.purse.log;
    return isDeclined && newest ? withPurse(after, { log: [newest, ...after.purse.log] }) : after;
  },
  "session survives": ({ input, before, after }) =>
    isCommand(input, CREDIT_IEP) ? { ...after, session: before.session } : after,
  "session survives a reset": ({ input, before, after }) =>
    input.kind === "reset" ? { ...after, session: before.session } : after,
  "loaded before S2 is verified": ({ input, before, after }) => {
    const isRefused =
      isCommand(input, CREDIT_IEP) && before.session.kind === "initialised-for-load" && after.purse === before.purse;
    return isRefused ? withPurse(after, { BALIEP: after.purse.BALIEP + 1 }) : after;
  },
  "session ended by reading": ({ input, after }) =>
    isCommand(input, 0x5c) && after.session.kind === "initialised-for-load"
      ? { ...after, session: { kind: "selected" } }
      : after,
};

function isCommand(input: CardInput, INS: number): input is Extract<CardInput, { kind: "command" }> {
  return input.kind === "command" && input.bytes[1] === INS;
}

function isAnswer(outputs: readonly CardOutput[], SW: string): boolean {
  return outputs.some((output) => output.kind === "response" && toHex(output.bytes) === SW);
}

function isLoaded({ input, before, after }: Around): boolean {
  return isCommand(input, CREDIT_IEP) && after.purse.BALIEP > before.purse.BALIEP;
}

function withPurse(state: CardState, changed: Partial<Purse>): CardState {
  return { ...state, purse: { ...state.purse, ...changed } };
}
