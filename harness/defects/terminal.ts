/** Defects of the serial payment terminal (`messages.md` 5). */
import { concat, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { encodeMessageResult } from "../protocol/messages/message-result.ts";
import {
  encodePackageAtrCommand,
  encodePackageDebitCommand,
  encodePackageInitializeCommand,
} from "../protocol/messages/psam-packages.ts";
import type { Vary } from "../roles/role.ts";
import type { TerminalRole } from "../roles/terminal/model.ts";
import type { TerminalInput, TerminalOutput, TerminalState } from "../roles/terminal/state.ts";
import { refuse } from "../roles/terminal/steps.ts";
import { type Behaviour, numberOf, optionalText, textOf } from "./behaviour.ts";
import { TERMINAL_STORE_BEHAVIOURS } from "./terminal-store.ts";
import { varyOutputs } from "./wrap.ts";

const SUCCESS = fromHex("9000");
const ATR_PACKAGE = 0x7000;
const INITIALIZE_PACKAGE = 0x7001;
const DEBIT_PACKAGE = 0x7200;
const NO_CARD = "A010";

/**
 * `package` (INS and P1): the command to the PSAM that is sent otherwise. `change`: "set" (data `value`, hex), "previous"
 * (the command of the time before), "zero" (the first 4 bytes of data), "append" (the card's answer to INITIALIZE behind it).
 */
const otherPackage: Behaviour = (parameters) => {
  const which = numberOf(parameters, "package");
  const change = textOf(parameters, "change");
  const value = fromHex(optionalText(parameters, "value") ?? "");
  let previous: Uint8Array | undefined;
  return {
    terminal: onPackage(which, (bytes, state) => {
      const own = previous;
      previous = bytes;
      return changed(change, bytes, { previous: own ?? bytes, value, state });
    }),
  };
};

/** `package`: is left out, as if the PSAM had taken it. */
const skipsPackage: Behaviour = (parameters) => {
  const which = numberOf(parameters, "package");
  return {
    terminal: (reference) => ({
      handle(before, input) {
        const step = reference.handle(before, input);
        if (!step.outputs.some((output) => packageOf(output) === which)) return step;
        return reference.handle(step.state, { kind: "psam-response", bytes: SUCCESS });
      },
    }),
  };
};

/** The second package is sent first. */
const swapsPackages: Behaviour = () => ({
  terminal: varyOutputs((output, { after }) => {
    const draw = drawOf(after);
    const which = packageOf(output);
    if (!draw || output.kind !== "psam-apdu") return [output];
    if (which === ATR_PACKAGE) return [{ ...output, bytes: encodePackageInitializeCommand(draw.INITRSP) }];
    if (which === INITIALIZE_PACKAGE) return [{ ...output, bytes: encodePackageAtrCommand(draw.ATR) }];
    return [output];
  }),
});

/** All three packages are sent whatever the PSAM answers to the one before. */
const pushesPackages: Behaviour = () => ({
  terminal: varyOutputs((output, { after }) => {
    const which = packageOf(output);
    if (which === ATR_PACKAGE) return allPackages(after);
    return which === INITIALIZE_PACKAGE || which === DEBIT_PACKAGE ? [] : [output];
  }),
});

/** A debit command is reported although the PSAM refused one. */
const reportsRefusedDebit: Behaviour = () => ({
  terminal: varyOutputs((output, { before, after }) => {
    const { job } = before;
    if (job?.kind !== "package-debit" || output.kind !== "answer" || after.memory.open) return [output];
    const { IDTERM } = before.identity;
    const { IDTRX } = job.draw;
    return [
      { kind: "answer", bytes: encodeMessage({ kind: "t-debit", IDTERM, IDTRX, DEBITDATA: new Uint8Array(53) }) },
    ];
  }),
});

/** Another draw is taken on while a transaction is open: the PSAM is selected anew for it. */
const takesSecondDraw: Behaviour = () => ({
  terminal: (reference) => ({
    handle(state, input) {
      if (messageKind(input) !== "t-draw" || state.memory.open === undefined) return reference.handle(state, input);
      const memory = { ...state.memory, open: undefined };
      return reference.handle({ ...state, memory, isPsamSelected: false }, input);
    },
  }),
});

/** T-draw is refused: the terminal waits for a card of its own. */
const waitsForCard: Behaviour = () => ({
  terminal: onMessage("t-draw", (state, IDTRX) => refuse(state, IDTRX, NO_CARD)),
});

/** T-response is answered with success without asking the PSAM. */
const confirmsItself: Behaviour = () => ({
  terminal: onMessage("t-response", (state, IDTRX) => {
    const facts = state.memory.open;
    if (!facts || facts.IDTRX !== IDTRX) return undefined;
    const MSGRESULT = encodeMessageResult({ ...facts, CC: "0000" });
    const { IDTERM } = state.identity;
    const bytes = encodeMessage({ kind: "t-result", IDTERM, IDTRX, CC: "0000", MSGRESULT });
    return { state: { ...state, memory: { ...state.memory, open: undefined } }, outputs: [{ kind: "answer", bytes }] };
  }),
});

/** Messages for another terminal are worked off as well. */
const ignoresIdentifier: Behaviour = () => ({
  terminal: (reference) => ({
    handle(state, input) {
      const message = input.kind === "message" ? parseMessage(input.bytes) : undefined;
      if (!message || !("IDTERM" in message)) return reference.handle(state, input);
      const { IDTERM } = message;
      const step = reference.handle({ ...state, identity: { ...state.identity, IDTERM } }, input);
      return { ...step, state: { ...step.state, identity: state.identity } };
    },
  }),
});

/** `CC`, `as`: a refusal with that code is given another one. */
const refusesOtherwise: Behaviour = (parameters) => {
  const CC = textOf(parameters, "CC");
  const as = textOf(parameters, "as");
  return {
    terminal: varyOutputs((output) => {
      if (output.kind !== "answer") return [output];
      const message = parseMessage(output.bytes);
      if (message.kind !== "t-refusal" || message.CC !== CC) return [output];
      return [{ ...output, bytes: encodeMessage({ ...message, CC: as }) }];
    }),
  };
};

/** `from`, `to`: a cancellation of one MODE (0 withdraw, 1 suspend) is carried out as the other. */
const cancelsOtherwise: Behaviour = (parameters) => {
  const from = numberOf(parameters, "from");
  const to = numberOf(parameters, "to");
  return {
    terminal: (reference) => ({
      handle(state, input) {
        const message = input.kind === "message" ? parseMessage(input.bytes) : undefined;
        if (message?.kind !== "t-cancel" || message.MODE !== from || input.kind !== "message") {
          return reference.handle(state, input);
        }
        return reference.handle(state, { ...input, bytes: encodeMessage({ ...message, MODE: to }) });
      },
    }),
  };
};

/** An empty answer of the card counts as its refusal, whatever the status word says. */
const takesSilenceForRefusal: Behaviour = () => ({
  terminal: (reference) => ({
    handle(state, input) {
      const message = input.kind === "message" ? parseMessage(input.bytes) : undefined;
      if (message?.kind !== "t-response" || message.CARDRSP.length > 0 || input.kind !== "message") {
        return reference.handle(state, input);
      }
      return reference.handle(state, { ...input, bytes: encodeMessage({ ...message, SW: "6985" }) });
    },
  }),
});

export const TERMINAL_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "terminal-other-package": otherPackage,
  "terminal-skips-package": skipsPackage,
  "terminal-swaps-packages": swapsPackages,
  "terminal-pushes-packages": pushesPackages,
  "terminal-reports-refused-debit": reportsRefusedDebit,
  "terminal-takes-second-draw": takesSecondDraw,
  "terminal-waits-for-card": waitsForCard,
  "terminal-confirms-itself": confirmsItself,
  "terminal-ignores-identifier": ignoresIdentifier,
  "terminal-refuses-otherwise": refusesOtherwise,
  "terminal-cancels-otherwise": cancelsOtherwise,
  "terminal-takes-silence-for-refusal": takesSilenceForRefusal,
  ...TERMINAL_STORE_BEHAVIOURS,
};

function packageOf(output: TerminalOutput): number | undefined {
  return output.kind === "psam-apdu" ? ((output.bytes[1] ?? 0) << 8) | (output.bytes[2] ?? 0) : undefined;
}

function onPackage(which: number, change: (bytes: Uint8Array, state: TerminalState) => Uint8Array): Vary<TerminalRole> {
  return varyOutputs((output, { after }) => {
    if (output.kind !== "psam-apdu" || packageOf(output) !== which) return [output];
    return [{ ...output, bytes: change(output.bytes, after) }];
  });
}

/** The role that answers messages of that kind itself, where `answer` gives a step. */
function onMessage(
  kind: "t-draw" | "t-response",
  answer: (state: TerminalState, IDTRX: string) => ReturnType<TerminalRole["handle"]> | undefined,
): Vary<TerminalRole> {
  return (reference) => ({
    handle(state, input) {
      const message = input.kind === "message" ? parseMessage(input.bytes) : undefined;
      const own = message?.kind === kind ? answer(state, message.IDTRX) : undefined;
      return own ?? reference.handle(state, input);
    },
  });
}

function messageKind(input: TerminalInput): string | undefined {
  return input.kind === "message" ? parseMessage(input.bytes).kind : undefined;
}

function drawOf({ job }: TerminalState) {
  return job !== undefined && "draw" in job ? job.draw : undefined;
}

function allPackages(state: TerminalState): readonly TerminalOutput[] {
  const { job, identity } = state;
  if (job?.kind !== "package-atr") return [];
  const { MPDA, CURRPDA, CEXPPDA, IDTRX, ATR, INITRSP } = job.draw;
  const { DTHR } = job;
  const debit = encodePackageDebitCommand({ MPDA, CURRPDA, CEXPPDA, DTHR, LOC: identity.LOC, IDTRX });
  const commands = [encodePackageAtrCommand(ATR), encodePackageInitializeCommand(INITRSP), debit];
  return commands.map((bytes) => ({ kind: "psam-apdu", bytes }));
}

function changed(
  change: string,
  bytes: Uint8Array,
  { previous, value, state }: { previous: Uint8Array; value: Uint8Array; state: TerminalState },
): Uint8Array {
  const data = bytes.subarray(5, 5 + (bytes[4] ?? 0));
  const Le = bytes.subarray(5 + data.length);
  const withData = (other: Uint8Array) => concat(bytes.subarray(0, 4), Uint8Array.of(other.length), other, Le);
  switch (change) {
    case "set":
      return withData(value);
    case "previous":
      return previous;
    case "zero":
      return withData(concat(new Uint8Array(4), data.subarray(4)));
    case "append":
      return withData(concat(data, drawOf(state)?.INITRSP ?? new Uint8Array(0)));
    default:
      throw new PursebenchError("USAGE", `no change of a package is called "${change}"`);
  }
}
