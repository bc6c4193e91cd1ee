/** Behaviours of a set-top box that deals wrongly with its user, or with the card that the user puts in. */
import { formatAmount } from "../core/currency.ts";
import type { SetTopBoxInput, SetTopBoxOutput, SetTopBoxRole } from "../roles/set-top-box/events.ts";
import type { SetTopBoxState } from "../roles/set-top-box/state.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const onOutputs = varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>;
const onInputs = varyInputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>;

/** `pattern` (a regular expression) in the question for the user's consent becomes `replacement`. */
const asksOtherwise: Behaviour = (parameters) => {
  const pattern = new RegExp(textOf(parameters, "pattern"), "g");
  const replacement = textOf(parameters, "replacement");
  return {
    setTopBox: onOutputs((output) => [
      output.kind === "ask" ? { ...output, text: output.text.replace(pattern, replacement) } : output,
    ]),
  };
};

/** Cancelling proceeds with the payment. */
const ignoresCancel: Behaviour = () => ({
  setTopBox: onInputs((input) => (input.kind === "decided" ? { ...input, choice: "accept" } : input)),
});

/** Takes the user's consent for granted and asks nobody. */
const asksNobody: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      if (!outputs.some(({ kind }) => kind === "ask")) return { state, outputs };
      return reference.handle(state, { kind: "decided", choice: "accept" });
    },
  }),
});

/** No card in the reader when the total was accepted: gives up at once. */
const waitsForNoCard: Behaviour = () => ({
  setTopBox: onInputs((input, { phase }) =>
    phase === "inserting" && input.kind === "card-present" ? { kind: "card-absent" } : input,
  ),
});

/** Says that the card was debited, whatever it answered. */
const announcesDebit: Behaviour = () => ({
  setTopBox: onOutputs((output, { before: { page } }) => {
    if (output.kind !== "log" || output.entry !== "debit-response" || !page) return [output];
    const amount = formatAmount(page.MPDA, page.CURRPDA, page.CEXPPDA);
    return [output, { kind: "show", text: `${amount} was debited.` }];
  }),
});

/** `purchases`: number of transactions that a card must have behind it (NTIEP) before it may pay. */
const demandsHistory: Behaviour = (parameters) => {
  const least = numberOf(parameters, "purchases");
  return {
    setTopBox: refusing(({ phase, purse }) => phase === "waiting" && purse !== undefined && purse.NTIEP <= least),
  };
};

/** Serves only the card that it has seen first. */
const knowsOneCard: Behaviour = () => ({
  setTopBox: (reference) => {
    let known: string | undefined;
    const isStranger = ({ phase, purse }: SetTopBoxState) => {
      if (phase !== "initialising" || !purse) return false;
      known ??= purse.IDIEP;
      return purse.IDIEP !== known;
    };
    return refusing(isStranger)(reference);
  },
});

export const USER_VIEW_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "box-asks-otherwise": asksOtherwise,
  "box-ignores-cancel": ignoresCancel,
  "box-asks-nobody": asksNobody,
  "box-waits-for-no-card": waitsForNoCard,
  "box-announces-debit": announcesDebit,
  "box-demands-history": demandsHistory,
  "box-knows-one-card": knowsOneCard,
};

/** The set-top box that refuses the card (A016) where the reference one would go on to a state that `isUnwanted`. */
function refusing(isUnwanted: (after: SetTopBoxState) => boolean) {
  return (reference: SetTopBoxRole): SetTopBoxRole => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      const IDTRX = state.sale?.IDTRX;
      if (!isUnwanted(state) || IDTRX === undefined) return { state, outputs };
      const stop = { kind: "send", message: { kind: "stop", IDTRX, CC: "A016" } } as const;
      const outcome = { kind: "outcome", CC: "A016", IDTRX, CONTENT: undefined } as const;
      return {
        state: { ...state, phase: "over" },
        outputs: [stop, { kind: "release-card" }, outcome, { kind: "end" }],
      };
    },
  });
}
