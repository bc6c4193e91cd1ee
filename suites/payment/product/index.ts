import type { Case } from "../../define/case.ts";
import { cases as failed } from "./failed.suite.ts";
import { cases as whole } from "./whole.suite.ts";

/** Whole purchases, and refused ones: the product of all that a purchase may be. */
export const cases: readonly Case[] = [...whole, ...failed];
