import { toHex } from "../../core/bytes.ts";
import type { Balance, LoadAmount, LoadSelection } from "../../protocol/messages/layouts.ts";
import type { HeadEndOutput } from "./events.ts";
import type { FormAddress } from "./load-sites.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadStep, proceed } from "./load-step.ts";

type Form = Extract<HeadEndOutput, { kind: "post" }>["form"];

/** Asks the account holder: a form over HTTPS (load.md 3), or the message itself on link 236 (861). */
export function ask(
  load: LoadState,
  change: Partial<LoadState>,
  question: LoadSelection | Balance | LoadAmount,
): LoadStep {
  const next: LoadState = { ...load, ...change };
  if (next.site?.kind === "load-direct") return proceed(next, {}, { kind: "send-payment", message: question });
  const { selection } = next;
  const address = addressFor(next, question);
  if (!address || !selection) return proceed(next, { phase: "over" }, { kind: "end" });
  const form = formOf(question, selection.ACCOUNT);
  return proceed(next, {}, { kind: "post", ...address, session: selection.SESSION, form });
}

function addressFor({ site, amountAddress }: LoadState, { kind }: { kind: string }): FormAddress | undefined {
  if (!site || site.kind === "load-direct") return undefined;
  if (kind === "load-amount") return amountAddress;
  return { origin: site.origin, path: kind === "balance" ? "/load/card" : "/load" };
}

function formOf(question: LoadSelection | Balance | LoadAmount, ACCOUNT: string): Form {
  const account = ["account", ACCOUNT] as const;
  switch (question.kind) {
    case "load-selection":
      return [account];
    case "balance":
      return [
        account,
        ["atr", toHex(question.ATR)],
        ["balance", toHex(question.BALANCE)],
        ["card-information", toHex(question.CARDINFO)],
      ];
    default:
      return [
        ["transaction-id", question.IDTRX],
        ["amount", String(question.MLDA)],
      ];
  }
}
