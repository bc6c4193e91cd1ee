/** Every case of power that is cut. */
import type { Case } from "../define/case.ts";
import { cases as matrix } from "./matrix.suite.ts";

export const cases: readonly Case[] = [...matrix];
