/** Behaviours of head ends that handle the encryption layer wrongly. */
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import type { Behaviour } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const onOutputs = varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>;

/** Has one place for the session key of a page, whichever session it belongs to. */
const oneSessionKey: Behaviour = () => {
  let latest: Uint8Array | undefined;
  return {
    headEnd: (reference) => ({
      handle(before, input) {
        const sale = before.sale?.TSK && latest ? { ...before.sale, TSK: latest } : before.sale;
        const step = reference.handle({ ...before, sale }, input);
        if (input.kind === "http" && step.state.page?.TSK && before.page === undefined) latest = step.state.page.TSK;
        return step;
      },
    }),
  };
};

/** The user is told of a success as soon as the sealed answer of the card is on its way. */
const informsEarly: Behaviour = () => ({
  headEnd: onOutputs((output, { after: { phase, sale } }) => {
    if (output.kind !== "send-payment" || phase !== "responding" || !sale) return [output];
    const message = { kind: "user-message", IDTRX: sale.IDTRX, CC: "0000", TEXT: "The card was debited." } as const;
    return [{ kind: "send-cable", message }, output];
  }),
});

/** A failure is a success for the user. */
const hidesFailure: Behaviour = () => ({
  headEnd: onOutputs((output) => {
    if (output.kind !== "send-cable" || output.message.kind !== "user-message") return [output];
    const { IDTRX = "", CC } = output.message;
    if (CC === "0000") return [output];
    return [{ ...output, message: { kind: "result", IDTRX, CC: "0000", CONTENT: "Thank you." } }];
  }),
});

/** Of two confirmations only the sealed one is looked at, and that cannot be read. */
const ignoresClear: Behaviour = () => ({
  headEnd: varyInputs<HeadEndState, HeadEndInput, HeadEndOutput>((input) => {
    if (input.kind !== "payment" || input.message.kind !== "debit-result" || !input.message.CONF) return input;
    return { ...input, message: { ...input.message, CLEARCONF: undefined } };
  }),
});

export const LAYER_HEAD_END_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "head-end-one-session-key": oneSessionKey,
  "head-end-informs-early": informsEarly,
  "head-end-hides-failure": hidesFailure,
  "head-end-ignores-clear": ignoresClear,
};
