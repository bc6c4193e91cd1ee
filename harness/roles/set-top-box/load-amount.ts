/** The user says how much is to be loaded (888); no card is touched before. */

import { formatAmount } from "../../core/currency.ts";
import { layerFlaw } from "../../protocol/messages/encryption-layer.ts";
import type { LoadPage } from "../../protocol/messages/layouts.ts";
import { log, send, show } from "./conclude.ts";
import { printable } from "./display.ts";
import type { SetTopBoxInput } from "./events.ts";
import { listen, lostLoad, stopLoad } from "./load-conclude.ts";
import { amountRefused, LOAD_CANCELLED, loadQuestion } from "./load-display.ts";
import { type SetTopBoxState, withLoad } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** The question, and three times again. */
const MOST_ENTRIES = 4;

/** The load page (A4): how much can be loaded, and from where. */
export function onLoadPage(state: SetTopBoxState, page: LoadPage): SetTopBoxStep {
  const flaw = pageFlaw(state, page);
  if (flaw !== undefined) return lostLoad(state, "garbled", "A001", flaw);
  const title = printable(page.TEXT);
  const next = withLoad(state, { page, terms: page });
  return after(title === "" ? [] : [show(title)], askForAmount(next, page));
}

function pageFlaw({ load }: SetTopBoxState, page: LoadPage): string | undefined {
  if (page.SOURCE !== load?.SOURCE) return "the load page has another source of funds than was announced";
  if (page.MLDAmax === 0) return "the maximum load value is zero";
  return layerFlaw(page);
}

function askForAmount(state: SetTopBoxState, page: LoadPage): SetTopBoxStep {
  const { balance, asked = 0 } = state.load ?? {};
  const holds = balance && formatAmount(balance.BALIEP, balance.CURRIEP, balance.CEXPIEP);
  const text = loadQuestion(holds, page.MLDAmax, page);
  return go(withLoad(state, { asked: asked + 1 }), { phase: "entering" }, { kind: "enter", text, page });
}

export function onEntered(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  const { page, asked = 0 } = state.load ?? {};
  if (input.kind !== "entered" || !page)
    return lostLoad(state, "garbled", "A00A", `"${input.kind}" instead of an amount`);
  const { amount } = input;
  if (amount === "cancel") return stopLoad(state, "A011", LOAD_CANCELLED);
  if (Number.isInteger(amount) && amount >= 1 && amount <= page.MLDAmax) return confirmAmount(state, page, amount);
  const refusal = show(amountRefused(page.MLDAmax, page));
  if (asked >= MOST_ENTRIES) return after([refusal], stopLoad(state, "A011", LOAD_CANCELLED));
  return after([refusal], askForAmount(state, page));
}

/** The user's amount is the load's from here on: whatever comes back is held against it. */
function confirmAmount(state: SetTopBoxState, { IDTRX, CURRLDA }: LoadPage, MLDA: number): SetTopBoxStep {
  const next = withLoad(state, { MLDA });
  const confirmed = log(next, "amount-confirmed", "888", { MLDA, CURRLDA });
  return listen(next, confirmed, send({ kind: "load-amount", IDTRX, MLDA }));
}
