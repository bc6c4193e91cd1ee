import type { Figures } from "./benchmarks.ts";
import { AIM } from "./purchases.ts";

/** One line of what, how much, and the ratio, for each figure. */
export function figuresText({ apdus, purchases, line }: Omit<Figures, "variants">): string {
  const { messageBytes, lineBytes, bytesRatio, leastMs, lineMs, timeRatio, openingBytes } = line;
  return [
    "APDUs a second, evidence on, over a plain C loop on the same virtual reader (aim 0.90):",
    `  ${apdus.ratio.toFixed(3)}   harness ${whole(apdus.harness)}, C ${whole(apdus.c)}; ${apdus.runs} runs of ${apdus.apdusPerRun} each, in turn`,
    `Base purchases a second in process, evidence on, over ${AIM} (aim 1):`,
    `  ${purchases.ofAim.toFixed(3)}   ${whole(purchases.perSecond)} by the clock, ${whole(purchases.perCpuSecond)} a second of processor time; ${whole(purchases.evidenceBytesPerPurchase)} bytes of evidence each`,
    "Serial line, one base purchase, over what its four messages need (1 is the least):",
    `  ${bytesRatio.toFixed(3)}   ${lineBytes} bytes for ${messageBytes}; opening the line ${openingBytes}, once`,
    `  ${timeRatio.toFixed(3)}   ${lineMs.toFixed(1)} ms for ${leastMs.toFixed(1)} at 9600 8E1`,
    "",
  ].join("\n");
}

function whole(value: number): string {
  return value.toFixed(0);
}
