/** What load server and HSM said to each other, and what each has to say (`hsm-edge.md`). Codes with what follows: "DU…", "DV01". */
import { loadAlgorithm } from "../../../harness/crypto/load-keys.ts";
import { encodeHsmCommand, type HsmCommand, type HsmRequest } from "../../../harness/protocol/hsm/commands.ts";
import type { CaseContext } from "../../define/case.ts";
import type { CardRequest } from "../../load/support/hsm.ts";
import { hsmFrames } from "../../load/support/observe.ts";
import { cryptogram, expectedResult } from "../../load/support/signatures.ts";

/** Every frame, in order. */
export function hsmWords(seen: Parameters<typeof hsmFrames>[0]): readonly string[] {
  return hsmFrames(seen).map(({ code, body }) => code + body);
}

function word(command: HsmCommand): string {
  return command.code + encodeHsmCommand(command);
}

/** REQ: the original request, with the issuer's key. */
function requestOf(t: CaseContext, { init, card }: CardRequest): HsmRequest {
  const { PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R, S1, VKIEP, ALGIEP } = card;
  const ALGL = loadAlgorithm(ALGIEP);
  return { ...init, KML: cryptogram(t, card), PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R, S1, VKIEP, ALGL };
}

/** DO over an answer of the card. */
export function completionWord(
  t: CaseContext,
  original: CardRequest,
  completion: { readonly CC: string; readonly BALIEP: number; readonly S3: string },
): string {
  return word({ code: "DO", request: requestOf(t, original), completion });
}

/** DU; `BALIEP`: what the load server has to take for the balance. The counter is lowered to that of the original. */
export function negativeWord(t: CaseContext, original: CardRequest, fresh: CardRequest, BALIEP: number): string {
  const { MLDA, DTHR, IDTRX } = fresh.init;
  const { NTIEP, R, S1 } = fresh.card;
  return word({
    code: "DU",
    request: requestOf(t, original),
    lowered: original.card.NTIEP,
    fresh: { NTIEP, MLDA, BALIEP, R, DTHR, IDTRX, S1 },
  });
}

/** DV with the HSM's word that nothing was loaded. */
export function noLoadWord(t: CaseContext, original: CardRequest): string {
  return `DV00${expectedResult(t, original, "no-load", "0000")}02`;
}

/** DP with its word that S3 is right for that code. */
export function rightS3Word(t: CaseContext, original: CardRequest, CC: string): string {
  return `DP00${expectedResult(t, original, "s3-right", CC)}01${CC}`;
}
