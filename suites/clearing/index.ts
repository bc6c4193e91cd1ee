/** Every case of clearing and administration (FIG 1). */
import type { Case } from "../define/case.ts";

export const cases: readonly Case[] = [];
