/** Many purchases at once. */
import type { Case } from "../../define/case.ts";
import { cases as atOnce } from "./at-once.suite.ts";

export const cases: readonly Case[] = [...atOnce];
