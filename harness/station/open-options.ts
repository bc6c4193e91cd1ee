import type { Bench } from "../bench/schema.ts";
import type { RoleName } from "../core/trace.ts";
import type { Variation } from "../defects/variation.ts";

/** What a station is opened from. */
export interface OpenOptions {
  readonly bench: Bench;
  /** The role under test. */
  readonly iut: RoleName;
  /** The reference system, or one with a seeded defect. */
  readonly variation: Variation;
  /** Name of the virtual lab to use, where the bench is one; the user's own when absent. */
  readonly lab?: string | undefined;
}
