/** Readers whose T=1 is wrong (ISO/IEC 7816-3, 11): their machine's steps, changed. */
import { PursebenchError } from "../core/errors.ts";
import type { StepIfd } from "../link/serial-card/t1-session.ts";
import { toggled } from "../protocol/t1/block.ts";
import type { IfdAction, IfdEvent, IfdState, IfdStep } from "../protocol/t1/ifd-machine.ts";
import { type Behaviour, textOf } from "./behaviour.ts";

type Flaw = (inner: StepIfd) => StepIfd;

/** What is wrong, by name. */
const FLAWS: Readonly<Record<string, Flaw>> = {
  /** The first thing that is not right ends the command. */
  "no-recovery": (inner) => (state, event) =>
    isSpoiled(event) && !isIdle(state) ? failed(state, "a block that is not right") : inner(state, event),
  /** Silence ends the command. */
  "no-second-wait": (inner) => (state, event) =>
    event.kind === "timeout" && !isIdle(state) ? failed(state, "silence") : inner(state, event),
  /** In place of an R-block the command is sent anew, with the next number: the card takes it for another one. */
  "resends-command": (inner) => {
    let last: Extract<IfdEvent, { kind: "send" }> | undefined;
    return (state, event) => {
      if (event.kind === "send") last = event;
      const isAnswerDue = state.phase.kind === "sending" && !state.phase.last.more;
      const isWrong = event.kind === "timeout" || (event.kind === "block" && event.block.kind === "invalid");
      if (!last || !isAnswerDue || !isWrong) return inner(state, event);
      return inner({ ...state, phase: { kind: "idle" }, errors: 0 }, last);
    };
  },
  /** Where the block was not understood, the next one is sent instead of the same one. */
  "skips-block": (inner) => (state, event) => {
    const { phase } = state;
    if (event.kind !== "block" || event.block.kind !== "R" || phase.kind !== "sending") return inner(state, event);
    return inner(state, { kind: "block", block: { ...event.block, nr: toggled(phase.last.ns) } });
  },
  /** R-blocks end the command. */
  "no-repeat": (inner) => (state, event) => {
    const isAskedAgain =
      event.kind === "block" &&
      event.block.kind === "R" &&
      state.phase.kind === "sending" &&
      event.block.nr === state.phase.last.ns;
    return isAskedAgain ? failed(state, "the card asked for a block again") : inner(state, event);
  },
  /** A request for time ends the command. */
  "refuses-time": (inner) => (state, event) =>
    isRequest(event, "WTX") ? failed(state, "the card asked for time") : inner(state, event),
  /** The second request for time ends the command. */
  "one-time": (inner) => {
    let count = 0;
    return (state, event) => {
      if (event.kind === "send") count = 0;
      return isRequest(event, "WTX") && ++count > 1
        ? failed(state, "the card asked for time again")
        : inner(state, event);
    };
  },
  /** The card's own IFSC does not count: blocks are as long as they can be. */
  "no-ifsc": (inner) => (state, event) => inner({ ...state, ifsc: 254 }, event),
  /** One byte more than the card takes. */
  "ifsc-and-one": (inner) => (state, event) => {
    if (event.kind !== "send" || state.ifsc === 254) return inner(state, event);
    const step = inner({ ...state, ifsc: state.ifsc + 1 }, event);
    return { ...step, state: { ...step.state, ifsc: state.ifsc } };
  },
  /** S(IFS request) ends the command. */
  "refuses-ifs": (inner) => (state, event) =>
    isRequest(event, "IFS") ? failed(state, "the card asked for other blocks") : inner(state, event),
  /** The more bit is not looked at: the first block of a chain is the answer. */
  "no-more": (inner) => (state, event) => {
    if (event.kind !== "block" || event.block.kind !== "I") return inner(state, event);
    return inner(state, { kind: "block", block: { ...event.block, more: false } });
  },
  /** Silence is told as an answer. */
  "silence-as-answer": (inner) => (state, event) =>
    event.kind === "timeout" && !isIdle(state) ? delivered({ state, actions: [] }) : inner(state, event),
  /** What could not be carried is told as an answer. */
  "makes-answer": (inner) => (state, event) => {
    const step = inner(state, event);
    return changedActions(step, (action) =>
      action.kind === "fail" ? { kind: "deliver", data: Uint8Array.of(0x6f, 0x00) } : action,
    );
  },
  /** S(ABORT request) is answered with the status word of an error. */
  "aborts-as-answer": (inner) => (state, event) =>
    isRequest(event, "ABORT") ? delivered(inner(state, event)) : inner(state, event),
};

const t1Flaw: Behaviour = (parameters) => {
  const name = textOf(parameters, "flaw");
  const flaw = FLAWS[name];
  if (!flaw) throw new PursebenchError("USAGE", `no flaw of T=1 is called "${name}"`);
  return { readerT1: flaw };
};

function isIdle(state: IfdState): boolean {
  return state.phase.kind === "idle";
}

function isSpoiled(event: IfdEvent): boolean {
  return event.kind === "block" && event.block.kind === "invalid";
}

function isRequest(event: IfdEvent, type: "WTX" | "IFS" | "ABORT"): boolean {
  return (
    event.kind === "block" &&
    event.block.kind === "S" &&
    event.block.direction === "request" &&
    event.block.type === type
  );
}

function failed(state: IfdState, reason: string): IfdStep {
  return {
    state: { ...state, phase: { kind: "idle" }, request: undefined, errors: 0, complaint: undefined },
    actions: [{ kind: "fail", reason, isUsable: false }],
  };
}

function delivered({ state }: IfdStep): IfdStep {
  return {
    state: { ...state, phase: { kind: "idle" }, request: undefined, errors: 0, repeats: 0 },
    actions: [{ kind: "deliver", data: Uint8Array.of(0x6f, 0x00) }],
  };
}

function changedActions(step: IfdStep, change: (action: IfdAction) => IfdAction): IfdStep {
  return { ...step, actions: step.actions.map(change) };
}

export const READER_T1_BEHAVIOURS: Readonly<Record<string, Behaviour>> = { "reader-t1": t1Flaw };
