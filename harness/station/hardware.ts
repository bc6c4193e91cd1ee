import type { TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { CardReader } from "../device/contracts.ts";
import type { CardKind } from "../flows/system.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange } from "../link/exchange.ts";

/** The devices of a bench, virtual or not, as one system uses them. */
export interface Hardware extends AsyncDisposable {
  readonly reader: CardReader;
  /** What of the cards can be put in and out by the bench itself; only `specimen` where a person would have to do it. */
  readonly cards: readonly CardKind[];
  insert(kind: CardKind): Promise<void>;
  remove(): Promise<void>;
  /** The lines to the terminals by IDTERM: terminal messages in and out. */
  readonly lines: ReadonlyMap<string, Exchange>;
  /** True where link SAM and the terminal's log reach the trace. */
  readonly seesTerminals: boolean;
}

/** What a system lends its hardware while it is up. */
export interface HardwareUse {
  readonly trace: TraceSink;
  /** Wraps an exchange on a link that the hardware itself carries (SAM): recorded and disturbable. */
  readonly onLink: (inner: Exchange, ends: Ends) => Exchange;
}

export type { TestKeySet };
