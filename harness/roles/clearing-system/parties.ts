import { PursebenchError } from "../../core/errors.ts";

/** A PSAM whose collections are cleared. */
export interface ClearedPsam {
  /** 6 digits. */
  readonly PPPSAM: string;
  /** 8 hex digits. */
  readonly IDPSAM: string;
  /** 8 digits: whose merchants its terminal serves. */
  readonly IDACQUIRER: string;
  /** IDCP of the sender that reaches it with updates. */
  readonly sender: string;
}

/** Who takes part in clearing (FIG 1). */
export interface ClearingParties {
  /** IDCP of payment servers and other collecting facilities. */
  readonly senders: readonly string[];
  readonly psams: readonly ClearedPsam[];
  readonly merchants: readonly { readonly IDMER: string; readonly IDACQUIRER: string }[];
  /** The pools of the card issuers: one for each currency (four digits) and exponent. */
  readonly issuers: readonly { readonly PPIEP: string; readonly CURR: string; readonly CEXP: number }[];
}

/** BATCHNO, 16 hex digits: PPPSAM, 00, IDPSAM. */
export function batchNumberOf({ PPPSAM, IDPSAM }: Pick<ClearedPsam, "PPPSAM" | "IDPSAM">): string {
  return `${PPPSAM}00${IDPSAM}`.toUpperCase();
}

export function psamOf({ psams }: ClearingParties, BATCHNO: string): ClearedPsam | undefined {
  return psams.find((psam) => batchNumberOf(psam) === BATCHNO);
}

/** Throws `USAGE` for parties of which something would be ambiguous. */
export function checkParties({ senders, psams, merchants, issuers }: ClearingParties): void {
  requireOnce("sender", senders);
  requireOnce("PSAM", psams.map(batchNumberOf));
  requireOnce(
    "merchant",
    merchants.map(({ IDMER }) => IDMER),
  );
  requireOnce(
    "pool",
    issuers.map(({ PPIEP, CURR, CEXP }) => `${PPIEP} ${CURR} ${CEXP}`),
  );
}

function requireOnce(what: string, names: readonly string[]): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin === undefined) return;
  throw new PursebenchError("USAGE", `clearing system: ${what} ${twin} is listed twice`, { mend: "list it once" });
}
