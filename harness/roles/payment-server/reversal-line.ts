import { codeOfAnswer } from "./terminal-outcome.ts";

/** The log entry for what a terminal said to a reversal (undefined: nothing); `9415` where there was nothing to be reversed. */
export function reversalLine(IDTRX: string, IDTERM: string, answer: Uint8Array | undefined) {
  const CC = answer === undefined ? "A008" : codeOfAnswer(answer);
  return { entry: CC === "0000" ? "transaction-reversed" : "reversal-not-made", IDTRX, fields: { IDTERM, CC } };
}
