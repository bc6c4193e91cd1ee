/** Cases of a load up to the load request: account holder, head end and set-top box. */
import type { Case } from "../define/case.ts";
import { cases as card } from "./871-872-card.suite.ts";
import { cases as limits } from "./873-limits.suite.ts";
import { cases as page } from "./874-page.suite.ts";
import { cases as request } from "./876-878-request.suite.ts";
import { cases as amount } from "./888-875-amount.suite.ts";

export const cases: readonly Case[] = [...card, ...limits, ...page, ...amount, ...request];
