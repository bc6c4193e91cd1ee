import { type Case, SUITES } from "../../suites/define/case.ts";
import { didYouMean } from "../bench/nearest.ts";
import { type Owner, PursebenchError } from "../core/errors.ts";
import type { RoleName } from "../core/trace.ts";

/** Roles that can be under test. */
export const IUT_ROLES = [
  "card",
  "psam",
  "reader",
  "terminal",
  "set-top-box",
  "head-end",
  "merchant",
  "payment-server",
  "head-end-payment-server",
  "concentrator",
  "bank-server",
  "load-server",
  "hsm",
  "concentration-point",
  "clearing-system",
] as const satisfies readonly RoleName[];

export interface Selection {
  readonly suites?: readonly string[] | undefined;
  readonly cases?: readonly string[] | undefined;
  readonly requirements?: readonly string[] | undefined;
  /** Only cases whose failure is this role's. */
  readonly iut?: RoleName | undefined;
}

/** The cases that `selection` names, in the order of the suite. Throws `USAGE` for a name that does not exist. */
export function selectCases(all: readonly Case[], selection: Selection): Case[] {
  const { suites = [], cases = [], requirements = [], iut } = selection;
  checkNames("suite", suites, SUITES);
  checkNames(
    "case",
    cases,
    all.map((each) => each.id),
  );
  checkNames("requirement", requirements, [...new Set(all.flatMap((each) => each.requirements))]);
  return all.filter(
    (each) =>
      (suites.length === 0 || suites.includes(each.suite)) &&
      (cases.length === 0 || cases.includes(each.id)) &&
      (requirements.length === 0 || requirements.some((id) => each.requirements.includes(id))) &&
      (iut === undefined || each.owner === ownerOf(iut)),
  );
}

/** Who owns a failure of that role. */
export function ownerOf(role: RoleName): Owner {
  switch (role) {
    case "card":
    case "psam":
    case "reader":
    case "terminal":
    case "bench":
      return role;
    default:
      return "server";
  }
}

/** A role by name. Throws `USAGE` with the nearest one. */
export function parseRole(text: string): RoleName {
  checkNames("role", [text], IUT_ROLES);
  return IUT_ROLES.find((role) => role === text) ?? "card";
}

function checkNames(what: string, wanted: readonly string[], known: readonly string[]): void {
  for (const name of wanted) {
    if (known.includes(name)) continue;
    const mend = known.length <= 24 ? `there is: ${known.join(", ")}` : "`pursebench cases` lists what there is";
    throw new PursebenchError("USAGE", `no ${what} "${name}"${didYouMean(name, known)}`, { mend });
  }
}
