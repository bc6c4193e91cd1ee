/** Behaviours of a payment server whose database keeps something wrong. */
import type {
  PaymentDatabase,
  TransactionChange,
  TransactionRecord,
} from "../roles/payment-server/database/contracts.ts";
import { type Behaviour, textOf } from "./behaviour.ts";

type Override = (inner: PaymentDatabase) => Partial<PaymentDatabase>;

/** `field` of a row is never written. */
const dropField: Behaviour = (parameters) => {
  const field = textOf(parameters, "field");
  return over(({ updateTransaction }) => ({
    updateTransaction: (IDMER, IDTRX, change, lines) => updateTransaction(IDMER, IDTRX, without(change, field), lines),
  }));
};

/** The row never says `status`. */
const skipStatus: Behaviour = (parameters) => {
  const status = textOf(parameters, "status");
  return over((inner) => ({
    updateTransaction: async (IDMER, IDTRX, change, lines) => {
      if (change.status === status) await inner.appendLog(lines ?? []);
      else await inner.updateTransaction(IDMER, IDTRX, change, lines);
    },
  }));
};

/** What is learnt on the way is written only when the transaction has ended. */
const onlyAtEnd: Behaviour = () =>
  over((inner) => {
    const learnt = new Map<string, TransactionChange>();
    return {
      updateTransaction: async (IDMER, IDTRX, change, lines) => {
        const whole = { ...learnt.get(IDMER + IDTRX), ...change };
        learnt.set(IDMER + IDTRX, whole);
        const isOver = ["confirmed", "failed", "unresolved", "refused"].includes(change.status);
        if (isOver) await inner.updateTransaction(IDMER, IDTRX, whole, lines);
        else await inner.appendLog(lines ?? []);
      },
    };
  });

/** Transactions are entered when they have succeeded, others never. */
const onlySuccess: Behaviour = () =>
  over((inner) => {
    const open = new Map<string, { row: Parameters<PaymentDatabase["insertTransaction"]>[0]; change: object }>();
    return {
      insertTransaction: async (row, lines) => {
        await inner.appendLog(lines ?? []);
        open.set(row.IDMER + row.IDTRX, { row, change: {} });
        return true;
      },
      updateTransaction: async (IDMER, IDTRX, change, lines) => {
        const known = open.get(IDMER + IDTRX);
        await inner.appendLog(lines ?? []);
        if (!known) return;
        known.change = { ...known.change, ...change };
        if (change.status !== "confirmed") return;
        await inner.insertTransaction(known.row);
        await inner.updateTransaction(IDMER, IDTRX, { ...known.change, ...change });
      },
    };
  });

/** An identifier that any merchant has used is taken for used. */
const oneKey: Behaviour = () =>
  over((inner) => ({
    insertTransaction: async (row, lines) => {
      if ((await inner.transactionsWith(row.IDTRX)).length > 0) return false;
      return await inner.insertTransaction(row, lines);
    },
  }));

/** A change goes to the first row with the identifier, whosever it is. */
const firstRow: Behaviour = () =>
  over((inner) => ({
    updateTransaction: async (IDMER, IDTRX, change, lines) => {
      const [first]: readonly TransactionRecord[] = await inner.transactionsWith(IDTRX);
      await inner.updateTransaction(first?.IDMER ?? IDMER, IDTRX, change, lines);
    },
  }));

export const DATABASE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "database-drop-field": dropField,
  "database-skip-status": skipStatus,
  "database-only-at-end": onlyAtEnd,
  "database-only-success": onlySuccess,
  "database-one-key": oneKey,
  "database-first-row": firstRow,
};

function over(override: Override) {
  return { database: (reference: PaymentDatabase) => delegating(reference, override) };
}

/** The reference database with some of its operations replaced; `override` gets them bound. */
function delegating(reference: PaymentDatabase, override: Override): PaymentDatabase {
  const inner: PaymentDatabase = {
    batches: reference.batches,
    insertTransaction: (row, lines) => reference.insertTransaction(row, lines),
    updateTransaction: (IDMER, IDTRX, change, lines) => reference.updateTransaction(IDMER, IDTRX, change, lines),
    cancelAnswered: (IDMER, IDTRX, lines) => reference.cancelAnswered(IDMER, IDTRX, lines),
    appendLog: (lines) => reference.appendLog(lines),
    transaction: (IDMER, IDTRX) => reference.transaction(IDMER, IDTRX),
    transactionsWith: (IDTRX) => reference.transactionsWith(IDTRX),
    transactionsByStatus: (...statuses) => reference.transactionsByStatus(...statuses),
    transactionsOwing: () => reference.transactionsOwing(),
    transactions: () => reference.transactions(),
    log: (IDTRX) => reference.log(IDTRX),
    [Symbol.asyncDispose]: () => reference[Symbol.asyncDispose](),
  };
  return { ...inner, ...override(inner) };
}

function without(change: TransactionChange, field: string): TransactionChange {
  const entries = Object.entries(change).filter(([name]) => name !== field);
  return { ...(Object.fromEntries(entries) as Partial<TransactionChange>), status: change.status };
}
