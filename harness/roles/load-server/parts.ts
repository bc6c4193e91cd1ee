import type { Clock } from "../../core/clock.ts";
import type { Random } from "../../core/random.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { LoadContracts, LoadSettings } from "./contract.ts";
import type { LoadDatabase } from "./database/contracts.ts";
import type { Fund } from "./fund.ts";
import type { HsmAccess } from "./hsm-client.ts";
import type { LoadServerRole } from "./model.ts";
import type { OwnAccounts } from "./own-accounts.ts";
import type { LoadServerTimeouts } from "./timeouts.ts";

export interface LoadServerOptions {
  readonly settings: LoadSettings;
  readonly contracts: LoadContracts;
  /** Stays open when the server is disposed: a restarted server goes on with it. */
  readonly database: LoadDatabase;
  /** Stays open too. */
  readonly hsm: HsmAccess;
  /** Its pre-funded accounts; none when absent. */
  readonly accounts?: OwnAccounts;
  /** Who keeps those of a site that is asked directly (861). */
  readonly funds?: (SITE: string) => Pick<Fund, "answer"> | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  /** Of `load.md` 10, where absent. */
  readonly timeouts?: Partial<LoadServerTimeouts>;
  /** How many channels may be open; 512 when absent. */
  readonly channelLimit?: number;
  /** Another model in place of the reference one, e.g. with a seeded defect. */
  readonly role?: LoadServerRole;
}

/** What a load thread works with. */
export interface LoadServerParts extends Omit<LoadServerOptions, "timeouts" | "channelLimit" | "role" | "accounts"> {
  readonly accounts: OwnAccounts | undefined;
  readonly timeouts: LoadServerTimeouts;
  readonly role: LoadServerRole;
}
