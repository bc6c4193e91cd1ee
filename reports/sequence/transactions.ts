/** Which part of a case's record is one transaction: a purchase, a load or a collection. */
import type { CaseRecord, Exchange, Transaction } from "../record/run-record.ts";

/** The user's choice at the set-top box: of a purchase (seed step 602), of a load (871). */
const FIRST_STEPS: readonly string[] = ["602", "871"];
/** The result for the user closes both. */
const LAST_STEP = "641";

/** A kind of transaction of which a report shows one whole. */
export interface Flow {
  /** "A successful …". */
  readonly title: string;
  readonly isWhole: (messages: readonly Exchange[]) => boolean;
}

export const FLOWS: readonly Flow[] = [
  { title: "purchase", isWhole: (messages) => isSuccess(messages, "602") },
  {
    title: "load from a bank account",
    isWhole: (messages) => isSuccess(messages, "871") && takesPart(messages, "bank-server"),
  },
  {
    title: "load from a pre-funded account",
    isWhole: (messages) => isSuccess(messages, "871") && !takesPart(messages, "bank-server"),
  },
  {
    title: "collection",
    isWhole: (messages) => ["t-collect", "t-acknowledge"].every((name) => messages.some((each) => each.name === name)),
  },
];

/** Cuts a case's record where a transaction begins; the part before the first cut stays with the first transaction. */
export function transactionsOf(one: Pick<CaseRecord, "id" | "exchanges">): readonly Transaction[] {
  const parts: Exchange[][] = [];
  let opened: Exchange | undefined;
  for (const exchange of one.exchanges) {
    const begins = isFirst(exchange) && !(isCollect(exchange) && opened && isCollect(opened));
    const current = parts.at(-1);
    if (!current || (begins && opened)) parts.push([exchange]);
    else current.push(exchange);
    if (begins) opened = exchange;
  }
  return parts.map((exchanges) => ({ caseId: one.id, exchanges }));
}

/** The transactions of a passed case that are a whole and undisturbed `flow`, each from its beginning. */
export function wholeIn(one: Pick<CaseRecord, "id" | "exchanges">, flow: Flow): readonly Transaction[] {
  return transactionsOf(one)
    .filter((each) => isUndisturbed(each) && flow.isWhole(messagesOf(each)))
    .map((each) => ({ ...each, exchanges: fromBeginning(each.exchanges) }));
}

/** The transaction that a verdict is about: the one with line `at`, else the last; only those with any message. */
export function transactionAt(one: Pick<CaseRecord, "id" | "exchanges" | "at">): Transaction | undefined {
  const all = transactionsOf(one).filter(({ exchanges }) => exchanges.some(({ kind }) => kind === "message"));
  const meant = all.find(({ exchanges }) => one.at !== undefined && exchanges.some(({ n }) => n === one.at));
  return meant ?? all.at(-1);
}

/** Other parties repeat the step of a choice when they pass it on. */
function isFirst(exchange: Exchange): boolean {
  const { kind, link, step } = exchange;
  if (kind !== "message") return false;
  return (link === "cable" && FIRST_STEPS.includes(step)) || isCollect(exchange);
}

/** Terminal after terminal, and all of them are one collection. */
function isCollect({ name, from }: Exchange): boolean {
  return name === "t-collect" && from.endsWith("payment-server");
}

function isUndisturbed({ exchanges }: Transaction): boolean {
  return exchanges.every(({ kind }) => kind !== "fault");
}

function messagesOf({ exchanges }: Transaction): readonly Exchange[] {
  return exchanges.filter(({ kind }) => kind === "message");
}

function isSuccess(messages: readonly Exchange[], firstStep: string): boolean {
  return (
    messages.some(({ link, step }) => link === "cable" && step === firstStep) &&
    messages.some(({ step, decoded }) => step === LAST_STEP && new Map(decoded).get("CC")?.startsWith("0000") !== false)
  );
}

function takesPart(messages: readonly Exchange[], role: string): boolean {
  return messages.some(({ from, to }) => from === role || to === role);
}

function fromBeginning(exchanges: readonly Exchange[]): readonly Exchange[] {
  return exchanges.slice(exchanges.findIndex(isFirst));
}
