/** Every case on the serial terminal alone, through its line (`serial-line.md`, `messages.md` 5). */
import type { Case } from "../define/case.ts";
import { cases as control } from "./control.suite.ts";
import { cases as draw } from "./draw.suite.ts";
import { cases as framing } from "./framing.suite.ts";
import { cases as messages } from "./messages.suite.ts";
import { cases as power } from "./power.suite.ts";
import { cases as recovery } from "./recovery.suite.ts";
import { cases as store } from "./store.suite.ts";
import { cases as waiting } from "./waiting.suite.ts";

export const cases: readonly Case[] = [
  ...framing,
  ...recovery,
  ...control,
  ...waiting,
  ...messages,
  ...draw,
  ...store,
  ...power,
];
