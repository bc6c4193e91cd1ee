/** Cases of a load up to the load request: account holder, head end and set-top box. */
import type { Case } from "../define/case.ts";
import { cases as card } from "./871-872-card.suite.ts";
import { cases as limits } from "./873-limits.suite.ts";
import { cases as page } from "./874-page.suite.ts";

export const cases: readonly Case[] = [...card, ...limits, ...page];
