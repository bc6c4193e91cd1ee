/** Every case of loading value (FIG 15, FIG 17). */
import type { Case } from "../define/case.ts";
import { cases as execution } from "./execution.ts";
import { cases as faults } from "./faults/matrix.suite.ts";
import { cases as hostile } from "./hostile.suite.ts";
import { cases as many } from "./many.suite.ts";
import { cases as preparation } from "./preparation.ts";
import { cases as replayed } from "./replayed.suite.ts";

export const cases: readonly Case[] = [...preparation, ...execution, ...faults, ...replayed, ...many, ...hostile];
