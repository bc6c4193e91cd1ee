/** Every case on the security card alone (`psam-edge.md`). */
import type { Case } from "../define/case.ts";
import { cases as atr } from "./atr.suite.ts";
import { cases as cancel } from "./cancel.suite.ts";
import { cases as certificates } from "./certificates.suite.ts";
import { cases as collection } from "./collection.suite.ts";
import { cases as complete } from "./complete.suite.ts";
import { cases as debit } from "./debit.suite.ts";
import { cases as debitRefusals } from "./debit-refusals.suite.ts";
import { cases as endOfCollection } from "./end-of-collection.suite.ts";
import { cases as ends } from "./ends.suite.ts";
import { cases as initialise } from "./initialise.suite.ts";
import { cases as kept } from "./kept.suite.ts";
import { cases as lengths } from "./lengths.suite.ts";
import { cases as lists } from "./lists.suite.ts";
import { cases as order } from "./order.suite.ts";
import { cases as parameters } from "./parameters.suite.ts";
import { cases as precedence } from "./precedence.suite.ts";
import { cases as reading } from "./reading.suite.ts";
import { cases as reset } from "./reset.suite.ts";
import { cases as secrets } from "./secrets.suite.ts";
import { cases as selection } from "./selection.suite.ts";
import { cases as timing } from "./timing.suite.ts";
import { cases as totals } from "./totals.suite.ts";
import { cases as updates } from "./updates.suite.ts";

export const cases: readonly Case[] = [
  ...selection,
  ...parameters,
  ...lengths,
  ...precedence,
  ...order,
  ...reset,
  ...atr,
  ...initialise,
  ...certificates,
  ...debit,
  ...debitRefusals,
  ...reading,
  ...complete,
  ...cancel,
  ...kept,
  ...totals,
  ...collection,
  ...endOfCollection,
  ...updates,
  ...lists,
  ...ends,
  ...secrets,
  ...timing,
];
