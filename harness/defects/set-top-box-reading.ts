/** Behaviours of a set-top box that uses the card, or tells of it, wrongly. */
import { concat, uintToBytes } from "../core/bytes.ts";
import { newBalance } from "../roles/set-top-box/display.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "../roles/set-top-box/events.ts";
import type { SetTopBoxState } from "../roles/set-top-box/state.ts";
import type { Behaviour } from "./behaviour.ts";
import { varyOutputs } from "./wrap.ts";

const onOutputs = varyOutputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>;

/** A card that fails counts as one with an empty answer. */
const emptyCardAnswer: Behaviour = () => ({
  setTopBox: onOutputs((output, { before: { phase, ATR } }) => {
    if (phase !== "initialising" || output.kind !== "send" || output.message.kind !== "stop" || !ATR) return [output];
    const { IDTRX } = output.message;
    return [{ kind: "send", message: { kind: "card-information", IDTRX, ATR, INITRSP: new Uint8Array(27) } }];
  }),
});

/** Makes up the success message itself when the card refuses. */
const ownSuccess: Behaviour = () => ({
  setTopBox: onOutputs((output, { before: { purse } }) => {
    if (output.kind !== "send" || output.message.kind !== "debit-response" || output.message.SW === "9000")
      return [output];
    const CARDRSP = concat(uintToBytes(0, 2), uintToBytes(purse?.NTIEP ?? 0, 2), new Uint8Array(12));
    return [{ ...output, message: { ...output.message, CARDRSP, SW: "9000" } }];
  }),
});

/** Shows the balance from before the debit. */
const oldBalance: Behaviour = () => ({
  setTopBox: onOutputs((output, { after: { debit, page } }) => {
    if (output.kind !== "show" || debit.kind !== "answered" || !page) return [output];
    const old = newBalance(debit.BALIEP + page.MPDA, page);
    return [{ ...output, text: output.text.replace(newBalance(debit.BALIEP, page), old) }];
  }),
});

/** A card that is in the reader already is not noticed until it is put in again. */
const blindToPresentCard: Behaviour = () => ({
  setTopBox: (reference) => {
    let isThere = false;
    return {
      handle(state, input) {
        if (state.phase === "connecting" && !state.reconnected && input.kind === "card-connected") {
          isThere = true;
          return reference.handle(state, { kind: "card-absent" });
        }
        if (state.phase !== "inserting" || !isThere) return reference.handle(state, input);
        isThere = false;
        return reference.handle(state, { kind: "card-absent" });
      },
    };
  },
});

/** Without a card at the moment of acceptance the purchase is over. */
const noSecondLook: Behaviour = () => ({
  setTopBox: (reference) => ({
    handle: (state, input) =>
      reference.handle(input.kind === "card-absent" ? { ...state, reconnected: true } : state, input),
  }),
});

export const CARD_READING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "set-top-box-empty-card-answer": emptyCardAnswer,
  "set-top-box-own-success": ownSuccess,
  "set-top-box-old-balance": oldBalance,
  "set-top-box-blind-to-present-card": blindToPresentCard,
  "set-top-box-no-second-look": noSecondLook,
};
