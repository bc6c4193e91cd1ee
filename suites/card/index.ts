/** Every case of a purse card that is certified by itself. */
import type { Case } from "../define/case.ts";
import { cases as atr } from "./atr.suite.ts";
import { cases as creditAnswer } from "./credit-answer.suite.ts";
import { cases as creditSignature } from "./credit-signature.suite.ts";
import { cases as debitAnswer } from "./debit-answer.suite.ts";
import { cases as debitSignature } from "./debit-signature.suite.ts";
import { cases as headers } from "./headers.suite.ts";
import { cases as lengths } from "./lengths.suite.ts";
import { cases as order } from "./order.suite.ts";
import { cases as select } from "./select.suite.ts";

export const cases: readonly Case[] = [
  ...atr,
  ...select,
  ...headers,
  ...lengths,
  ...order,
  ...debitSignature,
  ...debitAnswer,
  ...creditSignature,
  ...creditAnswer,
];
