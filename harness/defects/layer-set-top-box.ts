/** Behaviours of set-top boxes between card and sealed debit response. */
import { concat, fromHex, uintToBytes } from "../core/bytes.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "../roles/set-top-box/events.ts";
import type { SetTopBoxState } from "../roles/set-top-box/state.ts";
import type { Behaviour } from "./behaviour.ts";
import { varyOutputs } from "./wrap.ts";

const DEBIT_IEP = 0x54;

/** Acknowledges the debit command without asking the card. */
const answersItself: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(before, input) {
      const step = reference.handle(before, input);
      const last = step.outputs.at(-1);
      if (last?.kind !== "command" || last.bytes[1] !== DEBIT_IEP) return step;
      const NTIEP = uintToBytes(before.purse?.NTIEP ?? 0, 2);
      const bytes = concat(fromHex("0000"), NTIEP, new Uint8Array(12), fromHex("9000"));
      const next = reference.handle(step.state, { kind: "card-answer", bytes });
      return { state: next.state, outputs: [...step.outputs.slice(0, -1), ...next.outputs] };
    },
  }),
});

/** A sealed debit response leaves only when the card was debited. */
const keepsRefusals: Behaviour = () => ({
  setTopBox: varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>((output, { after: { debit } }) => {
    const isRefusal = debit.kind === "refused" || (debit.kind === "answered" && debit.CC !== "0000");
    return output.kind === "send" && output.message.kind === "sealed" && isRefusal ? [] : [output];
  }),
});

export const LAYER_SET_TOP_BOX_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "set-top-box-answers-itself": answersItself,
  "set-top-box-keeps-refusals": keepsRefusals,
};
