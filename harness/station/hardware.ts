import type { TraceSink } from "../core/trace.ts";
import type { CardReader } from "../device/contracts.ts";
import type { CardKind } from "../flows/system.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange } from "../link/exchange.ts";

/** The devices of a bench, virtual or not, as one system uses them. */
export interface Hardware extends AsyncDisposable {
  readonly reader: CardReader;
  /** The cards that the bench itself can put in; only `specimen` where a person would have to do it. */
  readonly cards: readonly CardKind[];
  /** Puts this card into the empty reader; a card that was there before comes back as it was left. */
  insert(kind: CardKind): Promise<void>;
  remove(): Promise<void>;
  /** The lines to the terminals by IDTERM: terminal messages in and out, recorded. */
  readonly lines: ReadonlyMap<string, Exchange>;
}

/** What a system lends its hardware while it is up. */
export interface HardwareUse {
  readonly trace: TraceSink;
  /** Wraps an exchange on a link of the system: recorded and disturbable. */
  readonly onLink: (inner: Exchange, ends: Ends) => Exchange;
}
