/** How a disturbed purchase ends for those who took part: in time, with a word for the user that is true, and a reason in the logs. */
import type { RoleName } from "../../../harness/core/trace.ts";
import type { CaseContext } from "../../define/case.ts";
import { debitsSince } from "../support/conservation.ts";
import { logsOf } from "../support/observe.ts";
import type { Ended } from "./place.ts";

/** The longest that waits of `messages.md` 9 add up to for a user: head end, card put back, and what a killed server leaves to the others. */
const LONGEST_MS = 100_000;

/** Codes with which a purchase may end whose card was debited (`messages.md` 2): nothing in them says that it was not. */
const OPEN_CODES: readonly string[] = ["0000", "A007", "A008", "A010", "A018", "A019", "A01A"];

const REASONS: readonly (readonly [RoleName, string])[] = [
  ["head-end", "transaction-failed"],
  ["head-end", "check-failed"],
  ["payment-server", "draw-request-refused"],
  ["payment-server", "transaction-unresolved"],
  ["payment-server", "confirmation-sent"],
  ["head-end-payment-server", "draw-request-refused"],
  ["head-end-payment-server", "transaction-unresolved"],
  ["head-end-payment-server", "confirmation-sent"],
];

export function expectCleanEnd(t: CaseContext, { place, blow, start, seen, after }: Ended): void {
  const { scheme, word } = place;
  const about = { requirement: scheme.requirements[0] ?? "", at: seen.events.at(-1) };
  const took = (seen.events.at(-1)?.atMs ?? 0) - (seen.events[0]?.atMs ?? 0);
  t.expect.that(took <= LONGEST_MS, "the purchase ended within its time", {
    ...about,
    actual: `${Math.round(took)} ms`,
  });
  const { CC, IDTRX } = seen.outcome;
  // What the head end says to the user is not protected beyond the link itself: altered there, it may say anything.
  const isToldTruth = !(word.link === "cable" && word.from === "head-end");
  const isDebited = debitsSince(start, after.purse).length > 0;
  if (isDebited && isToldTruth) t.expect.oneOf("what the user of a debited card is told", CC, OPEN_CODES, about);
  const sale = after.sales.find((each) => each.IDTRX === IDTRX);
  if (CC === "0000" && isToldTruth)
    t.expect.equal("sale of a user who is told of success", sale?.status, "released", about);
  if (sale === undefined || sale.status === "released" || blow.kills === "head-end") return;
  const reasons = REASONS.flatMap(([role, entry]) => logsOf(seen, role, entry));
  const codes = reasons.map(({ fields }) => fields.CC);
  t.expect.that(codes.length > 0, "the logs say why the purchase failed", { ...about, actual: codes });
}
