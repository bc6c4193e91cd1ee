/** Every case of sales by the cable provider (FIG 16). */
import type { Case } from "../define/case.ts";
import { cases as comparison } from "./comparison.suite.ts";
import { cases as delivery } from "./delivery.suite.ts";
import { cases as failure } from "./failure.suite.ts";
import { cases as module } from "./module.suite.ts";
import { cases as processing } from "./processing.suite.ts";
import { cases as provider } from "./provider.suite.ts";
import { cases as result } from "./result.suite.ts";
import { cases as routing } from "./routing.suite.ts";
import { cases as user } from "./user.suite.ts";

export const cases: readonly Case[] = [
  ...user,
  ...delivery,
  ...module,
  ...routing,
  ...provider,
  ...processing,
  ...result,
  ...comparison,
  ...failure,
];
