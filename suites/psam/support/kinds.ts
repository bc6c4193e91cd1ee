/** What a transaction can be in the security card (`psam-edge.md` 2), and how it gets there. */
import { toHex } from "../../../harness/core/bytes.ts";
import { complete, confirm, draw, suspend, type Wish, withdraw } from "./draw.ts";
import type { Psam } from "./psam.ts";
import { amountOf, cardrsp, type Debit } from "./purse.ts";
import type { Change } from "./totals.ts";

/** Kinds that COMPLETE can still end. */
export const LIVING = ["open", "suspended", "issued", "taken back"] as const;
export const KINDS = [...LIVING, "confirmed", "withdrawn", "closed by the card"] as const;
export type Kind = (typeof KINDS)[number];

/** A debit of that kind. "taken back": issued, then suspended by CANCEL mode 01. */
export async function drawAs(psam: Psam, kind: Kind, wish: Wish = {}): Promise<Debit> {
  const isIssued = kind === "issued" || kind === "taken back";
  const debit = await draw(psam, { ...wish, p1: isIssued ? "01" : "00" });
  const { IDTRX } = debit;
  if (kind === "suspended" || kind === "taken back") await psam.says("CANCEL, suspend", suspend(IDTRX), "9000");
  if (kind === "withdrawn") await psam.says("CANCEL, withdraw", withdraw(IDTRX), "9000");
  if (kind === "confirmed") await confirm(psam, debit, cardrsp(psam, debit));
  if (kind === "closed by the card") {
    await psam.says("COMPLETE with a negative code", complete(IDTRX, cardrsp(psam, debit, { CC: "9409" })), "9404");
  }
  return debit;
}

/** True when the totals hold a debit of that kind. */
export function isCounted(kind: Kind): boolean {
  return kind === "issued" || kind === "confirmed";
}

export function isSuspended(kind: Kind): boolean {
  return kind === "suspended" || kind === "taken back";
}

/** What that debit is in the totals. */
export function lineOf({ INITRSP, DEBITDATA }: Debit): Change {
  return {
    PPIEP: toHex(INITRSP.subarray(0, 3)),
    CURR: toHex(DEBITDATA.subarray(15, 17)),
    CEXP: DEBITDATA[17] ?? 0,
    MTOT: amountOf({ DEBITDATA }),
    NTOT: 1,
  };
}
