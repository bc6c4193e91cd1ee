/** What PACKAGE: INITIALIZE IEP and DEBIT owe, by the tables of `psam-edge.md` 4.2 and 4.3, over what a security card under test holds. */
import { bytesToUint, toHex } from "../../../harness/core/bytes.ts";
import type { About } from "../../define/expect.ts";
import { packageAtr, packageInitialise } from "./draw.ts";
import { BLOCKED_CARD, CURRENCIES, PROGRAMS } from "./personalisation.ts";
import type { Psam } from "./psam.ts";
import { AT } from "./purse.ts";
import { readTotals } from "./totals.ts";

/** The status word for a card that says INITRSP of itself. */
export function dueForCard(INITRSP: Uint8Array): string {
  const hex = (from: number, to: number) => toHex(INITRSP.subarray(from, to));
  const number = (at: number) => INITRSP[at] ?? 0;
  const PPIEP = hex(AT.PPIEP, AT.IDIEP);
  const ofProvider = PROGRAMS.filter((program) => program.PPIEP === PPIEP);
  const ofAlgorithm = ofProvider.filter((program) => program.ALGIEP === number(AT.ALGIEP));
  if (ofProvider.length === 0) return "9410";
  const AMIEP = number(AT.ALGIEP) === 0x10 ? 2 : 1;
  if (ofAlgorithm.length === 0 || number(AT.AMIEP) !== AMIEP) return "9411";
  if (!ofAlgorithm.some((program) => program.VKIEP === number(AT.VKIEP))) return "9403";
  if (PPIEP === BLOCKED_CARD.PPIEP && hex(AT.IDIEP, AT.ALGIEP) === BLOCKED_CARD.IDIEP) return "9412";
  const currency = hex(AT.CURRIEP, AT.CEXPIEP);
  const exponent = bytesToUint(INITRSP.subarray(AT.CEXPIEP, AT.AMIEP));
  return CURRENCIES.some((each) => each.CURRIEP === currency && each.CEXPIEP === exponent) ? "9000" : "9414";
}

/** Judges cards one after the other: each answer is the due one, NTPSAM stays. The security card is idle before and after each. */
export async function judgeCards(
  psam: Psam,
  cards: Iterable<readonly [what: string, INITRSP: Uint8Array]>,
  about?: About,
): Promise<void> {
  const { PPPSAM, IDPSAM, NTPSAM } = await readTotals(psam);
  const name = `${PPPSAM}${IDPSAM}${NTPSAM.toString(16).toUpperCase().padStart(8, "0")}`;
  for (const [what, INITRSP] of cards) {
    await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
    const SW = dueForCard(INITRSP);
    await psam.says(what, packageInitialise(INITRSP), SW === "9000" ? `${name}9000` : SW, about);
    if (SW === "9000") await psam.select();
  }
}
