import type { Case } from "../../define/case.ts";
import { cases as cardOrder } from "./card-order.suite.ts";
import { cases as cardRefuses } from "./card-refuses.suite.ts";
import { cases as handing } from "./handing.suite.ts";
import { cases as lastDay } from "./last-day.suite.ts";
import { cases as late } from "./late.suite.ts";
import { cases as mixed } from "./mixed.suite.ts";
import { cases as otherKey } from "./other-key.suite.ts";
import { cases as psamRefuses } from "./psam-refuses.suite.ts";
import { cases as reach } from "./reach.suite.ts";
import { cases as reading } from "./reading.suite.ts";
import { cases as sessionKey } from "./session-key.suite.ts";
import { cases as way } from "./way.suite.ts";

/** Public key cards, and every algorithm beside the others. */
export const cases: readonly Case[] = [
  ...reading,
  ...handing,
  ...sessionKey,
  ...psamRefuses,
  ...lastDay,
  ...cardRefuses,
  ...cardOrder,
  ...way,
  ...otherKey,
  ...late,
  ...reach,
  ...mixed,
];
