/** Every case of a card reader that is certified by itself. */
import type { Case } from "../define/case.ts";
import { cases as apdu } from "./apdu.suite.ts";
import { cases as atr } from "./atr.suite.ts";
import { cases as detection } from "./detection.suite.ts";
import { cases as protocol } from "./protocol.suite.ts";

export const cases: readonly Case[] = [...detection, ...atr, ...protocol, ...apdu];
