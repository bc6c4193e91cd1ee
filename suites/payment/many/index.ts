/** Many purchases at once. */
import type { Case } from "../../define/case.ts";
import { cases as atOnce } from "./at-once.suite.ts";
import { cases as hostile } from "./hostile.suite.ts";
import { cases as queue } from "./queue.suite.ts";
import { cases as restart } from "./restart.suite.ts";

export const cases: readonly Case[] = [...atOnce, ...queue, ...hostile, ...restart];
