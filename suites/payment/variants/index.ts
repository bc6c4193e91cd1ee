import type { Case } from "../../define/case.ts";
import { cases as compare } from "./compare.suite.ts";
import { cases as confirm } from "./confirm.suite.ts";
import { cases as debit } from "./debit.suite.ts";
import { cases as draw } from "./draw.suite.ts";
import { cases as early } from "./early.suite.ts";
import { cases as expected } from "./expected.suite.ts";
import { cases as only } from "./only.suite.ts";
import { cases as reversal } from "./reversal.suite.ts";
import { cases as reversalLost } from "./reversal-lost.suite.ts";
import { cases as secret } from "./secret.suite.ts";
import { cases as store } from "./store.suite.ts";
import { cases as trips } from "./trips.suite.ts";

/** FIG 5 to 7: who compares S3. */
export const cases: readonly Case[] = [
  ...draw,
  ...expected,
  ...store,
  ...debit,
  ...trips,
  ...early,
  ...compare,
  ...confirm,
  ...only,
  ...secret,
  ...reversal,
  ...reversalLost,
];
