import { type Case, type Consumption, type DeviceContext, defineDeviceCase } from "../../define/case.ts";
import { Psam } from "./psam.ts";

export interface PsamCase {
  /** `PSAM-…`. */
  readonly id: string;
  readonly purpose: string;
  readonly requirements: readonly string[];
  readonly consumes?: Consumption;
  /** A security card that the bench plays (`fixtures/psams/`), for what would use a specimen up. */
  readonly kind?: string;
  readonly timeoutMs?: number;
  /** `psam`: powered and selected. What it has issued is withdrawn afterwards. */
  readonly run: (t: DeviceContext, psam: Psam) => Promise<void>;
}

/** A case on the security card alone. */
export function psamCase({ kind, run, ...header }: PsamCase): Case {
  return defineDeviceCase({
    ...header,
    suite: "psam",
    owner: "psam",
    needs: { psam: true, keys: true, ...(kind === undefined ? {} : { psamKinds: [kind] }) },
    async run(t) {
      const psam = await Psam.open(t, kind);
      try {
        await run(t, psam);
      } catch (thrown) {
        await psam.tidy().catch(() => undefined); // what has gone wrong counts more
        throw thrown;
      }
      await psam.tidy();
    },
  });
}
