import type { TraceSink } from "../core/trace.ts";
import type { CardKind } from "../flows/system.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange } from "../link/exchange.ts";
import type { HandledReader } from "./switching-reader.ts";

/** The devices of a bench, virtual or not, as one system uses them. */
export interface Hardware extends HandledReader, AsyncDisposable {
  /** The cards that the bench itself can put in; only `specimen` and `virtual` where a person would have to do it. */
  readonly cards: readonly CardKind[];
  /** The lines to the terminals by IDTERM: terminal messages in and out, recorded. */
  readonly lines: ReadonlyMap<string, Exchange>;
  /** Power off and on, for every terminal that the harness plays. */
  powerCycle(): Promise<void>;
}

/** What a system lends its hardware while it is up. */
export interface HardwareUse {
  readonly trace: TraceSink;
  /** Wraps an exchange on a link of the system: recorded and disturbable. */
  readonly onLink: (inner: Exchange, ends: Ends) => Exchange;
}
