/** Defects of a terminal in T=1 recovery (`serial-line.md` 3): what it says to errors, and what it sends again. */
import { type RBlock, toggled } from "../protocol/t1/block.ts";
import { NO_PARTS } from "../protocol/t1/machine.ts";
import { type Behaviour, numberOf } from "./behaviour.ts";
import { isRequest, onBlock, onSent, onStep } from "./wrap-line.ts";

/** The complaint is made anew each time instead of repeated. */
const newComplaint = onStep((step) => (state, event) => step({ ...state, complaint: undefined }, event));

/** R-blocks that complain name another number. */
const complainsOtherNumber = onSent((block) =>
  block.kind === "R" && block.error !== 0 ? { ...block, nr: toggled(block.nr) } : block,
);

/** Every R-block names `error`. */
const complainsAs: Behaviour = (parameters) => {
  const error = numberOf(parameters, "error") as RBlock["error"];
  return onSent((block) => (block.kind === "R" && block.error !== 0 ? { ...block, error } : block))(parameters);
};

/** Errors are answered for ever. */
const neverFallsSilent = onStep((step) => (state, event) => step({ ...state, errors: 0 }, event));

/** Errors are counted over good blocks too. */
const countsForEver = onStep((step) => (before, event) => {
  const after = step(before, event);
  const { errors } = after.state;
  const isFresh = isRequest(event, "RESYNCH");
  return isFresh ? after : { ...after, state: { ...after.state, errors: Math.max(errors, before.errors) } };
});

/** Asked for its last block it sends the message's first part again, or nothing at all where there was only one. */
const cannotRepeat = onStep((step) => (before, event) => {
  const isAsked = event.kind === "block" && event.block.kind === "R";
  const last = before.phase.kind === "listening" ? before.phase.answer : undefined;
  if (!isAsked || last === undefined || event.block.kind !== "R" || event.block.nr !== last.ns)
    return step(before, event);
  return step({ ...before, phase: { kind: "listening", answer: undefined, ...NO_PARTS } }, event);
});

/** Asked for a part of a chained answer again it goes on with the next. */
const skipsPart = onBlock((block, { phase }) =>
  block.kind === "R" && phase.kind === "sending" && block.error !== 0
    ? { ...block, nr: toggled(phase.last.ns) }
    : block,
);

/** Repeated blocks have the other number. */
const repeatsOtherNumber = onSent((block, event) => {
  const isAsked =
    event.kind === "block" && event.block.kind === "R" && event.block.nr === (block.kind === "I" ? block.ns : 2);
  return isAsked && block.kind === "I" ? { ...block, ns: toggled(block.ns) } : block;
});

export const DEVICE_TERMINAL_RECOVERY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "terminal-line-new-complaint": newComplaint,
  "terminal-line-complains-other-number": complainsOtherNumber,
  "terminal-line-complains-as": complainsAs,
  "terminal-line-never-falls-silent": neverFallsSilent,
  "terminal-line-counts-for-ever": countsForEver,
  "terminal-line-cannot-repeat": cannotRepeat,
  "terminal-line-skips-part": skipsPart,
  "terminal-line-repeats-other-number": repeatsOtherNumber,
};
