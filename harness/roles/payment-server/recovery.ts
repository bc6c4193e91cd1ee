import { fromHex, toHex } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import type { CipherSuite } from "../../core/sale-profile.ts";
import { parseCardResponse } from "../../protocol/messages/card-response.ts";
import { parseDebitData } from "../../protocol/messages/debit-data.ts";
import type { DebitResponse } from "../../protocol/messages/layouts.ts";
import { type Agreement, agreementOf } from "./agreement.ts";
import { passOn } from "./complete.ts";
import { announce } from "./conclude.ts";
import type { TransactionRecord } from "./database/contracts.ts";
import type { PaymentInput } from "./effects.ts";
import { ignored, log, over, sendRefusal } from "./outputs.ts";
import type { IssuedTransaction, PhaseAt, PhaseStep } from "./phase.ts";

/** A debit response with RECOVERED 01 as first message: what an earlier thread left open is completed. */

export function onRecoveredResponse(response: DebitResponse): PhaseStep {
  const { IDTRX } = response;
  return { state: { at: "stored-transaction", response }, outputs: [{ kind: "find-transactions", IDTRX }] };
}

export function onStoredTransaction(phase: PhaseAt<"stored-transaction">, input: PaymentInput): PhaseStep {
  if (input.kind !== "found") return ignored(phase);
  const { response } = phase;
  const row = rowFor(response, input.rows);
  if (row === undefined) return refuseRecovery(response, "A009");
  return {
    state: { at: "its-merchant", response, row },
    outputs: [{ kind: "find-merchant", IDMER: row.IDMER }],
  };
}

/** The only row that the response can be about: two merchants may have drawn the same identifier, two cards rarely a number. */
export function rowFor({ CARDRSP }: DebitResponse, rows: readonly TransactionRecord[]): TransactionRecord | undefined {
  const issued = rows.filter(({ debitCommand }) => debitCommand !== null);
  const card = parseCardResponse(CARDRSP);
  const candidates = card.ok ? issued.filter(({ NTIEP }) => NTIEP === card.value.NTIEP) : issued;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** `came`: the suite that the response came under, undefined in clear. */
export function onItsMerchant(
  phase: PhaseAt<"its-merchant">,
  input: PaymentInput,
  came: CipherSuite | undefined,
): PhaseStep {
  if (input.kind !== "merchant") return ignored(phase);
  const { response, row } = phase;
  const { contract, secret } = input;
  if (contract === undefined) return refuseRecovery(response, "A002");
  if (contract.profile?.encryption !== came) return refuseRecovery(response, "A00B");
  const transaction = issuedTransaction(row, agreementOf(contract, secret));
  if (transaction === undefined) return refuseRecovery(response, "A009");
  switch (row.status) {
    case "unresolved": {
      const { IDTERM } = transaction;
      return {
        state: { at: "its-terminal", response, transaction },
        outputs: [{ kind: "acquire-terminal", among: [IDTERM] }],
      };
    }
    case "confirmed":
      // Only who holds the card's signature gets the confirmation again; nothing is raised a second time.
      if (row.debitResponse !== toHex(response.CARDRSP)) return refuseRecovery(response, "9416");
      return repeatResult(transaction, "0000", input.nonce);
    case "failed":
      return repeatResult(transaction, row.CC ?? "9404", input.nonce);
    case "debit-sent":
    case "response-received":
      return refuseRecovery(response, "A01A"); // another thread is at it: the set-top box must not forget the answer yet
    case "received":
    case "accepted":
    case "refused":
      return refuseRecovery(response, "A009");
    default:
      return unreachable(row.status);
  }
}

export function onItsTerminal(phase: PhaseAt<"its-terminal">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal") return ignored(phase);
  const { response, transaction } = phase;
  if (input.IDTERM === undefined) return refuseRecovery(response, "A007");
  const selected = log("terminal-selected", "682", response.IDTRX, { IDTERM: input.IDTERM });
  const passed = passOn({ ...transaction, holdsTerminal: true }, response);
  return { state: passed.state, outputs: [selected, ...passed.outputs] };
}

/** The transaction as its debit command stated it. */
function issuedTransaction(row: TransactionRecord, agreement: Agreement): IssuedTransaction | undefined {
  const command = parseDebitData(fromHex(row.debitCommand ?? ""));
  if (!command.ok || row.IDTERM === null) return undefined;
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, COMPARE } = row;
  return {
    sale: { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, COMPARE },
    agreement,
    IDTERM: row.IDTERM,
    NTPSAM: command.value.NTPSAM,
    DTHR: command.value.DTHR,
    EXPECTED: row.expectedResponse === null ? undefined : fromHex(row.expectedResponse),
    holdsTerminal: false,
    isAwaited: true,
    isRecovered: true,
    wrongAnswers: 0,
    strays: 0,
  };
}

function repeatResult(transaction: IssuedTransaction, CC: string, nonce: Uint8Array): PhaseStep {
  return announce(transaction, CC, nonce, [], undefined);
}

function refuseRecovery({ IDTRX }: DebitResponse, CC: string): PhaseStep {
  return over([log("recovery-refused", undefined, IDTRX, { CC }), sendRefusal(IDTRX, CC), { kind: "end" }]);
}
