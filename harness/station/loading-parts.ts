/** What loading is built from in one system. */
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import type { Random } from "../core/random.ts";
import type { TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { SystemFacts } from "../flows/system.ts";
import type { LoadServerTimeouts } from "../roles/load-server/timeouts.ts";
import type { Books } from "./books.ts";
import type { Carriers } from "./carriers.ts";
import type { Links } from "./links.ts";
import type { Sessions } from "./sessions.ts";

export interface LoadingParts {
  readonly bench: Pick<Bench, "loadServer" | "hsm">;
  readonly facts: SystemFacts;
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
  readonly carriers: Carriers;
  /** Opened with their opening balances when they are first asked for. */
  readonly books: () => Promise<Books>;
  readonly keys: TestKeySet;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly links: Links;
  readonly timeouts: LoadServerTimeouts;
  readonly variation: Variation;
  readonly sessions: Sessions;
}
