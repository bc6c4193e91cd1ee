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

/** `was`: the command after which the card's failure is taken for one before: "debit". DEBIT IEP is sent again. */
const debitsAgain: Behaviour = () => ({
  setTopBox: vary((output, { before }) => {
    const isQuestion = output.kind === "command" && output.bytes[1] === 0x5a && before.mode === "purchase";
    return isQuestion ? [{ kind: "command", bytes: output.bytes.slice(0, 0) }] : [output];
  }),
});

export const SET_TOP_BOX_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "set-top-box-amount-as-received": amountAsReceived,
  "set-top-box-shows-otherwise": showsOtherwise,
  "set-top-box-debits-again": debitsAgain,
};
