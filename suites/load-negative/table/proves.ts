import type { Source } from "../../load/support/sources.ts";
import { negativesOf } from "../support/requirements.ts";
import type { Place } from "./dimensions.ts";
import { endingOf } from "./oracle.ts";

/** The requirements that a cell could not pass without. */
export function requirementsOf(place: Place, source: Source): string[] {
  return negativesOf(source, ...endsOf(place));
}

function endsOf(place: Place): string[] {
  const { counter, s1, deed } = place;
  const { status, first, held } = endingOf(place);
  if (counter.difference < 0) return ["AMB-COUNTER-OTHER", "0131-b"];
  if (first === undefined) return ["0129-c", "AMB-DATE-TIME"];
  const isEqual = counter.difference === 0;
  const ends = isEqual
    ? ["0131-f", "0131-b", "0131-g", "0131-h", "0131-i", "0131-j", "AMB-S1-EQUAL"]
    : ["0132-a", "0131-b", "0132-b", "0132-c", "0132-d", "AMB-S1-UNEQUAL"];
  if (counter.difference > 1) ends.push("AMB-COUNTER-OTHER");
  if (first.isRight) ends.push("0131-k", "0131-l");
  else ends.push("0131-q", "AMB-S1-131-VS-132");
  if (held !== undefined && !held.isRight) ends.push("0129-b", "AMB-S3-RESULT");
  if (status === "not-loaded") ends.push(...(isEqual ? ["0131-m", "0131-n"] : ["0132-f", "0132-g"]), "AMB-DEBIT-ORDER");
  if (status === "loaded") ends.push(...(isEqual ? ["0131-o", "0131-p"] : ["0131-o", "0132-e"]));
  if (s1.id === "REPLAYED" && isEqual && deed.id === "LOADED") ends.push("AMB-S1-FRESH");
  return ends;
}
