/** Every case of negative results of a load. */
import type { Case } from "../define/case.ts";
import { cases as genuine } from "./genuine.suite.ts";
import { cases as mismatch } from "./mismatch.suite.ts";
import { cases as table } from "./table/table.suite.ts";

export const cases: readonly Case[] = [...genuine, ...table, ...mismatch];
