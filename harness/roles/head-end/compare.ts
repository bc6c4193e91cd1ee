/** COMPARE 02: the head end, a trusted agent of the merchant, compares and decides (FIG 6; messages.md 3a). */
import { toHex } from "../../core/bytes.ts";
import { agentClearKey, clearConfirmation } from "../../crypto/confirmation.ts";
import { sameResponse } from "../../crypto/expected-signature.ts";
import { readDebitData } from "../../protocol/messages/debit-data.ts";
import type { DebitResponse } from "../../protocol/messages/layouts.ts";
import { postConfirmation } from "./deliver.ts";
import { fail, log } from "./fail.ts";
import { passOn } from "./pass-on.ts";
import type { HeadEndState } from "./state.ts";
import { after, type HeadEndStep } from "./step.ts";

/** The security card's word for a card that did not debit (psam-edge.md 4.4). */
export const NOT_DEBITED = "9404";

/** A confirmation that no terminal stands behind (keys-and-signatures.md 6). */
const NO_TERMINAL = "00000000";

/** Compares the card's answer with the expected one (732), and goes on as that ends. */
export function compare(state: HeadEndState, { CARDRSP, SW }: DebitResponse): HeadEndStep {
  const { command, repeated } = state;
  if (!command?.EXPECTED) return fail(state, "A00A");
  if (CARDRSP.length === 0) return isRefusal(SW) ? confirm(state, NOT_DEBITED) : fail(state, "A01A");
  const equal = sameResponse(CARDRSP, command.EXPECTED);
  const compared = log(state, "signatures-compared", "732", { equal });
  if (equal) return after([compared], confirm({ ...state, verdict: "0000" }, "0000"));
  if (!repeated) return after([compared], passOn({ ...state, repeated: true }, command));
  const CC = toHex(CARDRSP.subarray(0, 2));
  return after([compared], CC === "0000" ? fail({ ...state, verdict: "9302" }, "A01A") : confirm(state, CC));
}

/** A status word without data says that the card did not debit, or it says nothing (messages.md 5). */
export function isRefusal(SW: string): boolean {
  return !/^(0000|9000|6[123]..)$/.test(SW);
}

/** The head end's own confirmation (734), a negative one too: the merchant learns of the failure. */
function confirm(state: HeadEndState, CC: string): HeadEndStep {
  const { page, command, config } = state;
  const KTA = page && config.trustedAgent?.(page.IDMER);
  const debit = command && readDebitData(command.DEBITDATA);
  if (!KTA || !debit?.ok) return fail(state, "A00B");
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = page;
  const { NTPSAM, DTHR } = debit.value;
  const sale = { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA };
  const said = clearConfirmation(agentClearKey(KTA, IDTRX), { ...sale, CC, IDTERM: NO_TERMINAL, NTPSAM, DTHR });
  const form = [
    ["transaction-id", IDTRX],
    ["clear-confirmation", toHex(said)],
  ] as const;
  const made = log(state, "confirmation-made", "734", { CC });
  return after([made], postConfirmation(state, CC === "0000" ? undefined : CC, form));
}
