import type { Case } from "../define/case.ts";
import { cases as keys } from "./802-806-keys.suite.ts";
import { cases as page } from "./808-809-page.suite.ts";
import { cases as draw } from "./810-812-draw-request.suite.ts";
import { cases as debit } from "./816-819-debit.suite.ts";
import { cases as results } from "./820-results.suite.ts";
import { cases as merchant } from "./822-826-merchant.suite.ts";
import { cases as forged } from "./0065-forged.suite.ts";
import { cases as secrecy } from "./0065-secrecy.suite.ts";
import { cases as variants } from "./0115-variants.suite.ts";
import { cases as agreed } from "./agreed.suite.ts";
import { cases as altered } from "./altered.suite.ts";
import { cases as cableProvider } from "./cable-provider.suite.ts";
import { cases as forms } from "./forms.suite.ts";

/** The encryption layer (FIG 8, FIG 14), and the other forms of the confirmation. */
export const cases: readonly Case[] = [
  ...variants,
  ...secrecy,
  ...keys,
  ...page,
  ...draw,
  ...debit,
  ...results,
  ...merchant,
  ...forged,
  ...altered,
  ...agreed,
  ...forms,
  ...cableProvider,
];
