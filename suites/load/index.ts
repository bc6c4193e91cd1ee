/** Every case of loading value (FIG 15, FIG 17). */
import type { Case } from "../define/case.ts";

export const cases: readonly Case[] = [];
