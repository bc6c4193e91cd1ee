/**
 * Money as an oracle for any flow: over all parties of the bench nothing was created and nothing lost. What the specification lets be
 * left open is no difference; it is told by its name.
 */
import type { MoneyBooks } from "../../../harness/flows/money.ts";
import type { CardMemory } from "./card-memory.ts";
import { ledgerFlaws } from "./ledger.ts";
import { givenAway, type Left, leftIn } from "./left.ts";
import { differenceOf, isExplained, type Sheet, sheetsOf } from "./sheet.ts";
import { words } from "./unit.ts";

export interface MoneyVerdict {
  /** A sentence for everything that is wrong; none when all is well. */
  readonly flaws: readonly string[];
  /** The same for each issuer and currency whose value is not where it must be, with the books side by side. */
  readonly differences: readonly string[];
  readonly left: readonly Left[];
}

/** `memory` is shown the books first. Nothing may be under way. */
export function judgeMoney(books: MoneyBooks, memory: CardMemory): MoneyVerdict {
  memory.see(books);
  const sheets = sheetsOf(books, memory) ?? [];
  return {
    flaws: [
      ...ledgerFlaws(books),
      ...givenAway(books, memory).map(
        ({ IDTRX, MPDA, CURRPDA: CURR, CEXPPDA: CEXP }) =>
          `sale ${IDTRX} was released, and nobody paid the ${words(MPDA, { CURR, CEXP })} for it`,
      ),
    ],
    differences: sheets.filter((sheet) => !isExplained(sheet)).map(differenceText),
    left: leftIn(books, memory),
  };
}

/** "unresolved load 25.00 EUR (0A…)". */
export function leftText({ name, IDTRX, amount, ...unit }: Left): string {
  return `${name} ${words(amount, unit)} (${IDTRX})`;
}

function differenceText(sheet: Sheet): string {
  const { of, open, ...books } = sheet;
  const difference = differenceOf(sheet);
  const amount = (minor: number) => words(minor, of);
  const what = difference > 0 ? `${amount(difference)} was lost` : `${amount(-difference)} came from nowhere`;
  const { pool, held, cards, debited, totals, underWay, accepted, disputed } = books;
  const columns = [
    `pool ${amount(pool)}`,
    `held and on a card ${amount(held)}`,
    `cards ${amount(cards)}`,
    `debited and in no totals ${amount(debited)}`,
    `totals ${amount(totals)}`,
    `collected ${amount(underWay)}`,
    `accepted ${amount(accepted)}`,
    `disputed ${amount(disputed)}`,
    ...(open.length > 0 ? [`not known ${open.map(amount).join(" ")}`] : []),
  ];
  return `issuer ${of.PPIEP}: ${what} (${columns.join(", ")})`;
}
