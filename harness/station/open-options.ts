import type { Bench } from "../bench/schema.ts";
import type { RoleName } from "../core/trace.ts";
import type { Variation } from "../defects/variation.ts";
import type { Operator } from "../flows/operator.ts";
import type { Pace } from "./pace.ts";

/** What a station is opened from. */
export interface OpenOptions {
  readonly bench: Bench;
  /** The role under test. */
  readonly iut: RoleName;
  /** The reference system, or one with a seeded defect. */
  readonly variation: Variation;
  /** Network, lines and cards take their time; none when absent. */
  readonly pace?: Pace | undefined;
  /** False, on `inproc` benches: a system passes its events on and keeps none, for runs that would fill the memory. */
  readonly keepsEvents?: boolean | undefined;
  /** The card is in a reader of this process, in place of the one that the bench has for it. */
  readonly readerInProcess?: boolean | undefined;
  /** Name of the virtual lab to use, where the bench is one; when absent the user's own if it is free, else a private one. */
  readonly lab?: string | undefined;
  /** Hears what is waited for, one sentence at a time, as it begins. */
  readonly tell?: ((text: string) => void) | undefined;
  /** Ends the wait for a card; opening then rejects. */
  readonly signal?: AbortSignal | undefined;
  /** Does what needs a hand at real readers and terminals; nobody when absent. */
  readonly operator?: Operator | undefined;
}
