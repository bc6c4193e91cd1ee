import { concat } from "../../../harness/core/bytes.ts";
import type { Disturbance } from "../../../harness/flows/system.ts";
import { encodeBalance, parseGetBalanceResponse } from "../../../harness/protocol/messages/get-balance.ts";
import type { CaseContext } from "../../define/case.ts";

const GET_BALANCE = 0x5c;

/** The card's balance report says that it is empty: the account holder then offers more than the card takes, which says 940B itself. */
export function understated(t: CaseContext): Disturbance {
  return t.system.disturb({
    link: "235",
    from: "card",
    message: GET_BALANCE,
    act: (response) => {
      const said = parseGetBalanceResponse(response);
      return said.kind === "answer"
        ? concat(encodeBalance({ ...said.value, BALIEP: 0 }), response.subarray(-2))
        : response;
    },
    what: "balance report says that the card is empty",
  });
}
