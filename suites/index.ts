import type { Case } from "./define/case.ts";
import { cases as basePurchase } from "./payment/base-purchase.suite.ts";

/** Every case there is, suite by suite. */
export const cases: readonly Case[] = [...basePurchase];
