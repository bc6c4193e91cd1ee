/** Every case of clearing and administration (FIG 1). */
import type { Case } from "../define/case.ts";
import { cases as hops } from "./hops.suite.ts";
import { cases as settled } from "./settled.suite.ts";
import { cases as way } from "./way/matrix.suite.ts";

export const cases: readonly Case[] = [...hops, ...settled, ...way];
