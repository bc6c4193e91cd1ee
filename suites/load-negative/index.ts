/** Every case of negative results of a load. */
import type { Case } from "../define/case.ts";

export const cases: readonly Case[] = [];
