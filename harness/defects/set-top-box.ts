/** Behaviours of a set-top box that handles card, amount or user wrongly. */
import { bytesToUint } from "../core/bytes.ts";
import { parseDebitData } from "../protocol/messages/debit-data.ts";
import { encodeDebitIepCommand } from "../protocol/messages/debit-iep.ts";
import { overwriteAmount } from "../roles/set-top-box/debit.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "../roles/set-top-box/events.ts";
import type { SetTopBoxState } from "../roles/set-top-box/state.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { varyOutputs } from "./wrap.ts";

const vary = varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>;

/** The amount in the debit command goes to the card as it was received. */
const amountAsReceived: Behaviour = () => ({
  setTopBox: vary((output, { input }) => {
    if (output.kind !== "command" || output.bytes[1] !== 0x54) return [output];
    if (input.kind !== "head-end" || input.message.kind !== "debit-command") return [output];
    const { DEBITDATA } = input.message;
    const received = bytesToUint(DEBITDATA.subarray(11, 15));
    const bytes = encodeDebitIepCommand(overwriteAmount(DEBITDATA, received));
    return parseDebitData(DEBITDATA).ok ? [{ ...output, bytes }] : [output];
  }),
});

/** `is` (a regular expression), `becomes`: other words on the screen. */
const showsOtherwise: Behaviour = (parameters) => {
  const is = new RegExp(textOf(parameters, "is"));
  const becomes = textOf(parameters, "becomes");
  return {
    setTopBox: vary((output) => [
      output.kind === "show" && is.test(output.text) ? { ...output, text: becomes } : output,
    ]),
  };
};

/** What became of a lost answer is not asked: it counts as a refusal. */
const neverAsks: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(state, input) {
      if (state.phase !== "debiting" || input.kind !== "card-failed") return reference.handle(state, input);
      return reference.handle(state, { kind: "card-answer", bytes: Uint8Array.of(0x93, 0x02) });
    },
  }),
});

export const SET_TOP_BOX_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "set-top-box-amount-as-received": amountAsReceived,
  "set-top-box-shows-otherwise": showsOtherwise,
  "set-top-box-never-asks": neverAsks,
};
