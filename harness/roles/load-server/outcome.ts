import { fromHex } from "../../core/bytes.ts";
import { type LoadConfirmation, NEVER_RECEIVED } from "../../crypto/load-confirmation.ts";
import { parseLoadInit } from "../../protocol/messages/load-init.ts";
import type { LoadRecord, NewLoad } from "./database/contracts.ts";
import type { LoadInput } from "./effects.ts";
import { ignored, log, over, sendRefusal } from "./outputs.ts";
import type { PhaseAt, PhaseStep } from "./phase.ts";

/** How a load ended is said as the database has it (890): two threads can never say different things of one load. */

/** What is known of a load whose request was never received. */
export const NEVER = {
  ACCOUNT: null,
  status: "void",
  MLDA: NEVER_RECEIVED.MLDA,
  CURRLDA: NEVER_RECEIVED.CURRLDA,
  CEXPLDA: NEVER_RECEIVED.CEXPLDA,
  PPIEP: NEVER_RECEIVED.PPIEP,
  IDIEP: NEVER_RECEIVED.IDIEP,
  NTIEP: NEVER_RECEIVED.NTIEP,
  LOADINIT: "",
  LOADRSP: "",
  CC: "A009",
} as const satisfies Partial<NewLoad>;

export function onOutcome(phase: PhaseAt<"outcome">, input: LoadInput): PhaseStep {
  if (input.kind !== "row") return ignored(phase);
  return input.row === undefined ? over([{ kind: "end" }]) : announce(input.row);
}

/** EF for a load that has ended, EE `A01A` for one that has not. */
export function announce(row: LoadRecord): PhaseStep {
  const { IDMER, IDTRX, CC } = row;
  const isEnded = ["loaded", "not-loaded", "refused", "void"].includes(row.status);
  if (!isEnded || CC === null) return over([sendRefusal(IDTRX, "A01A"), { kind: "end" }]);
  return over([
    log("confirmation-sent", "890", IDTRX, { IDMER, CC }),
    { kind: "send-result", confirmation: confirmationOf(row, CC) },
    { kind: "end" },
  ]);
}

function confirmationOf(row: LoadRecord, CC: string): LoadConfirmation {
  const { IDMER, IDTRX, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP } = row;
  const init = parseLoadInit(fromHex(row.LOADINIT));
  const DTHR = init.ok ? init.value.DTHR : NEVER_RECEIVED.DTHR;
  return { IDMER, IDTRX, CC, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP, DTHR };
}
