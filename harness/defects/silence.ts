/** Roles that draw the wrong conclusion when they hear nothing, or something twice. */
import type { HeadEndInput } from "../roles/head-end/events.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "../roles/set-top-box/events.ts";
import type { SetTopBoxState } from "../roles/set-top-box/state.ts";
import type { Behaviour } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

/** Nothing of an unfinished debit outlives its purchase. */
const remembersNothing: Behaviour = () => ({
  setTopBox: varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>((output) =>
    output.kind === "remember" ? [] : [output],
  ),
});

/** A second "not initialised" counts as a refusal of the debit. */
const believesConditions: Behaviour = () => ({
  setTopBox: varyInputs((input: SetTopBoxInput, { phase }: SetTopBoxState): SetTopBoxInput => {
    const isIt = input.kind === "card-answer" && phase === "debiting" && input.bytes[0] === 0x69;
    return isIt ? { kind: "card-answer", bytes: Uint8Array.of(0x93, 0x02) } : input;
  }),
});

/** A card that says nothing to DEBIT IEP has not been debited. */
const silenceIsRefusal: Behaviour = () => ({
  setTopBox: varyInputs((input: SetTopBoxInput, { phase }: SetTopBoxState): SetTopBoxInput => {
    const isIt = input.kind === "card-failed" && input.mayHaveArrived && phase === "debiting";
    return isIt ? { kind: "card-answer", bytes: Uint8Array.of(0x93, 0x02) } : input;
  }),
});

/** A head end that says nothing more has nothing against it: the user is told of success. */
const silenceIsSuccess: Behaviour = () => ({
  setTopBox: varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>((output, { input }) =>
    output.kind === "outcome" && input.kind === "head-end-lost" ? [{ ...output, CC: "0000" }] : [output],
  ),
});

/** A merchant that says nothing is content. */
const takesSilenceForContent: Behaviour = () => ({
  headEnd: varyInputs(
    (input: HeadEndInput): HeadEndInput =>
      input.kind === "http-lost" ? { kind: "http", status: 200, body: "" } : input,
  ),
});

/** A terminal that gave no debit command is not told to forget the transaction. */
const withdrawsNothing: Behaviour = () => ({
  paymentServer: (reference) => ({
    handle(before: PaymentState, input: PaymentInput) {
      const step = reference.handle(before, input);
      if (step.state.phase.at !== "withdrawal" || before.phase.at === "withdrawal") return step;
      const silent: PaymentInput = { kind: "terminal-silent" };
      const next = reference.handle(step.state, silent);
      const outputs: readonly PaymentOutput[] = next.outputs;
      return { state: next.state, outputs };
    },
  }),
});

export const SILENCE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "set-top-box-remembers-nothing": remembersNothing,
  "set-top-box-believes-conditions": believesConditions,
  "set-top-box-silence-is-refusal": silenceIsRefusal,
  "set-top-box-silence-is-success": silenceIsSuccess,
  "head-end-takes-silence-for-content": takesSilenceForContent,
  "payment-server-withdraws-nothing": withdrawsNothing,
};
