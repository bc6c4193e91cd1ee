import { acquirerAccount, merchantAccount, poolAccount } from "../../accounts/names.ts";
import type { Account, Transfer } from "../../accounts/transfer.ts";
import { type ClearingStep, log, over } from "./answers.ts";
import type { ClearingInput } from "./effects.ts";
import { reportOf, type SettlementReport } from "./report.ts";

/**
 * Settlement (`clearing.md` 5): which members belong to it is stored first; the ledger then moves all sums in one unit of work, each
 * once however often it is asked; then they are called settled. One that was interrupted is taken up again under its number.
 */
export function beginSettlement(): ClearingStep {
  return { state: { at: "settling" }, outputs: [{ kind: "begin-settlement" }] };
}

export function onSettlement({ settlement }: Extract<ClearingInput, { kind: "settlement" }>): ClearingStep {
  if (settlement === undefined) return over([]);
  const report = reportOf(settlement.N, settlement.members);
  const book = { kind: "book", accounts: accountsOf(report), transfers: transfersOf(report) } as const;
  return { state: { at: "booking", report }, outputs: [book] };
}

export function onBooked(
  report: SettlementReport,
  { booking }: Extract<ClearingInput, { kind: "booked" }>,
): ClearingStep {
  const { N, sums, issuers } = report;
  if (booking.kind === "refused") {
    const reason = `${booking.reference}: ${booking.why}`;
    return over([log("settlement-refused", { N, reason }), { kind: "abandon-settlement", N, reason }]);
  }
  const settled = sums.map(({ CURR, CEXP, sum, count }) => log("settled", { N, sum, CURR, CEXP, members: count }));
  return over([...(issuers.length === 0 ? [] : settled), { kind: "finish-settlement", report }]);
}

/** Pool to acquirer in one sum each, then each merchant's own sales. */
export function transfersOf({ N, issuers, merchants }: SettlementReport): readonly Transfer[] {
  return [
    ...issuers.map(({ PPIEP, IDACQUIRER, CURR, CEXP, sum }) => ({
      reference: `settlement/${N}/${PPIEP}/${IDACQUIRER}/${CURR}`,
      from: poolAccount(PPIEP),
      to: acquirerAccount(IDACQUIRER),
      amount: sum,
      CURR,
      CEXP,
    })),
    ...merchants.map(({ IDMER, IDACQUIRER, CURR, CEXP, sum }) => ({
      reference: `settlement/${N}/${IDMER}/${CURR}`,
      from: acquirerAccount(IDACQUIRER),
      to: merchantAccount(IDMER),
      amount: sum,
      CURR,
      CEXP,
    })),
  ];
}

/** Those that get money: a pool without an account has none. */
function accountsOf({ acquirers, merchants }: SettlementReport): readonly Account[] {
  return [
    ...acquirers.map(({ IDACQUIRER, CURR, CEXP }) => ({ account: acquirerAccount(IDACQUIRER), CURR, CEXP })),
    ...merchants.map(({ IDMER, CURR, CEXP }) => ({ account: merchantAccount(IDMER), CURR, CEXP })),
  ];
}
