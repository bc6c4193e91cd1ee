/** Every case of a card reader that is certified by itself. */
import type { Case } from "../define/case.ts";
import { cases as apdu } from "./apdu.suite.ts";
import { cases as atr } from "./atr.suite.ts";
import { cases as detection } from "./detection.suite.ts";
import { cases as protocol } from "./protocol.suite.ts";
import { cases as pulled } from "./pulled.suite.ts";
import { cases as reset } from "./reset.suite.ts";
import { cases as slots } from "./slots.suite.ts";
import { cases as t1Errors } from "./t1-errors.suite.ts";
import { cases as traffic } from "./traffic.suite.ts";
import { cases as waiting } from "./waiting.suite.ts";

export const cases: readonly Case[] = [
  ...detection,
  ...atr,
  ...protocol,
  ...apdu,
  ...t1Errors,
  ...waiting,
  ...reset,
  ...pulled,
  ...slots,
  ...traffic,
];
