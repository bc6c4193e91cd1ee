/** Set-top boxes, head ends and load servers that load wrongly up to the load command, or tell of it wrongly. */
import { concat, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { encodeCreditIepCommand } from "../protocol/messages/credit-iep.ts";
import { parseMessage } from "../protocol/messages/message.ts";
import { parseSelectPurseResponse } from "../protocol/messages/select-purse.ts";
import type { AdditionalOutput } from "../roles/additional-server/model.ts";
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import type { LoadInput } from "../roles/load-server/effects.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "../roles/set-top-box/events.ts";
import { needsCard } from "../roles/set-top-box/pending.ts";
import { type SetTopBoxState, withLoad } from "../roles/set-top-box/state.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const CREDIT_IEP = 0x52;

const onHeadEnd = varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>;
const toHeadEnd = varyInputs<HeadEndState, HeadEndInput, HeadEndOutput>;
const onBox = varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>;

/** The user may load only once he has bought something. */
const loadsAfterPurchase: Behaviour = () => {
  let hasSold = false;
  return {
    headEnd: toHeadEnd((input) => {
      if (input.kind !== "cable") return input;
      if (input.message.kind === "selection") hasSold = true;
      if (input.message.kind !== "load-selection" || hasSold) return input;
      return { ...input, message: { ...input.message, SITE: "nowhere" } };
    }),
  };
};

/** What the set-top box heard of a load or a debit it never asks for again. */
const trustsFirstAnswer: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(state, input) {
      const step = reference.handle(state, input);
      if (input.kind !== "recover" || needsCard(input.pending)) return step;
      return { state: { ...step.state, phase: "opening" }, outputs: [{ kind: "open" }] };
    },
  }),
});

/** The code module starts with the user's choice. */
const activatesEarly: Behaviour = () => ({
  headEnd: onHeadEnd((output) => {
    const isFirst = output.kind === "post" && output.path === "/load";
    const isDirect = output.kind === "send-payment" && output.message.kind === "load-selection";
    if (!isFirst && !isDirect) return [output];
    const log = { kind: "log", entry: "load-module-activated", step: "874", IDTRX: undefined, fields: {} } as const;
    return [log, output];
  }),
});

/** The load server that was on the first page is that of all later ones. */
const remembersLoadServer: Behaviour = () => {
  let known: { readonly HOST: string; readonly PORT: number } | undefined;
  return {
    headEnd: onHeadEnd((output) => {
      if (output.kind !== "open-load") return [output];
      const { HOST, PORT } = output;
      known ??= { HOST, PORT };
      return [{ ...output, ...known }];
    }),
  };
};

/** The card's answer goes to the bank beside the confirmation. */
const tellsBankOfCard: Behaviour = () => ({
  headEnd: onHeadEnd((output, { before: { load } }) => {
    if (output.kind !== "post" || !output.form.some(([name]) => name === "confirmation")) return [output];
    const CARDRSP = toHex(load?.response?.CARDRSP ?? new Uint8Array(0));
    return [{ ...output, form: [...output.form, ["card-response", CARDRSP]] }];
  }),
});

/** `path`: the confirmation of a load goes there, on the same site. */
const confirmsElsewhere: Behaviour = (parameters) => {
  const path = textOf(parameters, "path");
  return {
    headEnd: onHeadEnd((output) => [
      output.kind === "post" && output.form.some(([name]) => name === "confirmation") ? { ...output, path } : output,
    ]),
  };
};

/** A load that failed is one that succeeded, for the user. */
const announcesLoad: Behaviour = () => ({
  headEnd: onHeadEnd((output, { after: { load } }) => {
    if (output.kind !== "send-cable" || output.message.kind !== "user-message" || !load) return [output];
    const IDTRX = output.message.IDTRX ?? "";
    return [{ kind: "send-cable", message: { kind: "result", IDTRX, CC: "0000", CONTENT: "The card was loaded." } }];
  }),
});

/** A request that was worked off is worked off again. */
const knowsNoRepeats: Behaviour = () => {
  let hold: Extract<LoadInput, { kind: "authorised" }>["hold"];
  return {
    loadServer: varyInputs((input: LoadInput): LoadInput => {
      if (input.kind === "registered") return { ...input, isNew: true };
      if (input.kind !== "authorised") return input;
      hold ??= input.hold;
      return { ...input, hold: input.hold ?? hold };
    }),
  };
};

/** On the direct path each message is worked off when it comes. */
const takesAnyTurn: Behaviour = () => ({
  loadServer: (reference) => ({
    handle(state, input) {
      const { phase } = state;
      if (phase.at !== "direct" || input.kind !== "message") return reference.handle(state, input);
      const due = parseMessage(input.bytes).kind === "load-amount" ? "amount" : "balance";
      return reference.handle({ ...state, phase: { ...phase, due } }, input);
    },
  }),
});

/** The other server of a pre-funded contract takes any word for one of success. */
const believesAllWords: Behaviour = () => ({
  additionalServer: varyOutputs((output: AdditionalOutput) =>
    output.kind === "log" ? [{ ...output, fields: { ...output.fields, accepted: true, CC: "0000" } }] : [output],
  ),
});

/** The load is a success for the user only where the other server says so. */
const waitsForOther: Behaviour = () => ({
  headEnd: onHeadEnd((output, { input, before: { load } }) => {
    const isOther = input.kind === "http-lost" && load?.phase === "confirming";
    if (!isOther || output.kind !== "send-cable" || output.message.kind !== "result") return [output];
    const { IDTRX } = output.message;
    const TEXT = "The load is not confirmed.";
    return [{ kind: "send-cable", message: { kind: "user-message", IDTRX, CC: "A018", TEXT } }];
  }),
});

/** Loads the maximum and asks nobody. */
const asksForNoAmount: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      const last = outputs.at(-1);
      return last?.kind === "enter"
        ? reference.handle(state, { kind: "entered", amount: last.page.MLDAmax })
        : { state, outputs };
    },
  }),
});

/** Cancelling loads one unit. */
const loadsAllTheSame: Behaviour = () => ({
  setTopBox: varyInputs((input: SetTopBoxInput) =>
    input.kind === "entered" && input.amount === "cancel" ? { ...input, amount: 1 } : input,
  ),
});

/** Passes on whatever amount was entered. */
const passesAnyAmount: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(state, input) {
      const page = input.kind === "entered" ? state.load?.page : undefined;
      const wide = page && withLoad(state, { page: { ...page, MLDAmax: 0xffff_ffff } });
      return reference.handle(wide ?? state, input);
    },
  }),
});

/** Whichever card is in the reader is the one that was read. */
const signsWithAnyCard: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(state, input) {
      if (state.phase !== "selecting" || input.kind !== "card-answer" || state.load?.card === undefined) {
        return reference.handle(state, input);
      }
      const selected = parseSelectPurseResponse(input.bytes);
      const card = selected.kind === "answer" ? selected.value : state.load.card;
      return reference.handle(withLoad(state, { card }), input);
    },
  }),
});

/** A load command goes to the card whenever it comes. */
const creditsUnasked: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(state, input) {
      const isCommand = input.kind === "head-end" && input.message.kind === "load-command";
      if (!isCommand || state.executed || state.load?.initialised !== 0) return reference.handle(state, input);
      const { LOADDATA } = input.message;
      const bytes = encodeCreditIepCommand(LOADDATA);
      return { state: { ...state, phase: "crediting", executed: true }, outputs: [{ kind: "command", bytes }] };
    },
  }),
});

/** Tells that the card was loaded, and never gives it the command. */
const creditsNothing: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(before, input) {
      const step = reference.handle(before, input);
      const last = step.outputs.at(-1);
      if (last?.kind !== "command" || last.bytes[1] !== CREDIT_IEP) return step;
      const { NTIEP = 0 } = before.purse ?? {};
      const bytes = concat(fromHex("0000"), uintToBytes(NTIEP, 2), new Uint8Array(12), fromHex("9000"));
      const next = reference.handle(step.state, { kind: "card-answer", bytes });
      return { state: next.state, outputs: [...step.outputs.slice(0, -1), ...next.outputs] };
    },
  }),
});

/** `text`: is shown to who wants to load. */
const saysBesides: Behaviour = (parameters) => {
  const text = textOf(parameters, "text");
  return { setTopBox: onBox((output) => (output.kind === "enter" ? [{ kind: "show", text }, output] : [output])) };
};

/** A load whose end it does not know is none of its business. */
const forgetsLoads: Behaviour = () => ({
  setTopBox: onBox((output) => (output.kind === "remember" ? [] : [output])),
});

/** Whatever stops a load, the user has cancelled it. */
const callsAllCancelled: Behaviour = () => ({
  setTopBox: onBox((output, { after: { load } }) => {
    if (output.kind !== "send" || output.message.kind !== "stop" || !load) return [output];
    return [{ ...output, message: { ...output.message, CC: "A011" } }];
  }),
});

export const LOAD_PARTY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "set-top-box-trusts-first-answer": trustsFirstAnswer,
  "head-end-loads-after-purchase": loadsAfterPurchase,
  "head-end-activates-early": activatesEarly,
  "head-end-remembers-load-server": remembersLoadServer,
  "head-end-tells-bank-of-card": tellsBankOfCard,
  "head-end-confirms-load-elsewhere": confirmsElsewhere,
  "head-end-announces-load": announcesLoad,
  "load-server-knows-no-repeats": knowsNoRepeats,
  "load-server-takes-any-turn": takesAnyTurn,
  "additional-server-believes-all": believesAllWords,
  "head-end-waits-for-other": waitsForOther,
  "box-credits-nothing": creditsNothing,
  "box-asks-for-no-amount": asksForNoAmount,
  "box-loads-all-the-same": loadsAllTheSame,
  "box-passes-any-amount": passesAnyAmount,
  "box-signs-with-any-card": signsWithAnyCard,
  "box-credits-unasked": creditsUnasked,
  "box-says-besides": saysBesides,
  "box-forgets-loads": forgetsLoads,
  "box-calls-all-cancelled": callsAllCancelled,
};
