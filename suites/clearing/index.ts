/** Every case of clearing and administration (FIG 1). */
import type { Case } from "../define/case.ts";
import { cases as hops } from "./hops.suite.ts";
import { cases as hostile } from "./hostile.suite.ts";
import { cases as judged } from "./judged.suite.ts";
import { cases as missed } from "./missed.suite.ts";
import { cases as moments } from "./moments.suite.ts";
import { cases as money } from "./money.suite.ts";
import { cases as psam } from "./psam.suite.ts";
import { cases as settled } from "./settled.suite.ts";
import { cases as updates } from "./updates.suite.ts";
import { cases as way } from "./way/matrix.suite.ts";

export const cases: readonly Case[] = [
  ...hops,
  ...settled,
  ...judged,
  ...missed,
  ...moments,
  ...updates,
  ...psam,
  ...way,
  ...money,
  ...hostile,
];
