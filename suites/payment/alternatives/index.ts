/** Every case of the alternatives that the seed leaves open: terminals, confirmation, card, units. */
import type { Case } from "../../define/case.ts";
import { cases as direct } from "./direct.suite.ts";
import { cases as directTrouble } from "./direct-trouble.suite.ts";
import { cases as dumb } from "./dumb.suite.ts";
import { cases as straight } from "./straight.suite.ts";
import { cases as units } from "./units.suite.ts";
import { cases as virtual } from "./virtual.suite.ts";

export const cases: readonly Case[] = [...dumb, ...straight, ...direct, ...directTrouble, ...virtual, ...units];
