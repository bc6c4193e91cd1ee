/** Cards whose purse, log, kept answer or challenges are wrong at their ends: each fault by its name. */
import { equal, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardRole } from "../roles/card/model.ts";
import type { CardInput, CardState, Purse } from "../roles/card/state.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, textOf } from "./behaviour.ts";

type Step = ReturnType<CardRole["handle"]>;

/** What is wrong with a step: from the reference, and what the card was before and told. */
type Fault = (reference: CardRole, before: CardState, input: CardInput) => Step;

/** `fault`: by its name. */
const keepsOtherwise: Behaviour = (parameters) => {
  const name = textOf(parameters, "fault");
  const fault = FAULTS[name];
  if (!fault) throw new PursebenchError("USAGE", `no fault of a purse is called "${name}"`);
  const card: Vary<CardRole> = (reference) => ({ handle: (before, input) => fault(reference, before, input) });
  return { card };
};

export const DEVICE_CARD_PURSE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "card-keeps-otherwise": keepsOtherwise,
};

const INITIALIZE = 0x50;
const CREDIT = 0x52;
const DEBIT = 0x54;

function isCommand(input: CardInput, ...codes: readonly number[]): boolean {
  return input.kind === "command" && codes.includes(input.bytes[1] ?? 0);
}

/** After each step that completed a transaction or refused one with a signature. */
const completing =
  (change: (before: Purse, after: Purse) => Partial<Purse>, ...codes: readonly number[]): Fault =>
  (reference, before, input) => {
    const step = reference.handle(before, input);
    if (!isCommand(input, ...codes) || step.state.purse === before.purse) return step;
    return kept(step, change(before.purse, step.state.purse));
  };

/** The step's purse, in the state and in what is written, with these changes. */
function kept(step: Step, changed: Partial<Purse>): Step {
  const outputs = step.outputs.map((each) =>
    each.kind === "write" ? { ...each, purse: { ...each.purse, ...changed } } : each,
  );
  return { state: { ...step.state, purse: { ...step.state.purse, ...changed } }, outputs };
}

/** For such a command the card takes its purse to be another one. */
const takingFor =
  (change: (purse: Purse) => Partial<Purse>, ...codes: readonly number[]): Fault =>
  (reference, before, input) => {
    if (!isCommand(input, ...codes)) return reference.handle(before, input);
    const changed = change(before.purse);
    const step = reference.handle({ ...before, purse: { ...before.purse, ...changed } }, input);
    const own = Object.fromEntries(Object.keys(changed).map((name) => [name, before.purse[name as keyof Purse]]));
    return kept(step, own);
  };

/** Draws again until R is one that `isLiked`; every INITIALIZE IEP is a pure function of what R is drawn from. */
const drawing =
  (isLiked: (R: Uint8Array, before: CardState) => boolean): Fault =>
  (reference, before, input) => {
    if (!isCommand(input, INITIALIZE)) return reference.handle(before, input);
    let step = reference.handle(before, input);
    for (let round = 1; round < 4096; round++) {
      const [answer] = step.outputs;
      if (answer?.kind !== "response" || answer.bytes.length < 29 || isLiked(answer.bytes.subarray(23, 27), before))
        break;
      step = reference.handle(
        { ...before, entropy: `${toHex(uintToBytes(round, 4))}${before.entropy.slice(8)}` },
        input,
      );
    }
    return step;
  };

/** What R is drawn from is set before INITIALIZE IEP, or after a reset. */
const seeded =
  (entropyOf: (state: CardState) => string, when: "initialize" | "reset"): Fault =>
  (reference, before, input) => {
    if (when === "initialize" && isCommand(input, INITIALIZE)) {
      return reference.handle({ ...before, entropy: entropyOf(before) }, input);
    }
    const step = reference.handle(before, input);
    if (when !== "reset" || input.kind !== "reset") return step;
    return { ...step, state: { ...step.state, entropy: entropyOf(step.state) } };
  };

const amountAt = (input: CardInput, at: number): number =>
  input.kind === "command" ? Number.parseInt(toHex(input.bytes.subarray(at, at + 4)) || "0", 16) : 0;

const FAULTS: Readonly<Record<string, Fault>> = {
  "nine records": completing((_, { log }) => ({ log: log.slice(0, 9) }), DEBIT, CREDIT),
  "the newest record takes the place of the second": completing(
    (before, { log }) => (before.log.length > 9 ? { log: [...log.slice(0, 1), ...before.log.slice(1)] } : {}),
    DEBIT,
    CREDIT,
  ),
  "negative loads in the log": completing((before, { log, NTIEP }) => {
    const [newest] = before.log;
    return NTIEP === before.NTIEP && newest ? { log: [{ ...newest, NTIEP }, ...log] } : {};
  }, CREDIT),
  "log by kind": completing(
    (_, { log }) => ({ log: [...log].sort((left, right) => left.TI - right.TI || right.NTIEP - left.NTIEP) }),
    DEBIT,
    CREDIT,
  ),
  "record with NTIEP behind": completing(
    (before, { log, NTIEP }) => ({
      log: log.map((each, at) => (at === 0 && NTIEP !== before.NTIEP ? { ...each, NTIEP } : each)),
    }),
    CREDIT,
  ),
  "positive answers alone are kept": completing(
    (before, { previous, NTIEP }) => ({ previous: NTIEP === before.NTIEP ? before.previous : previous }),
    DEBIT,
    CREDIT,
  ),
  "a load leaves the answer of the purchase": completing(({ previous }) => ({ previous }), CREDIT),
  "the kept answer is of any kind": (reference, before, input) =>
    reference.handle(
      before,
      isCommand(input, 0x5a) && before.purse.previous ? asKind(input, before.purse.previous.kind) : input,
    ),
  "INITIALIZE IEP forgets the answer": (reference, before, input) => {
    const step = reference.handle(before, input);
    return isCommand(input, INITIALIZE) && step.state.session.kind === "initialised"
      ? kept(step, { previous: null })
      : step;
  },
  "a reset forgets the answer": (reference, before, input) =>
    input.kind === "reset"
      ? kept(reference.handle(before, input), { previous: null })
      : reference.handle(before, input),
  "the number asked for is compared in its low byte": (reference, before, input) =>
    reference.handle(
      before,
      isCommand(input, 0x5a) && before.purse.previous ? inHighByte(input, before.purse.previous.NTIEP) : input,
    ),
  "NTIEP has one byte": completing(
    ({ NTIEP: was }, { NTIEP }) => ({ NTIEP: (was & 0xff00) | (NTIEP & 0xff) }),
    DEBIT,
    CREDIT,
  ),
  "NTIEP goes around": (reference, before, input) =>
    kept(reference.handle(before, input), before.purse.NTIEP === 0xffff ? { NTIEP: 1 } : {}),
  "loads have no number": completing((before) => ({ NTIEP: before.NTIEP }), CREDIT),
  "the last number is not used": (reference, before, input) =>
    isCommand(input, INITIALIZE) && before.purse.NTIEP === 0xfffe && before.session.kind !== "idle"
      ? { state: before, outputs: [{ kind: "response", bytes: fromHex("9402") }] }
      : reference.handle(before, input),
  "balance without its first byte": completing(
    (before, { BALIEP }) => ({ BALIEP: ((before.BALIEP & 0xff00_0000) >>> 0) + (BALIEP & 0x00ff_ffff) }),
    DEBIT,
    CREDIT,
  ),
  "the whole balance is too much": (reference, before, input) =>
    amountAt(input, 16) === before.purse.BALIEP
      ? takingFor(({ BALIEP }) => ({ BALIEP: BALIEP - 1 }), DEBIT)(reference, before, input)
      : reference.handle(before, input),
  "one more than the balance is paid": (reference, before, input) =>
    isCommand(input, DEBIT) && amountAt(input, 16) === before.purse.BALIEP + 1
      ? reference.handle({ ...before, purse: { ...before.purse, BALIEP: before.purse.BALIEP + 1 } }, input)
      : reference.handle(before, input),
  "amounts are signed": (reference, before, input) =>
    isCommand(input, DEBIT) && amountAt(input, 16) >= 0x8000_0000
      ? reference.handle({ ...before, purse: { ...before.purse, BALIEP: 0xffff_ffff } }, input)
      : reference.handle(before, input),
  "the maximum is not reached": takingFor(({ BALmaxIEP }) => ({ BALmaxIEP: BALmaxIEP - 1 }), CREDIT),
  "one more than the maximum": takingFor(
    ({ BALmaxIEP }) => ({ BALmaxIEP: Math.min(0xffff_ffff, BALmaxIEP + 1) }),
    CREDIT,
  ),
  "the sum goes around": (reference, before, input) => {
    const sum = before.purse.BALIEP + amountAt(input, 5);
    if (!isCommand(input, CREDIT) || sum <= 0xffff_ffff) return reference.handle(before, input);
    const BALIEP = Math.max(0, sum - 0x1_0000_0000 - amountAt(input, 5));
    return reference.handle({ ...before, purse: { ...before.purse, BALIEP, BALmaxIEP: 0xffff_ffff } }, input);
  },
  "too much before another currency": (reference, before, input) =>
    isCommand(input, DEBIT) && amountAt(input, 16) > before.purse.BALIEP
      ? takingFor(({ CURRIEP, CEXPIEP }) => unitOf(input, 20, CURRIEP, CEXPIEP), DEBIT)(reference, before, input)
      : reference.handle(before, input),
  "nothing before another currency": (reference, before, input) =>
    isCommand(input, CREDIT) && amountAt(input, 5) === 0
      ? takingFor(({ CURRIEP, CEXPIEP }) => unitOf(input, 9, CURRIEP, CEXPIEP), CREDIT)(reference, before, input)
      : reference.handle(before, input),
  "the amount of the load command counts": (reference, before, input) => {
    const { session } = before;
    if (!isCommand(input, CREDIT) || input.kind !== "command" || session.kind !== "initialised-for-load") {
      return reference.handle(before, input);
    }
    const LOADINIT = toHex(input.bytes.subarray(5, 12)) + session.LOADINIT.slice(14);
    return reference.handle({ ...before, session: { ...session, LOADINIT } }, input);
  },
  "challenges with a bit that is mostly set": drawing((R) => ((R[1] ?? 0) & 0x10) !== 0 || ((R[3] ?? 0) & 0x07) === 0),
  "challenges with a zero in front": drawing((R) => R[0] === 0),
  "sixteen challenges": seeded(({ entropy }) => (entropy[0] ?? "0").repeat(64), "initialize"),
  "the same challenges after each reset": seeded(() => "5".repeat(64), "reset"),
};

function asKind(input: CardInput, kind: "load" | "purchase"): CardInput {
  if (input.kind !== "command") return input;
  return { ...input, bytes: input.bytes.with(2, kind === "load" ? 0x00 : 0x01) };
}

function inHighByte(input: CardInput, NTIEP: number): CardInput {
  return input.kind === "command" ? { ...input, bytes: input.bytes.with(5, NTIEP >> 8) } : input;
}

/** Currency and exponent as the command has them from `at` on, where they are not the purse's. */
function unitOf(input: CardInput, at: number, CURRIEP: string, CEXPIEP: number): Partial<Purse> {
  if (input.kind !== "command") return {};
  const asked = input.bytes.subarray(at, at + 3);
  if (equal(asked, fromHex(CURRIEP + toHex(Uint8Array.of(CEXPIEP))))) return {};
  return { CURRIEP: toHex(asked.subarray(0, 2)), CEXPIEP: asked[2] ?? 0 };
}
