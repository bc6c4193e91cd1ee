/** What became of the transactions of cards: from their logs, which keep only the last ones, and from what was seen of them before. */
import type { CardMoney, MoneyBooks } from "../../../harness/flows/money.ts";
import type { CardLogRecord } from "../../../harness/flows/system.ts";

/** TI of a log record. */
const TI = { debit: 1, load: 2 } as const;
export type Kind = keyof typeof TI;

export interface CardTransaction {
  readonly kind: Kind;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
  /** Of a debit: the PSAM and its own number. Another PSAM may have given the same number to the card's next try. */
  readonly IDPSAM?: string;
  readonly NTPSAM?: number;
  /** Of a load: its amount, and its date and time, 14 digits. A load that was not done leaves its number to the card's next one. */
  readonly MLDA?: number;
  readonly DTHR?: string;
}

/** `unknown`: it is too long ago for the card's log. */
export type Fate = "done" | "not-done" | "unknown";

/** Shown the books again and again, it knows what a log has forgotten since. */
export class CardMemory {
  readonly #done = new Set<string>();
  #cards: ReadonlyMap<string, CardMoney> = new Map();

  see({ devices }: MoneyBooks): void {
    const cards = devices?.cards ?? [];
    this.#cards = new Map(cards.map((card) => [cardName(card), card]));
    for (const card of cards) {
      for (const record of card.log) if (record.CC === "0000") this.#done.add(recordName(card, record));
    }
  }

  fateOf(transaction: CardTransaction): Fate {
    if (this.#done.has(transactionName(transaction))) return "done";
    const card = this.#cards.get(cardName(transaction));
    const oldest = card?.log.at(-1)?.NTIEP;
    const reaches = oldest === undefined || (card?.log.length ?? 0) < SHORTEST_LOG || oldest <= transaction.NTIEP;
    return reaches ? "not-done" : "unknown";
  }
}

/** A log with fewer records has forgotten nothing (`card-edge.md` 5.6). */
const SHORTEST_LOG = 10;

function cardName({ PPIEP, IDIEP }: Pick<CardMoney, "PPIEP" | "IDIEP">): string {
  return `${PPIEP} ${IDIEP}`;
}

function recordName(card: CardMoney, { TI: kind, NTIEP, IDPSAM, NTPSAM, MPDA, DTHR }: CardLogRecord): string {
  return `${cardName(card)} ${kind} ${NTIEP} ${kind === TI.debit ? `${IDPSAM} ${NTPSAM}` : `${MPDA} ${DTHR}`}`;
}

function transactionName(transaction: CardTransaction): string {
  const { kind, NTIEP, IDPSAM = "", NTPSAM = "", MLDA = "", DTHR = "" } = transaction;
  return `${cardName(transaction)} ${TI[kind]} ${NTIEP} ${kind === "debit" ? `${IDPSAM} ${NTPSAM}` : `${MLDA} ${DTHR}`}`;
}
