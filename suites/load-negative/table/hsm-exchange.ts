import type { CaseContext } from "../../define/case.ts";
import type { CardRequest } from "../../load/support/hsm.ts";
import { completionWord, negativeWord, noLoadWord, rightS3Word } from "../support/hsm-words.ts";
import type { Shown } from "./forgery.ts";
import type { Ending } from "./oracle.ts";

/** Every character that load server and HSM have to say to each other for that ending (`load.md` 5, `hsm-edge.md` 2). */
export function expectedWords(
  t: CaseContext,
  { first, held }: Ending,
  original: CardRequest,
  { answer, fresh }: Shown,
): string[] {
  if (first === undefined) return [];
  const BALIEP = first.balance === "original" ? original.card.BALIEP : fresh.card.BALIEP;
  const words = [negativeWord(t, original, fresh, BALIEP), first.isRight ? noLoadWord(t, original) : "DV01"];
  if (held === undefined) return words;
  const asLoaded = { CC: "0000", BALIEP: original.card.BALIEP + original.init.MLDA };
  const judged = held.as === "loaded" ? asLoaded : { CC: answer.CC, BALIEP: original.card.BALIEP };
  words.push(completionWord(t, original, { ...judged, S3: answer.S3 }));
  words.push(held.isRight ? rightS3Word(t, original, judged.CC) : "DP01");
  return words;
}
