import { type Case, type Consumption, type DeviceContext, defineDeviceCase, type Needs } from "../../define/case.ts";
import { Sales } from "./sales.ts";

export interface TerminalCase {
  /** `TERM-…`. */
  readonly id: string;
  readonly purpose: string;
  /** `TERM-0042-a`, that the terminal takes commands at its interface, when absent. */
  readonly requirements?: readonly string[];
  readonly needs?: Needs;
  readonly consumes?: Consumption;
  readonly timeoutMs?: number;
  readonly run: (t: DeviceContext) => Promise<void>;
}

/** A case on a smart terminal alone, through its line. */
export function terminalCase({ requirements = ["TERM-0042-a"], needs, ...header }: TerminalCase): Case {
  return defineDeviceCase({
    ...header,
    requirements,
    suite: "terminal",
    owner: "terminal",
    needs: { ...needs, terminals: { kind: "smart" } },
  });
}

/** A case that sells at the terminal. What it has drawn is withdrawn afterwards. */
export function salesCase({ run, needs, ...header }: Omit<TerminalCase, "run"> & SalesRun): Case {
  return terminalCase({
    ...header,
    needs: { ...needs, keys: true },
    async run(t) {
      const sales = await Sales.open(t);
      try {
        await run(sales, t);
      } catch (thrown) {
        await sales.tidy().catch(() => undefined); // what has gone wrong counts more
        throw thrown;
      }
      await sales.tidy();
    },
  });
}

interface SalesRun {
  readonly run: (sales: Sales, t: DeviceContext) => Promise<void>;
}

/** Where time costs nothing, all of `values`; elsewhere so many of them, the first and the last among them. */
export function manyOf<T>({ facts }: DeviceContext, values: readonly T[], most: number): readonly T[] {
  if (facts.offers.exhaustive || values.length <= most) return values;
  const step = (values.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => values[Math.round(index * step)]).filter(
    (each) => each !== undefined,
  );
}

/** 0 to `count` - 1. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
