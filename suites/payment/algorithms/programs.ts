/** Cards of every algorithm, key generation, issuer and currency that one security card serves beside each other. */
import type { CardKind, PsamTotals } from "../../../harness/flows/system.ts";
import type { InitResponse } from "../../../harness/protocol/messages/init-response.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

/** What each of the cards is, beside good; `key`: ALGIEP and VKIEP, `value`: currency and exponent. */
export const PROGRAMS = [
  { kind: "second", key: [0x04, 1], value: ["0978", 2] },
  { kind: "aes", key: [0x05, 1], value: ["0978", 2] },
  { kind: "rsa", key: [0x10, 1], value: ["0978", 2] },
  { kind: "second-key-version", key: [0x04, 2], value: ["0978", 2] },
  { kind: "issuer-b", key: [0x04, 1], value: ["0978", 2] },
  { kind: "yen", key: [0x05, 1], value: ["0392", 0] },
  { kind: "dinar", key: [0x04, 1], value: ["0414", 3] },
  { kind: "points", key: [0x04, 1], value: ["0999", 0] },
] as const satisfies readonly {
  readonly kind: CardKind;
  readonly key: readonly [ALGIEP: number, VKIEP: number];
  readonly value: readonly [CURR: string, CEXP: number];
}[];

export const PROGRAM_CARDS: readonly CardKind[] = PROGRAMS.map(({ kind }) => kind);

/** The card in the reader is the one that the table says. */
export function expectProgram(t: CaseContext, { key, value }: (typeof PROGRAMS)[number], fields: InitResponse): void {
  const { ALGIEP, VKIEP, CURRIEP, CEXPIEP } = fields;
  const is = [ALGIEP, VKIEP, CURRIEP, CEXPIEP];
  t.expect.equal("ALGIEP, VKIEP, CURRIEP, CEXPIEP of the card", is, [...key, ...value], { owner: "bench" });
}

/** Only the line of that card's provider and currency has changed, by exactly so much and so many. */
export function expectOnlyLineRose(
  t: CaseContext,
  before: PsamTotals,
  after: PsamTotals,
  { PPIEP, CURRIEP, CEXPIEP }: Pick<InitResponse, "PPIEP" | "CURRIEP" | "CEXPIEP">,
  rise: { readonly MTOT: number; readonly NTOT: number },
  about?: About,
): void {
  const isOwn = (line: PsamTotals["totals"][number]) =>
    line.PPIEP === PPIEP && line.CURR === CURRIEP && line.CEXP === CEXPIEP;
  const own = before.totals.find(isOwn);
  const due = {
    PPIEP,
    CURR: CURRIEP,
    CEXP: CEXPIEP,
    MTOT: (own?.MTOT ?? 0) + rise.MTOT,
    NTOT: (own?.NTOT ?? 0) + rise.NTOT,
  };
  t.expect.equal(`total of ${PPIEP} in ${CURRIEP}, exponent ${CEXPIEP}`, after.totals.filter(isOwn), [due], about);
  const others = ({ totals }: PsamTotals) => totals.filter((line) => !isOwn(line));
  t.expect.equal("all other totals", others(after), others(before), about);
}
