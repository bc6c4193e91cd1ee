/** The card is read for a load (872): its balance and its card information, and nothing is written. */
import {
  encodeBalance,
  encodeGetBalanceCommand,
  parseGetBalanceResponse,
} from "../../protocol/messages/get-balance.ts";
import {
  CARD_INFORMATION_FILE,
  encodeCardInformation,
  encodeReadRecordCommand,
  parseCardInformationResponse,
} from "../../protocol/messages/read-record.ts";
import type { PurseIdentity } from "../../protocol/messages/select-purse.ts";
import { noPurse, outOfTurn } from "./card-trouble.ts";
import { log, send } from "./conclude.ts";
import { stop } from "./endings.ts";
import type { SetTopBoxInput } from "./events.ts";
import { listen } from "./load-conclude.ts";
import { type SetTopBoxState, withLoad } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** The head end asks for the card (A2): whatever card is in the reader now. */
export function readCard(state: SetTopBoxState, SOURCE: number): SetTopBoxStep {
  const next = withLoad(state, { SOURCE });
  return go(next, { phase: "connecting", goal: "information", reconnected: false }, { kind: "connect-card" });
}

export function readBalance(
  state: SetTopBoxState,
  { PPIEP, IDIEP }: Pick<PurseIdentity, "PPIEP" | "IDIEP">,
): SetTopBoxStep {
  const next = withLoad(state, { card: { PPIEP, IDIEP } });
  return go(next, { phase: "load-reading" }, { kind: "command", bytes: encodeGetBalanceCommand() });
}

export function onBalance(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseGetBalanceResponse(input.bytes);
  if (result.kind !== "answer") return noPurse(state, result, "GET BALANCE");
  const bytes = encodeReadRecordCommand(1, CARD_INFORMATION_FILE);
  return go(withLoad(state, { balance: result.value }), { phase: "load-identifying" }, { kind: "command", bytes });
}

/** All that the account holder wants to know (A3). */
export function onCardInformation(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  const { ATR, load } = state;
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseCardInformationResponse(input.bytes);
  if (result.kind !== "answer") return noPurse(state, result, "READ RECORD");
  if (!ATR || !load?.balance) return stop(state, "A016", "cardFailed");
  const { BALIEP, BALmaxIEP } = load.balance;
  const BALANCE = encodeBalance(load.balance);
  const message = { kind: "balance", ATR, BALANCE, CARDINFO: encodeCardInformation(result.value) } as const;
  return after([log(state, "card-read", "872", { BALIEP, BALmaxIEP })], listen(state, send(message)));
}
