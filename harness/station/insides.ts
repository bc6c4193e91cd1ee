/** The purses and security cards of one system that are objects of this process, as they are made: what they keep, looked at without a message. */
import { fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardMoney, CountedMoney, OpenDebit, PsamMoney } from "../flows/money.ts";
import { parseLines } from "../protocol/messages/collection-lines.ts";
import { readDebitData } from "../protocol/messages/debit-data.ts";
import { readInitResponse } from "../protocol/messages/init-response.ts";
import type { TotalsLine } from "../protocol/messages/psam-read-totals.ts";
import { LOAD_RECORD, type LogRecord } from "../protocol/messages/read-record.ts";
import type { SimulatedCard } from "../roles/card/serve.ts";
import type { Purse } from "../roles/card/state.ts";
import type { SimulatedPsam } from "../roles/psam/serve.ts";
import type { CollectionKept, PsamMemory, Transaction } from "../roles/psam/state.ts";

export class Insides {
  readonly #cards: { readonly card: SimulatedCard; readonly made: Purse }[] = [];
  readonly #psams: SimulatedPsam[] = [];

  readonly onCard = (card: SimulatedCard): void => {
    this.#cards.push({ card, made: card.state.purse });
  };

  readonly onPsam = (psam: SimulatedPsam): void => {
    this.#psams.push(psam);
  };

  cards(): readonly CardMoney[] {
    return this.#cards.map(({ card, made }) => cardMoney(card.kept, made));
  }

  psams(): readonly PsamMoney[] {
    return this.#psams.map(({ state }) => psamMoney(state.memory));
  }
}

function cardMoney(purse: Purse, made: Purse): CardMoney {
  const { PPIEP, IDIEP, CURRIEP, CEXPIEP, NTIEP, BALIEP, log } = purse;
  const issued = made.lifeCycle === purse.lifeCycle ? made.BALIEP : BALIEP - sinceIssue(log);
  return { PPIEP, IDIEP, CURRIEP, CEXPIEP, NTIEP, issued, BALIEP, log };
}

/** What a card that was personalised here got since; its log begins then, and is longer than what is done with such a card. */
function sinceIssue(log: readonly LogRecord[]): number {
  const done = log.filter(({ CC }) => CC === "0000");
  return done.reduce((sum, { TI, MPDA }) => sum + (TI === LOAD_RECORD ? MPDA : -MPDA), 0);
}

function psamMoney({ PPPSAM, IDPSAM, totals, collection, open, suspended, issued }: PsamMemory): PsamMoney {
  return {
    BATCHNO: `${PPPSAM}00${IDPSAM}`,
    totals: totals.map(countedMoney),
    collection: collection === null ? undefined : collected(collection),
    open: [
      ...(open === null ? [] : [openDebit(open, false)]),
      ...suspended.map((each) => openDebit(each, false)),
      ...issued.map((each) => openDebit(each, true)),
    ],
  };
}

/** Lines that are none hold no money. */
function collected({ NTCOL, LINES }: CollectionKept): NonNullable<PsamMoney["collection"]> {
  const lines = parseLines(fromHex(LINES));
  return { NTCOL, lines: lines.ok ? lines.value.map(countedMoney) : [] };
}

function countedMoney({ PPIEP, CURR, CEXP, MTOT }: TotalsLine): CountedMoney {
  return { PPIEP, CURR, CEXP, sum: MTOT };
}

function openDebit({ IDTRX, INITRSP, DEBITDATA }: Transaction, isCounted: boolean): OpenDebit {
  const [card, debit] = [readInitResponse(fromHex(INITRSP)), readDebitData(fromHex(DEBITDATA))];
  if (!card.ok || !debit.ok) throw new PursebenchError("INTERNAL", "a security card keeps what it cannot have issued");
  const { PPIEP, IDIEP, NTIEP } = card.value;
  const { IDPSAM, NTPSAM, MPDA, CURRPDA: CURR, CEXPPDA: CEXP } = debit.value;
  return { IDTRX, PPIEP, IDIEP, NTIEP, IDPSAM, NTPSAM, MPDA, CURR, CEXP, isCounted };
}
