import type { Clock } from "../core/clock.ts";
import type { NightlyConfig } from "./config.ts";
import type { HistoryStore } from "./history/record.ts";

/** What every part of a night needs. */
export interface NightContext {
  readonly config: NightlyConfig;
  /** The command by which children are started: program and first words, to be followed by `certify …`. */
  readonly program: readonly string[];
  readonly clock: Clock;
  readonly host: string;
  /** Directory of the night. */
  readonly folder: string;
  /** YYYY-MM-DD. */
  readonly day: string;
  /** Undefined where the database cannot be reached: a night needs nobody, also not that. */
  readonly history: HistoryStore | undefined;
  /** Ids of all cases that there are. */
  readonly knownCases: readonly string[];
  readonly signal: AbortSignal;
  /** Hears one line at a time. */
  readonly tell: (text: string) => void;
  readonly graceMs?: number | undefined;
}
