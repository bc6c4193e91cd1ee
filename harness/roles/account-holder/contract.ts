import { PursebenchError } from "../../core/errors.ts";
import type { CipherSuite } from "../../core/sale-profile.ts";
import type { LoadSource } from "../../protocol/messages/load-source.ts";

/** Who keeps the users' accounts: a bank, or who runs pre-funded accounts at a load server (`load.md`). */
export interface AccountHolder {
  /** 8 characters A-Z 0-9. */
  readonly IDMER: string;
  readonly source: LoadSource;
  /** Of the encryption layer, by contract with the load server. */
  readonly suite: CipherSuite;
  /** Contract key with the load server, 16 bytes. */
  readonly KMER: Uint8Array;
  /** Shared key of the encryption layer, 16 bytes. */
  readonly KSH: Uint8Array;
  /** Number of the load server, 8 digits, and where a head end reaches it. */
  readonly IDACQ: string;
  readonly loadServer: { readonly host: string; readonly port: number };
  /** Of the holder's own site, e.g. "https://127.0.0.1:8541"; of no use to a head end on the direct path (861). */
  readonly origin: string;
  /** Most that one load may be, minor units. */
  readonly limit: number;
  /** Pre-funded only: another server that hears what became of a load (1091). Without query: pages add `?random=` and RND. */
  readonly additionalUrl?: string | undefined;
  /**
   * Where the amount of a load goes: to the pool of the card's issuer, or into one of the bank's own, which keeps the
   * amounts and settles them itself. `issuer` when absent.
   */
  readonly funds?: "issuer" | "bank";
  /** Release level of the code module that pages address; "1.0" when absent. */
  readonly RELEASE?: string;
}

export const CARD_PATH = "/load/card";
export const AMOUNT_PATH = "/load/amount";
export const STATUS_PATH = "/load/status";

/** Throws `USAGE` when a holder could not make pages that the specification allows. */
export function checkHolder(holder: AccountHolder): void {
  const { IDMER, KMER, KSH, IDACQ, loadServer, origin, limit, source, additionalUrl } = holder;
  demand(/^[A-Z0-9]{8}$/.test(IDMER), `IDMER "${IDMER}"`, "8 characters A-Z 0-9");
  demand(KMER.length === 16 && KSH.length === 16, `a key of ${IDMER}`, "16 bytes");
  demand(/^[0-9]{8}$/.test(IDACQ), `IDACQ "${IDACQ}"`, "8 digits");
  demand(/^[A-Za-z0-9._:-]{1,253}$/.test(loadServer.host), `host "${loadServer.host}"`, "a host name or address");
  demand(isWithin(loadServer.port, 1, 0xffff), `port ${loadServer.port}`, "1 to 65535");
  demand(/^https?:\/\/[!-~]{1,1000}$/.test(origin), `origin "${origin}"`, "https://HOST:PORT");
  demand(isWithin(limit, 1, 0xffff_ffff), `limit ${limit}`, "minor units, 1 to 4294967295");
  demand(source === "pre-funded" || additionalUrl === undefined, "another server", "pre-funded accounts");
  demand(additionalUrl === undefined || /^https:\/\/[!->@-~]{1,900}$/.test(additionalUrl), "its URL", "https://…");
}

function isWithin(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

function demand(holds: boolean, what: string, expected: string): void {
  if (holds) return;
  throw new PursebenchError("USAGE", `account holder: ${what} is not as it must be`, { mend: `expected ${expected}` });
}
