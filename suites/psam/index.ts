import type { Case } from "../define/case.ts";

export const cases: readonly Case[] = [];
