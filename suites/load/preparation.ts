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

export const cases: readonly Case[] = [
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
