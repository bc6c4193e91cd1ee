import { toHex } from "../../core/bytes.ts";
import type { Atr } from "./parse-atr.ts";

/** An answer to reset in words, one statement a line. */
export function describeAtr(atr: Atr): readonly string[] {
  const lines = [
    `ATR ${toHex(atr.bytes)}`,
    `${atr.convention} convention`,
    `protocols ${atr.protocols.map((protocol) => `T=${protocol}`).join(", ")}; starts with T=${atr.firstProtocol}`,
    `Fi ${atr.fi ?? "reserved"}, Di ${atr.di ?? "reserved"}, clock up to ${atr.maxClockKhz ?? "?"} kHz, N ${atr.n}`,
  ];
  if (atr.specificMode !== undefined) {
    lines.push(`specific mode, ${atr.specificMode.canChange ? "changeable" : "fixed"}`);
  }
  if (atr.protocols.includes(0)) lines.push(`T=0: WI ${atr.wi}`);
  if (atr.t1 !== undefined) {
    lines.push(`T=1: IFSC ${atr.t1.ifsc}, BWI ${atr.t1.bwi}, CWI ${atr.t1.cwi}, EDC ${atr.t1.edc}`);
  }
  lines.push(atr.historical.length === 0 ? "no historical bytes" : `historical bytes ${toHex(atr.historical)}`);
  if (atr.tck !== undefined) lines.push(`TCK ${toHex(Uint8Array.of(atr.tck))}, right`);
  return [...lines, ...atr.anomalies.map((anomaly) => `anomaly: ${anomaly}`)];
}
