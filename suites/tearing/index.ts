/** Every case of power that is cut, and of a card's life: from its supplier to its last transaction. */
import type { Case } from "../define/case.ts";
import { cases as lifeCycle } from "./life-cycle.suite.ts";
import { cases as log } from "./log.suite.ts";
import { cases as matrix } from "./matrix.suite.ts";
import { cases as personalise } from "./personalise.suite.ts";

export const cases: readonly Case[] = [...matrix, ...personalise, ...lifeCycle, ...log];
