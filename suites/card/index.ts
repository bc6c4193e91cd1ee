/** Every case of a purse card that is certified by itself. */
import type { Case } from "../define/case.ts";
import { cases as atr } from "./atr.suite.ts";
import { cases as balance } from "./balance.suite.ts";
import { cases as counters } from "./counters.suite.ts";
import { cases as creditAnswer } from "./credit-answer.suite.ts";
import { cases as creditSignature } from "./credit-signature.suite.ts";
import { cases as debitAnswer } from "./debit-answer.suite.ts";
import { cases as debitSignature } from "./debit-signature.suite.ts";
import { cases as headers } from "./headers.suite.ts";
import { cases as lengths } from "./lengths.suite.ts";
import { cases as life } from "./life.suite.ts";
import { cases as log } from "./log.suite.ts";
import { cases as order } from "./order.suite.ts";
import { cases as personalise } from "./personalise.suite.ts";
import { cases as precedence } from "./precedence.suite.ts";
import { cases as previous } from "./previous.suite.ts";
import { cases as publicKey } from "./public-key.suite.ts";
import { cases as random } from "./random.suite.ts";
import { cases as reset } from "./reset.suite.ts";
import { cases as secrets } from "./secrets.suite.ts";
import { cases as select } from "./select.suite.ts";
import { cases as timing } from "./timing.suite.ts";

export const cases: readonly Case[] = [
  ...atr,
  ...select,
  ...headers,
  ...lengths,
  ...precedence,
  ...order,
  ...life,
  ...personalise,
  ...debitSignature,
  ...debitAnswer,
  ...creditSignature,
  ...creditAnswer,
  ...counters,
  ...balance,
  ...log,
  ...previous,
  ...reset,
  ...random,
  ...secrets,
  ...publicKey,
  ...timing,
];
