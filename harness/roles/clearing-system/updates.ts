import { concat } from "../../core/bytes.ts";
import { deriveCollectionKey, encipherUpdateKey, signS6 } from "../../crypto/collection.ts";
import { encodeUnsignedUpdate, type UpdateContent } from "../../protocol/messages/psam-update.ts";
import { type ClearingStep, log, over } from "./answers.ts";
import type { ClearingConfig, ClearingInput, ClearingOutput, ClearingPhase } from "./effects.ts";
import { psamOf } from "./parties.ts";
import type { NewUpdate } from "./store/contracts.ts";
import type { UpdateOrder } from "./update-order.ts";

export type { UpdateOrder } from "./update-order.ts";

export function onIssue({ order, psams, date }: Extract<ClearingInput, { kind: "issue" }>): ClearingStep {
  return { state: { at: "numbering", order, psams, date }, outputs: [{ kind: "find-numbers", psams }] };
}

export function onNumbers(
  config: ClearingConfig,
  { order, psams, date }: Extract<ClearingPhase, { at: "numbering" }>,
  { last }: Extract<ClearingInput, { kind: "numbers" }>,
): ClearingStep {
  const updates: NewUpdate[] = psams.map((BATCHNO, index) => {
    const NTUPD = (last[index] ?? 0) + 1;
    return { BATCHNO, NTUPD, UPDATE: updateFor(config, BATCHNO, order, NTUPD, date), kind: order.kind };
  });
  const issued: ClearingOutput[] = updates.map(({ BATCHNO, NTUPD, kind }) =>
    log("update-issued", { BATCHNO, NTUPD, kind }),
  );
  return over([{ kind: "store-updates", updates }, ...issued]);
}

/** UPDATE with its S6, for a PSAM that is known. */
function updateFor(
  { parties, MKC }: ClearingConfig,
  BATCHNO: string,
  order: UpdateOrder,
  NTUPD: number,
  date: string,
): Uint8Array {
  const psam = psamOf(parties, BATCHNO) ?? { PPPSAM: BATCHNO.slice(0, 6), IDPSAM: BATCHNO.slice(8) };
  const KDC = deriveCollectionKey(MKC, psam);
  const unsigned = encodeUnsignedUpdate({ NTUPD, date, content: contentOf(KDC, order, NTUPD) });
  return concat(unsigned, signS6(KDC, psam, unsigned));
}

function contentOf(KDC: Uint8Array, order: UpdateOrder, NTUPD: number): UpdateContent {
  if (order.kind !== "set-key") return order;
  const { MKP, ...name } = order;
  return { ...name, enciphered: encipherUpdateKey(KDC, NTUPD, MKP) };
}
