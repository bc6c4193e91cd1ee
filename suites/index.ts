import type { Case } from "./define/case.ts";

/** Every case there is, suite by suite. */
export const cases: readonly Case[] = [];
