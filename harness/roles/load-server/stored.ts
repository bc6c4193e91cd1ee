import type { LoadInquiry, LoadRecovery } from "../../protocol/messages/layouts.ts";
import { parseLoadResponse } from "../../protocol/messages/load-response.ts";
import { onCardAnswer } from "./await-answer.ts";
import type { Context } from "./context.ts";
import type { LoadRecord } from "./database/contracts.ts";
import type { LoadInput } from "./effects.ts";
import { storedLoad } from "./elements.ts";
import { announce, NEVER } from "./outcome.ts";
import { ignored, log, over, refuse, sendRefusal } from "./outputs.ts";
import type { PhaseAt, PhaseStep, StoredOpening } from "./phase.ts";

/** What is asked about a load of an earlier channel: by the head end (recovery), by the account holder (inquiry). */

export function onRecovery(context: Context, message: LoadRecovery): PhaseStep {
  const { SOURCE, IDMER, IDTRX, CARDRSP, SW } = message;
  const card = parseLoadResponse(message.LOADRSP);
  if (context.contract === undefined) return refuse(IDTRX, "A00B");
  if (!card.ok || (CARDRSP.length > 0 && SW !== "9000")) return refuse(IDTRX, "A001");
  return find({ kind: "recovery", name: { IDMER, IDTRX }, SOURCE, NTIEP: card.value.NTIEP, CARDRSP, SW });
}

export function onInquiry({ contract }: Context, { IDMER, IDTRX }: LoadInquiry): PhaseStep {
  return contract === undefined ? refuse(IDTRX, "A00B") : find({ kind: "inquiry", name: { IDMER, IDTRX } });
}

function find(opening: StoredOpening): PhaseStep {
  return { state: { at: "stored", opening }, outputs: [{ kind: "find-load", name: opening.name }] };
}

export function onStored(context: Context, phase: PhaseAt<"stored">, input: LoadInput): PhaseStep {
  if (input.kind !== "row") return ignored(phase);
  const { opening } = phase;
  const { row } = input;
  if (row === undefined) return never(context, opening);
  if (opening.kind === "inquiry" || row.status === "void") return announce(row);
  if (row.NTIEP !== opening.NTIEP) return refuseRecovery(opening, "A009");
  const isOpen = row.status === "unresolved" || row.status === "command-sent";
  return isOpen ? takeUp(context, opening, row, input) : announce(row);
}

/** Nothing may be loaded under this identifier any more. */
function never({ contract }: Context, { name }: StoredOpening): PhaseStep {
  const SOURCE = contract?.source === "pre-funded" ? 2 : 1;
  return {
    state: { at: "outcome" },
    outputs: [log("load-void", undefined, name.IDTRX), { kind: "void", row: { ...NEVER, ...name, SOURCE } }],
  };
}

/** What an earlier thread left open is completed. */
function takeUp(
  context: Context,
  opening: Extract<StoredOpening, { kind: "recovery" }>,
  row: LoadRecord,
  input: LoadInput,
): PhaseStep {
  const load = storedLoad(row, context.settings.cryptograms);
  if (load === undefined) return refuseRecovery(opening, "A01A"); // its key is not served at present
  const { CARDRSP, SW, name } = opening;
  return (
    onCardAnswer(context, load, { IDTRX: name.IDTRX, CARDRSP, SW }, input.fresh) ?? refuseRecovery(opening, "A001")
  );
}

function refuseRecovery({ name }: StoredOpening, CC: string): PhaseStep {
  const { IDTRX } = name;
  return over([log("recovery-refused", undefined, IDTRX, { CC }), sendRefusal(IDTRX, CC), { kind: "end" }]);
}
