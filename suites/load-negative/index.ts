/** Every case of negative results of a load. */
import type { Case } from "../define/case.ts";
import { cases as genuine } from "./genuine.suite.ts";
import { cases as mismatch } from "./mismatch.suite.ts";
import { cases as odd } from "./odd.suite.ts";
import { cases as table } from "./table/table.suite.ts";
import { cases as tampered } from "./tampered.suite.ts";
import { cases as trouble } from "./trouble.suite.ts";
import { cases as unanswered } from "./unanswered.suite.ts";

export const cases: readonly Case[] = [
  ...genuine,
  ...table,
  ...mismatch,
  ...odd,
  ...tampered,
  ...trouble,
  ...unanswered,
];
