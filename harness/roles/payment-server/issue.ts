import { toHex } from "../../core/bytes.ts";
import { comparisonOf } from "../../core/sale-profile.ts";
import { sealExpected } from "../../crypto/expected-signature.ts";
import { nonceLength } from "../../crypto/seal.ts";
import type { DebitCommand, TDebit } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { PaymentOutput } from "./effects.ts";
import { log, update } from "./outputs.ts";
import type { IssuedTransaction, PhaseStep } from "./phase.ts";

/**
 * The debit command leaves (616). Where somebody else than the PSAM compares, the terminal has done its work and is free
 * before that (705, 726, 746); what the card has to answer is in the database and in no log.
 */
export function issue(transaction: IssuedTransaction, answer: TDebit, nonce: Uint8Array): PhaseStep {
  const { sale, IDTERM, NTPSAM, EXPECTED } = transaction;
  const issued = { status: "debit-sent", NTPSAM, debitCommand: toHex(answer.DEBITDATA) } as const;
  const isDone = EXPECTED !== undefined;
  return {
    state: { at: "debit-response", transaction: { ...transaction, holdsTerminal: !isDone } },
    outputs: [
      log("debit-command-sent", "616", sale.IDTRX, { IDTERM, NTPSAM, MPDA: sale.MPDA }),
      update(sale, isDone ? { ...issued, expectedResponse: toHex(EXPECTED) } : issued),
      ...(isDone ? freeAlready(sale.IDTRX, IDTERM) : []),
      { kind: "send", bytes: encodeMessage(debitCommand(transaction, answer, nonce)) },
      { kind: "await-head-end", since: "now" },
    ],
  };
}

function freeAlready(IDTRX: string, IDTERM: string): PaymentOutput[] {
  const released = log("terminal-released", "634", IDTRX, { IDTERM });
  return [{ kind: "release-terminal", IDTERM, undecided: true }, released];
}

/** EXPECTED in clear for a head end that compares, sealed for a merchant that does, and for nobody else. */
function debitCommand(transaction: IssuedTransaction, answer: TDebit, nonce: Uint8Array): DebitCommand {
  const { sale, EXPECTED } = transaction;
  const { DEBITDATA, PSAMCERT, SESSKEY } = answer;
  const command = { kind: "debit-command", IDTRX: sale.IDTRX, DEBITDATA, PSAMCERT, SESSKEY } as const;
  const comparison = comparisonOf(sale.COMPARE ?? undefined);
  if (EXPECTED === undefined || comparison === undefined) return command;
  if (comparison === "head-end") return { ...command, EXPECTED };
  return comparison === "merchant" ? { ...command, SEXP: sealedFor(transaction, EXPECTED, nonce) } : command;
}

function sealedFor(
  { sale, agreement, IDTERM, NTPSAM, DTHR }: IssuedTransaction,
  EXPECTED: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  const { secret } = agreement;
  const { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA } = sale;
  const expected = { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA, EXPECTED, IDTERM, NTPSAM, DTHR };
  const length = nonceLength("KDER" in secret ? secret.suite : "AES-128-GCM");
  return sealExpected(secret, expected, nonce.slice(0, length));
}
