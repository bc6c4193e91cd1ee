import { toHex } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import { sameResponse } from "../../crypto/expected-signature.ts";
import { isRefusalOfCard } from "../../protocol/messages/card-refusal.ts";
import type { DebitResponse, Notice } from "../../protocol/messages/layouts.ts";
import { askAgain, askTerminal, mayAskAgain, responseReceived } from "./complete.ts";
import { conclude } from "./conclude.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { ignored, log, logDebitResponse } from "./outputs.ts";
import type { CardAnswer, IssuedTransaction, PhaseAt, PhaseStep } from "./phase.ts";
import { saidBy, unresolved } from "./unresolved.ts";

/** The card's answer where the PSAM has told beforehand what it must be (`messages.md` 3a). */

/** What the card refused: so the terminal of FIG 4 says, and so head end and merchant are told. */
const NOT_DEBITED = "9404";

type Finding =
  /** Just the answer that a genuine card gives. */
  | "expected"
  /** It says success and is not that answer. */
  | "unequal"
  /** The card says, signed, that it did not debit: only the PSAM can tell whether that is genuine. */
  | "negative"
  /** A status word that says that the card did not debit. */
  | "refused"
  /** Nothing that proves anything. */
  | "nothing";

function find({ EXPECTED }: IssuedTransaction, { CARDRSP, SW }: CardAnswer): Finding {
  if (CARDRSP.length === 0) return isRefusalOfCard(SW) ? "refused" : "nothing";
  if (sameResponse(CARDRSP, EXPECTED ?? new Uint8Array(0))) return "expected";
  return toHex(CARDRSP.subarray(0, 2)) === "0000" ? "unequal" : "negative";
}

/** FIG 5: the payment server compares (710), confirms by itself, and does not ask the terminal. */
export function onCardAnswer(transaction: IssuedTransaction, response: DebitResponse, nonce: Uint8Array): PhaseStep {
  const received = logDebitResponse(response);
  const compared = (equal: boolean) => log("signatures-compared", "710", transaction.sale.IDTRX, { equal });
  const said = saidBy(response);
  const finding = find(transaction, response);
  switch (finding) {
    case "expected": {
      const before = [received, compared(true), logWithoutTerminal(transaction)];
      return conclude(transaction, { status: "confirmed", CC: "0000", ...said }, nonce, before);
    }
    case "unequal": {
      const before = [received, compared(false)];
      if (mayAskAgain(transaction)) return askAgain(transaction, before, said);
      return unresolved(transaction, "9302", before, said);
    }
    case "negative":
      return judge(transaction, response, [received]);
    case "refused":
      return refused(transaction, nonce, [received]);
    case "nothing":
      return unresolved(transaction, "A010", [received]);
    default:
      return unreachable(finding);
  }
}

/** Step 632 goes on as if the terminal had confirmed (712): what the comparison found stands for its response. */
function logWithoutTerminal({ sale, IDTERM }: IssuedTransaction): PaymentOutput {
  return log("terminal-response", "632", sale.IDTRX, { IDMER: sale.IDMER, IDTERM, CC: "0000" });
}

/** FIG 6, 7: what head end or merchant found. It releases nothing here; only the card's own answer confirms. */
export function onNotice(transaction: IssuedTransaction, notice: Notice, nonce: Uint8Array): PhaseStep {
  const told = { ...transaction, isAwaited: false };
  const received = [log("notice-received", undefined, notice.IDTRX, { CC: notice.CC })];
  const said = saidBy(notice);
  const finding = find(told, notice);
  switch (finding) {
    case "expected":
      return conclude(told, { status: "confirmed", CC: "0000", ...said }, nonce, received);
    case "unequal":
      return notice.CC === "0000" ? changed(told, received, said) : unresolved(told, notice.CC, received, said);
    case "negative":
      return notice.CC === "0000" ? changed(told, received, said) : judge(told, notice, received);
    case "refused":
      return refused(told, nonce, received);
    case "nothing":
      return unresolved(told, notice.CC === "0000" ? "A010" : notice.CC, received);
    default:
      return unreachable(finding);
  }
}

/** Who compared has found the answer right: it was changed on its way, and is asked for once more by a refusal. */
function changed(
  told: IssuedTransaction,
  received: readonly PaymentOutput[],
  said: ReturnType<typeof saidBy>,
): PhaseStep {
  return unresolved({ ...told, isAwaited: true }, "9302", received, said);
}

/** The terminal has counted what the card never paid: it takes the transaction back for good. */
function refused(transaction: IssuedTransaction, nonce: Uint8Array, before: readonly PaymentOutput[]): PhaseStep {
  return conclude(transaction, { status: "failed", CC: NOT_DEBITED, owedMode: 0 }, nonce, before, 0);
}

function judge(transaction: IssuedTransaction, answer: CardAnswer, before: readonly PaymentOutput[]): PhaseStep {
  return {
    state: { at: "judging-terminal", transaction, answer: { CARDRSP: answer.CARDRSP, SW: answer.SW } },
    outputs: [
      ...before,
      responseReceived(transaction, answer),
      { kind: "acquire-terminal", among: [transaction.IDTERM] },
    ],
  };
}

/** Where the terminal is not free in time nobody has judged the card's word: unresolved. */
export function onJudgingTerminal(phase: PhaseAt<"judging-terminal">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal") return ignored(phase);
  const { transaction, answer } = phase;
  const { IDTERM, sale } = transaction;
  if (input.IDTERM === undefined) return unresolved(transaction, "A007");
  const { state, outputs } = askTerminal({ ...transaction, holdsTerminal: true }, answer);
  return { state, outputs: [log("terminal-selected", "682", sale.IDTRX, { IDTERM }), ...outputs] };
}
