/** Verdicts on times: a bench that measures too coarsely for a limit says so instead of pass or fail. */
import type { LinkName } from "../../harness/core/trace.ts";
import type { Latency } from "../../harness/flows/station.ts";
import type { About, Expect } from "./expect.ts";
import { Inconclusive } from "./failures.ts";

/** What was measured at the bench before the first case. */
export interface BenchFacts {
  /** Of that link; with several of the kind the one that spreads most. Undefined where time is virtual, or the link was not measured. */
  latency(link: LinkName): Latency | undefined;
}

export interface Timing {
  /**
   * `measuredMs` must not be above `limitMs`. Within the uncertainty of `link` around the limit the case is inconclusive, with the
   * figures; without a measured link there is none.
   */
  judge(what: string, measuredMs: number, limitMs: number, about?: About & { readonly link?: LinkName }): void;
}

export function benchFacts(latencies: readonly Latency[]): BenchFacts {
  return {
    latency: (link) =>
      latencies
        .filter((each) => each.link === link)
        .reduce<Latency | undefined>(
          (most, each) => (most && uncertaintyMs(most) >= uncertaintyMs(each) ? most : each),
          undefined,
        ),
  };
}

/** By how much a single time may be wrong, ms: as far as 99 of 100 cheap exchanges lie apart, and one step of the clock. */
export function uncertaintyMs({ minMs, p99Ms, resolutionMs }: Latency): number {
  return p99Ms - minMs + resolutionMs;
}

export function timing(expect: Pick<Expect, "that">, bench: BenchFacts): Timing {
  return {
    judge(what, measuredMs, limitMs, { link = "235", ...about } = {}) {
      const latency = bench.latency(link);
      const doubtMs = latency ? uncertaintyMs(latency) : 0;
      if (latency && Math.abs(measuredMs - limitMs) <= doubtMs) {
        const figures = `${ms(measuredMs)}, limit ${ms(limitMs)}, uncertainty of this bench ± ${ms(doubtMs)} (${latency.what})`;
        throw new Inconclusive(`${what} cannot be told from its limit: ${figures}`, "bench", MEND);
      }
      const actual = `${ms(measuredMs)} ± ${ms(doubtMs)}`;
      expect.that(measuredMs <= limitMs, `${what} takes at most ${ms(limitMs)}`, { ...about, actual });
    },
  };
}

const MEND = "run the case on a bench that is quieter: fewer programs on the machine, a shorter way to the device";

function ms(value: number): string {
  return `${value.toFixed(3)} ms`;
}
