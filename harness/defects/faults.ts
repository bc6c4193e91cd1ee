/** Roles that settle a disturbed purchase wrongly: what the fault matrix is there to find. */
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import type { TerminalInput, TerminalOutput, TerminalState } from "../roles/terminal/state.ts";
import type { Behaviour } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

/** A transaction that is named on a terminal is taken back there, whoever's sale it is. */
const takesBackOthers: Behaviour = () => ({
  paymentServer: varyInputs(
    (input: PaymentInput): PaymentInput =>
      input.kind === "issued-there" ? { kind: "issued-there", isIssued: false } : input,
  ),
});

/** What a security card calls used is never this very transaction. */
const leavesUsedName: Behaviour = () => ({
  paymentServer: varyInputs(
    (input: PaymentInput, { phase }: PaymentState): PaymentInput =>
      input.kind === "issued-there" && phase.at === "used-name" ? { kind: "issued-there", isIssued: true } : input,
  ),
});

/** A terminal is never told of a transaction that is to be reversed; the database says that it was. */
const reversesNothing: Behaviour = () => ({
  paymentServer: (reference) => ({
    handle(before: PaymentState, input: PaymentInput) {
      const step = reference.handle(before, input);
      const last = step.outputs.at(-1);
      if (step.state.phase.at !== "reversal" || last?.kind !== "ask-terminal" || !last.owes) return step;
      const told: readonly PaymentOutput[] = [
        ...step.outputs.slice(0, -1),
        { kind: "cancel-answered", cancel: last.owes },
        { kind: "release-terminal", IDTERM: last.owes.IDTERM },
        { kind: "end" },
      ];
      return { state: { ...step.state, phase: { at: "over" } }, outputs: told };
    },
  }),
});

/** What a terminal did not answer is forgotten, and the database says that it was answered. */
const forgetsOwed: Behaviour = () => ({
  paymentServer: varyOutputs<PaymentState, PaymentInput, PaymentOutput>((output) => {
    if (output.kind === "ask-terminal") {
      const { owes: _owes, ...asked } = output;
      return [asked];
    }
    if (output.kind === "update") {
      const { owedMode: _owedMode, ...change } = output.change;
      return [{ ...output, change }];
    }
    return output.kind === "owe-cancel" ? [] : [output];
  }),
});

/** Every status word but 9000 is the refusal of a debit package, data or not. */
const believesAnyRefusal: Behaviour = () => ({
  terminal: varyInputs((input: TerminalInput, { job }: TerminalState): TerminalInput => {
    if (input.kind !== "psam-response" || job?.kind !== "package-debit") return input;
    const isSuccess = input.bytes.at(-2) === 0x90 && input.bytes.at(-1) === 0;
    return isSuccess ? input : { ...input, bytes: Uint8Array.of(0x94, 0x14) };
  }),
});

/** A security card in the middle of a draw is not selected anew. */
const leavesHalfDrawn: Behaviour = () => ({
  terminal: varyInputs((input: TerminalInput, { job }: TerminalState): TerminalInput => {
    const isPackage = job?.kind === "package-initialize" || job?.kind === "package-debit";
    if (input.kind !== "psam-response" || !isPackage || input.bytes.length !== 2) return input;
    return { ...input, bytes: Uint8Array.of(0x94, 0x14) };
  }),
});

/** A power cut takes what the terminal was at. */
const forgetsDoubt: Behaviour = () => ({
  terminal: varyOutputs<TerminalState, TerminalInput, TerminalOutput>((output) =>
    output.kind === "save" ? [{ ...output, memory: { ...output.memory, doubt: undefined } }] : [output],
  ),
});

export const FAULT_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "payment-server-takes-back-others": takesBackOthers,
  "payment-server-leaves-used-name": leavesUsedName,
  "payment-server-reverses-nothing": reversesNothing,
  "payment-server-forgets-owed": forgetsOwed,
  "terminal-believes-any-refusal": believesAnyRefusal,
  "terminal-leaves-half-drawn": leavesHalfDrawn,
  "terminal-forgets-doubt": forgetsDoubt,
};
