/** Power is cut, or the card pulled, at every moment of every command of every flow. */
import type { Case } from "../define/case.ts";
import { caseId } from "../define/product.ts";
import { type Place, tornCase } from "./support/cell.ts";
import { FLOWS } from "./support/flows.ts";
import { commandsOf, has, MOMENTS } from "./support/places.ts";

const PLACES: readonly Place[] = FLOWS.flatMap((flow) =>
  commandsOf(flow).flatMap((command) =>
    MOMENTS.filter((moment) => has(command, moment)).map((moment) => ({ flow, command, moment })),
  ),
);

/** Where time is dear: each flow, each kind of moment and each kind of command once or twice. */
const SELECTION = new Set([
  "TEAR-FIG4-DEBIT-WITHIN",
  "TEAR-FIG5-INITIALIZE-BEFORE",
  "TEAR-FIG7-DEBIT-UNANSWERED",
  "TEAR-RSA-SESSION-KEY-PULLED",
  "TEAR-BANK-CREDIT-WRITTEN",
  "TEAR-BANK-UNDONE-INITIALIZE-UNANSWERED",
  "TEAR-FUND-DONE-PREVIOUS-BEFORE",
  "TEAR-FUND-CREDIT-ANSWERED",
]);

export const cases: readonly Case[] = PLACES.map((place) => {
  const id = caseId("TEAR", { ...place });
  return tornCase(id, place, SELECTION.has(id) ? {} : { exhaustive: true });
});
