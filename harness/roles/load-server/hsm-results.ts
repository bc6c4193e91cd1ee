import { HSM_RESULT_KINDS } from "../../crypto/hsm-result.ts";
import { HSM_ERRORS, isGood, parseHsmAnswer } from "../../protocol/hsm/answers.ts";
import type { Context } from "./context.ts";
import type { LoadOutput } from "./effects.ts";
import { expectedResult } from "./elements.ts";
import { log, logHsm } from "./outputs.ts";
import type { SentLoad } from "./phase.ts";

/** What the HSM's answer about a signature comes to. `trouble`: no answer, or none to rely on. */
export interface HsmVerdict {
  readonly verdict: "right" | "wrong" | "trouble";
  readonly outputs: readonly LoadOutput[];
}

/** The answer to DO, over that CC. `body`: undefined where there was no answer. */
export function verdictOnS3(context: Context, load: SentLoad, CC: string, body: string | undefined): HsmVerdict {
  const said = body === undefined ? undefined : parseHsmAnswer("DO", body);
  const isAbout = said !== undefined && isGood(said) && said.KIND === HSM_RESULT_KINDS["s3-right"] && said.CC === CC;
  const isWord = isAbout && isWordOfHsm(context, load, "s3-right", CC, said.HRES);
  return verdict(load, "DO", said?.error, isWord);
}

/** The answer to DU. */
export function verdictOnNegative(context: Context, load: SentLoad, body: string | undefined): HsmVerdict {
  const said = body === undefined ? undefined : parseHsmAnswer("DU", body);
  const isAbout = said !== undefined && isGood(said) && said.KIND === HSM_RESULT_KINDS["no-load"];
  const isWord = isAbout && isWordOfHsm(context, load, "no-load", "0000", said.HRES);
  return verdict(load, "DU", said?.error, isWord);
}

function isWordOfHsm(
  { crypto, settings }: Context,
  load: SentLoad,
  kind: "s3-right" | "no-load",
  CC: string,
  HRES: string,
): boolean {
  return crypto.isHsmResult(settings.KLS, expectedResult(load, kind, CC), HRES);
}

function verdict(load: SentLoad, command: string, error: string | undefined, isWord: boolean): HsmVerdict {
  const heard = logHsm(load.IDTRX, command, error);
  if (error === HSM_ERRORS.signature) return { verdict: "wrong", outputs: [heard] };
  if (error !== "00") return { verdict: "trouble", outputs: [heard] };
  if (isWord) return { verdict: "right", outputs: [heard] };
  return { verdict: "trouble", outputs: [heard, log("hsm-result-wrong", undefined, load.IDTRX)] };
}
