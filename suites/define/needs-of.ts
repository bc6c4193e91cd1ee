import type { PreflightNeeds } from "../../harness/flows/station.ts";
import type { Case, Suite } from "./case.ts";

/** What has to be there for these cases; undefined: all of the system. */
export function needsOf(cases: readonly Case[]): PreflightNeeds | undefined {
  if (cases.some(({ on }) => on !== "devices")) return undefined;
  const has = (suite: Suite) => cases.some((each) => each.suite === suite);
  return { card: has("card"), psam: has("psam"), reader: has("reader"), terminals: has("terminal") };
}
