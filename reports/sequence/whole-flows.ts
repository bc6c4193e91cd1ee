/** Finds, while the evidence streams by, one whole successful transaction of each flow to show. */
import type { EvidenceLine } from "../../harness/evidence/event.ts";
import { exchangeOf, isExchange } from "../record/exchange.ts";
import type { Exchange, Transaction, WholeFlow } from "../record/run-record.ts";
import { FLOWS, wholeIn } from "./transactions.ts";

/** A case of more is no picture. */
const LONGEST_CASE = 600;

interface Best {
  readonly transaction: Transaction;
  /** Different steps. */
  readonly steps: number;
}

/** Of passed cases only; the one with the most different steps, the shortest of those, the first of those. */
export class WholeFlows {
  readonly #open = new Map<string, EvidenceLine[]>();
  readonly #best = new Map<string, Best>();

  take(caseId: string, line: EvidenceLine): void {
    const { event } = line;
    if (event.kind === "case-start") this.#open.set(caseId, []);
    if (event.kind === "case-end") this.#look(caseId);
    const lines = this.#open.get(caseId);
    if (!lines || !isExchange(event)) return;
    if (lines.length === LONGEST_CASE) this.#open.delete(caseId);
    else lines.push(line);
  }

  /** In the order of `FLOWS`. */
  found(): readonly WholeFlow[] {
    return FLOWS.flatMap(({ title }) => {
      const best = this.#best.get(title);
      return best ? [{ title, transaction: best.transaction }] : [];
    });
  }

  #look(id: string): void {
    const lines = this.#open.get(id);
    this.#open.delete(id);
    if (!lines) return;
    const exchanges = lines.map(exchangeOf).filter((one): one is Exchange => one !== undefined);
    for (const flow of FLOWS) {
      for (const transaction of wholeIn({ id, exchanges }, flow)) this.#compare(flow.title, transaction);
    }
  }

  #compare(title: string, transaction: Transaction): void {
    const steps = new Set(transaction.exchanges.map(({ step }) => step)).size;
    const best = this.#best.get(title);
    const isShorter = steps === best?.steps && transaction.exchanges.length < best.transaction.exchanges.length;
    if (!best || steps > best.steps || isShorter) this.#best.set(title, { transaction, steps });
  }
}
