import type { Pics } from "../../harness/bench/pics.ts";
import type { Case } from "./case.ts";

/** Why a case does not apply to a device that claims no more than `pics`; undefined where it does, or is about another device. */
export function whyNotClaimed({ owner, needs }: Case, pics: Pics | undefined): string | undefined {
  if (!pics || pics.role !== owner || !needs) return undefined;
  switch (pics.role) {
    case "card":
      if (pics.claims.personalise === false && needs.cards?.includes("supplied")) {
        return "the PICS claims no PERSONALISE (C.8)";
      }
      return protocolNotClaimed(needs.protocol, pics.claims.protocols, "C.3");
    case "psam":
      return protocolNotClaimed(needs.protocol, pics.claims.protocols, "P.2");
    case "reader":
      if (needs.slots !== undefined && needs.slots > (pics.claims.slots ?? needs.slots)) {
        return `the PICS claims ${pics.claims.slots} slots (R.1), and the case needs ${needs.slots}`;
      }
      return protocolNotClaimed(needs.protocol, pics.claims.protocols, "R.2");
    default:
      return undefined;
  }
}

function protocolNotClaimed(
  needed: string | undefined,
  claimed: readonly string[] | undefined,
  item: string,
): string | undefined {
  if (needed === undefined || claimed === undefined || claimed.includes(needed)) return undefined;
  return `the PICS claims no ${needed} (${item})`;
}
