/** Every case of a purse card that is certified by itself. */
import type { Case } from "../define/case.ts";
import { cases as atr } from "./atr.suite.ts";
import { cases as headers } from "./headers.suite.ts";
import { cases as lengths } from "./lengths.suite.ts";
import { cases as order } from "./order.suite.ts";
import { cases as select } from "./select.suite.ts";

export const cases: readonly Case[] = [...atr, ...select, ...headers, ...lengths, ...order];
