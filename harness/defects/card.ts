/** Behaviours of a card whose purse, session or answers are wrong. Its cryptography: `card-crypto.ts`. */
import { equal, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { readDebitData } from "../protocol/messages/debit-data.ts";
import { encodeInitResponse, readInitResponse } from "../protocol/messages/init-response.ts";
import type { CardRole } from "../roles/card/model.ts";
import type { CardInput, CardOutput, CardState, Purse } from "../roles/card/state.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, numberOf, optionalText, textOf } from "./behaviour.ts";
import { type At, varyInputs, varyOutputs, varyState } from "./wrap.ts";

type Around = At<CardState, CardInput>;

/** `command` (hex, the first bytes), `is`, `becomes` (status words): another answer in place of that one. `data` before it when given. */
const answersOtherwise: Behaviour = (parameters) => {
  const command = fromHex(textOf(parameters, "command"));
  const is = fromHex(textOf(parameters, "is"));
  const becomes = fromHex((optionalText(parameters, "data") ?? "") + textOf(parameters, "becomes"));
  return {
    card: varyOutputs<CardState, CardInput, CardOutput>((output, { input }) => {
      const isMeant = input.kind === "command" && equal(input.bytes.subarray(0, command.length), command);
      const says = isMeant && output.kind === "response" && equal(output.bytes, is);
      return [says ? { kind: "response", bytes: becomes } : output];
    }),
  };
};

/** `command` (hex, the first bytes) is answered with `answer` (hex); "KDP" and "KDL" in it stand for the card's keys. */
const discloses: Behaviour = (parameters) => {
  const command = fromHex(textOf(parameters, "command"));
  const answer = textOf(parameters, "answer");
  return {
    card: varyOutputs<CardState, CardInput, CardOutput>((output, { input, after }) => {
      if (input.kind !== "command" || output.kind !== "response") return [output];
      if (!equal(input.bytes.subarray(0, command.length), command)) return [output];
      return [
        { kind: "response", bytes: fromHex(answer.replace("KDP", after.purse.KDP).replace("KDL", after.purse.KDL)) },
      ];
    }),
  };
};

/** `element`, `value`: the card takes its purse to hold that; `ins` limits it to one command. */
const takesPurseFor: Behaviour = (parameters) => {
  const element = textOf(parameters, "element");
  const text = textOf(parameters, "value");
  const only = optionalText(parameters, "ins") === undefined ? undefined : numberOf(parameters, "ins");
  const seen = (purse: Purse): Purse => ({
    ...purse,
    [element]: typeof purse[element as keyof Purse] === "number" ? Number(text) : text,
  });
  const vary: Vary<CardRole> = (reference) => ({
    handle(state, input) {
      if (input.kind !== "command" || (only !== undefined && input.bytes[1] !== only)) {
        return reference.handle(state, input);
      }
      const step = reference.handle({ ...state, purse: seen(state.purse) }, input);
      const own = { [element]: state.purse[element as keyof Purse] };
      return { ...step, state: { ...step.state, purse: { ...step.state.purse, ...own } } };
    },
  });
  return { card: vary };
};

/** `fault`: a state that the card ends up in and may not. */
const endsUp: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  const map = STATE_FAULTS[fault];
  if (!map) throw new PursebenchError("USAGE", `no fault of the card's state is called "${fault}"`);
  return { card: varyState<CardState, CardInput, CardOutput>(map) };
};

/** R is always the same; the card itself works with it. */
const repeatsChallenge: Behaviour = () => {
  const vary: Vary<CardRole> = (reference) => ({
    handle(state, input) {
      const step = reference.handle(state, input);
      if (!isCommand(input, 0x50) || step.state.session.kind !== "initialised") return step;
      const read = readInitResponse(fromHex(step.state.session.INITRSP));
      if (!read.ok) return step;
      const INITRSP = encodeInitResponse({ ...read.value, R: "00C0FFEE" });
      const session = { kind: "initialised", INITRSP: toHex(INITRSP) } as const;
      const response = { kind: "response", bytes: Uint8Array.of(...INITRSP, 0x90, 0x00) } as const;
      return { state: { ...step.state, session }, outputs: [response] };
    },
  });
  return { card: vary };
};

/** `by`: what the balance in the answer and in the purse is wrong by after each debit; the card signs the right one. */
const debitsOtherwise: Behaviour = (parameters) => {
  const by = numberOf(parameters, "by");
  return {
    card: varyState<CardState, CardInput, CardOutput>((at) =>
      isDebited(at) ? withPurse(at.after, { BALIEP: Math.max(0, at.after.purse.BALIEP + by) }) : at.after,
    ),
  };
};

/** The same S2 again: neither the session nor the number protects. */
const repeatsDebit: Behaviour = () => {
  const vary: Vary<CardRole> = (reference) => {
    let done: { command: string; step: ReturnType<CardRole["handle"]> } | undefined;
    return {
      handle(state, input) {
        const step = reference.handle(state, input);
        if (!isCommand(input, 0x54)) return step;
        if (step.state.purse.BALIEP !== state.purse.BALIEP) done = { command: toHex(input.bytes), step };
        else if (done && toHex(input.bytes) === done.command) return again(state, done.step);
        return step;
      },
    };
  };
  return { card: vary };
};

/** The debit of before once more, with the answer of before. */
function again(state: CardState, { outputs }: ReturnType<CardRole["handle"]>): ReturnType<CardRole["handle"]> {
  const [newest] = state.purse.log;
  const BALIEP = Math.max(0, state.purse.BALIEP - (newest?.MPDA ?? 0));
  return { state: withPurse(state, { BALIEP }), outputs: outputs.filter(({ kind }) => kind === "response") };
}

/** GET PREVIOUS IEP SIGNATURE debits the amount of the last record again. */
const debitsWhenAsked: Behaviour = () => ({
  card: varyState<CardState, CardInput, CardOutput>(({ input, after }) =>
    isCommand(input, 0x5a)
      ? withPurse(after, { BALIEP: Math.max(0, after.purse.BALIEP - (after.purse.log[0]?.MPDA ?? 0)) })
      : after,
  ),
});

/** GET PREVIOUS IEP SIGNATURE does not look at the number. */
const answersAnyNumber: Behaviour = () => ({
  card: varyInputs<CardState, CardInput, CardOutput>((input, { purse }) => {
    if (!isCommand(input, 0x5a) || input.bytes.length !== 8 || !purse.previous) return input;
    const bytes = input.bytes.slice();
    bytes.set(uintToBytes(purse.previous.NTIEP, 2), 5);
    return { ...input, bytes };
  }),
});

/** Currency and exponent of a debit are the purse's own, whatever the command says. */
const takesAnyCurrency: Behaviour = () => ({
  card: (reference) => ({
    handle(state, input) {
      if (!isCommand(input, 0x54) || input.bytes.length !== 59) return reference.handle(state, input);
      const { CURRIEP, CEXPIEP } = state.purse;
      const CURRPDA = toHex(input.bytes.subarray(20, 22));
      const asked = { ...state.purse, CURRIEP: CURRPDA, CEXPIEP: input.bytes[22] ?? 0 };
      const step = reference.handle({ ...state, purse: asked }, input);
      return { ...step, state: withPurse(step.state, { CURRIEP, CEXPIEP }) };
    },
  }),
});

export const CARD_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-answers-otherwise": answersOtherwise,
  "card-discloses": discloses,
  "card-takes-purse-for": takesPurseFor,
  "card-ends-up": endsUp,
  "card-repeats-challenge": repeatsChallenge,
  "card-debits-otherwise": debitsOtherwise,
  "card-repeats-debit": repeatsDebit,
  "card-debits-when-asked": debitsWhenAsked,
  "card-answers-any-number": answersAnyNumber,
  "card-takes-any-currency": takesAnyCurrency,
};

/** Each gives the state after a step, from what went before. */
const STATE_FAULTS: Readonly<Record<string, (at: Around) => CardState>> = {
  "NTIEP stays": (at) => (isDebited(at) ? withPurse(at.after, { NTIEP: at.before.purse.NTIEP }) : at.after),
  "NTIEP advances at INITIALIZE": ({ input, before, after }) =>
    isCommand(input, 0x50) && after.session.kind === "initialised"
      ? withPurse(after, { NTIEP: before.purse.NTIEP + 1 })
      : after,
  "NTIEP advances at a negative completion": ({ input, before, after }) =>
    isCommand(input, 0x54) && after.purse !== before.purse && after.purse.BALIEP === before.purse.BALIEP
      ? withPurse(after, { NTIEP: before.purse.NTIEP + 1 })
      : after,
  "no debit in the log": (at) => (isDebited(at) ? withPurse(at.after, { log: at.before.purse.log }) : at.after),
  "log oldest first": (at) =>
    isDebited(at)
      ? withPurse(at.after, { log: [...at.before.purse.log, ...at.after.purse.log.slice(0, 1)] })
      : at.after,
  "log of four records": ({ after }) => withPurse(after, { log: after.purse.log.slice(0, 4) }),
  "refused debit in the log": ({ input, before, after }) => {
    const isNegative = isCommand(input, 0x54) && after.purse !== before.purse && after.purse.log === before.purse.log;
    const [newest] = after.purse.log;
    return isNegative && newest ? withPurse(after, { log: [newest, ...after.purse.log] }) : after;
  },
  "debited before S2 is verified": ({ input, before, after }) => {
    const read = isCommand(input, 0x54) ? readDebitData(input.bytes.subarray(5, 58)) : undefined;
    const isRefused = before.session.kind === "initialised" && after.purse === before.purse;
    if (!read?.ok || !isRefused) return after;
    return withPurse(after, { BALIEP: Math.max(0, before.purse.BALIEP - (read.value.MPDA % 1000)) });
  },
  "all taken where value does not suffice": ({ input, before, after }) =>
    isCommand(input, 0x54) && isInsufficient(input, before) && after.purse !== before.purse
      ? withPurse(after, { BALIEP: 0 })
      : after,
  "nothing is stored": (at) => (isDebited(at) ? { ...at.after, purse: at.before.purse } : at.after),
  "stored only until the next reset": ({ input, before, after }) =>
    input.kind === "reset" && before.undo !== null ? { ...after, purse: before.undo } : after,
  "session survives a reset": ({ input, before, after }) =>
    input.kind === "reset" ? { ...after, session: before.session } : after,
  "session survives DEBIT IEP": ({ input, before, after }) =>
    isCommand(input, 0x54) ? { ...after, session: before.session } : after,
  "session survives a refused INITIALIZE": ({ input, before, after }) =>
    isCommand(input, 0x50) && after.session.kind === "selected" && before.session.kind === "initialised"
      ? { ...after, session: before.session }
      : after,
  "another application resets the session": ({ input, after }) =>
    isCommand(input, 0xa4) && after.session.kind === "initialised" ? { ...after, session: { kind: "idle" } } : after,
  "reading ends the session": ({ input, after }) =>
    isCommand(input, 0x5c) && after.session.kind === "initialised"
      ? { ...after, session: { kind: "selected" } }
      : after,
  "balance lowered at INITIALIZE": ({ input, before, after }) =>
    isCommand(input, 0x50) && after.session.kind === "initialised"
      ? withPurse(after, { BALIEP: Math.max(0, before.purse.BALIEP - 1) })
      : after,
  "answer forgotten at reset": ({ input, after }) =>
    input.kind === "reset" ? withPurse(after, { previous: null }) : after,
  "negative answer not kept": ({ input, before, after }) =>
    isCommand(input, 0x54) && after.purse.BALIEP === before.purse.BALIEP
      ? withPurse(after, { previous: before.purse.previous })
      : after,
};

function isCommand(input: CardInput, INS: number): input is Extract<CardInput, { kind: "command" }> {
  return input.kind === "command" && input.bytes[1] === INS;
}

function isDebited({ input, before, after }: Around): boolean {
  return isCommand(input, 0x54) && after.purse.BALIEP < before.purse.BALIEP;
}

function isInsufficient(input: Extract<CardInput, { kind: "command" }>, { purse }: CardState): boolean {
  return toHex(input.bytes.subarray(16, 20)) > toHex(uintToBytes(purse.BALIEP, 4));
}

function withPurse(state: CardState, changed: Partial<Purse>): CardState {
  return { ...state, purse: { ...state.purse, ...changed } };
}
