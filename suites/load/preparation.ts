/** Cases of account holder, head end and set-top box in a load. */
import type { Case } from "../define/case.ts";
import { cases as card } from "./871-872-card.suite.ts";
import { cases as limits } from "./873-limits.suite.ts";
import { cases as page } from "./874-page.suite.ts";
import { cases as request } from "./876-878-request.suite.ts";
import { cases as amount } from "./888-875-amount.suite.ts";
import { cases as confirmation } from "./891-892-confirmation.suite.ts";
import { cases as command } from "./893-883-command.suite.ts";
import { cases as money } from "./0135-money.suite.ts";
import { cases as additional } from "./1091-additional.suite.ts";
import { cases as general } from "./general.suite.ts";
import { cases as givenUp } from "./given-up.suite.ts";
import { cases as wiring } from "./wiring.suite.ts";

/**
 * Where time is dear each case runs for one source of funds, by turns, so that both figures are seen there; what differs between
 * the sources runs for each.
 */
const IN_REAL_TIME: ReadonlySet<string> = new Set([
  "LOAD-871-01-BANK",
  "LOAD-871-02-FUND",
  "LOAD-872-01-FUND-DIRECT",
  "LOAD-872-02-FUND",
  "LOAD-872-03-BANK",
  "LOAD-872-04-FUND",
  "LOAD-873-01-FUND",
  "LOAD-873-NO-FUNDS-BANK",
  "LOAD-873-FULL-FUND",
  "LOAD-873-CURRENCY-BANK",
  "LOAD-874-01-BANK",
  "LOAD-874-02-FUND",
  "LOAD-874-04-FUND",
  "LOAD-874-05-BANK",
  "LOAD-888-01-FUND-DIRECT",
  "LOAD-888-02-BANK",
  "LOAD-875-01-FUND",
  "LOAD-875-02-BANK",
  "LOAD-875-04-FUND",
  "LOAD-876-02-BANK",
  "LOAD-889-01-FUND",
  "LOAD-0122-01-BANK",
  "LOAD-877-01-FUND",
  "LOAD-878-01-BANK",
  "LOAD-894-01-FUND",
  "LOAD-883-01-BANK",
  "LOAD-891-01-BANK-DES",
  "LOAD-891-02-FUND",
  "LOAD-892-01-BANK",
  "LOAD-892-03-BANK",
  "LOAD-0135-02-BANK",
  "LOAD-1091-01",
  "LOAD-ENDED-01",
  "LOAD-0051-01-FUND",
  "LOAD-0001-01-BANK",
  "LOAD-1102-01-FUND",
]);

const all: readonly Case[] = [
  ...card,
  ...limits,
  ...page,
  ...amount,
  ...request,
  ...command,
  ...confirmation,
  ...money,
  ...givenUp,
  ...additional,
  ...wiring,
  ...general,
];

export const cases: readonly Case[] = all.map((each) =>
  IN_REAL_TIME.has(each.id) ? each : { ...each, needs: { ...each.needs, exhaustive: true } },
);
