import type { LoadServerChecks } from "./checks.ts";
import type { LoadContract, LoadSettings } from "./contract.ts";
import type { LoadServerCrypto } from "./crypto.ts";

/** What every phase works with. */
export interface Context {
  readonly crypto: LoadServerCrypto;
  readonly checks: LoadServerChecks;
  readonly settings: LoadSettings;
  readonly contract: LoadContract | undefined;
}
