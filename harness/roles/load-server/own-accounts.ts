import type { LoadName } from "./database/contracts.ts";
import type { AuthorisedLoad } from "./effects.ts";

/** What becomes of a hold: to the card issuer's pool, or back to the account. */
export type HoldEnd = "loaded" | "released";

/** The pre-funded accounts that this load server keeps (FIG 17). Failures of the engine are `STORAGE`. */
export interface OwnAccounts {
  /** The load that its holder has authorised and that is still held, or undefined. */
  authorised(name: LoadName): Promise<AuthorisedLoad | undefined>;
  /** Idempotent; nothing happens to a load that was never authorised. */
  settle(name: LoadName, end: HoldEnd): Promise<void>;
  /** Loads that have been held since before that moment (ISO 8601, UTC). */
  heldBefore(moment: string): Promise<readonly LoadName[]>;
}
