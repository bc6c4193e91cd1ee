/** The load server's result goes to the account holder (891), and what it says to the user (load.md 3, 4). */
import { toHex } from "../../core/bytes.ts";
import { lossCode } from "./fail.ts";
import { endLoad } from "./load-fail.ts";
import { BANK } from "./load-sites.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadInput, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";
import { causeOf, failureText, successText, type Whereabouts } from "./load-texts.ts";

const LOADED = "0000";
const NOT_ACCEPTED = "A018";

/** CONF is posted as it is: the head end cannot read it. `CC`: what was sealed for the head end beside it. */
export function confirmLoad(
  load: LoadState,
  { CC, CONF }: { readonly CC: string; readonly CONF: Uint8Array },
): LoadStep {
  const next: LoadState = { ...load, result: CC };
  const { terms } = load;
  if (!terms?.confirmation) return concluded(next, CC, "returned");
  const form = [
    ["transaction-id", terms.IDTRX],
    ["confirmation", toHex(CONF)],
  ] as const;
  // the user's session is the bank's alone
  const session = terms.SOURCE === BANK ? load.selection?.SESSION : undefined;
  const { address } = terms.confirmation;
  return proceed(next, { phase: "confirming" }, { kind: "post", ...address, session, form });
}

/** What the account holder says to it. Of a pre-funded account another server is told, which decides nothing. */
export function onConfirmed(load: LoadState, input: LoadInput): LoadStep {
  const { terms, result: CC = "A01A" } = load;
  const status = input.kind === "http" ? input.status : null;
  const isTaken = status === 200 || (status === 402 && CC !== LOADED);
  const told = isTaken
    ? loadLog(load, "load-confirmed", "891", { url: terms?.confirmation?.url ?? "" })
    : loadLog(load, "load-not-confirmed", "891", { status });
  if (isTaken || terms?.SOURCE !== BANK) return preceded([told], concluded(load, CC, "returned"));
  if (CC !== LOADED) return preceded([told], concluded(load, CC, "held"));
  return preceded([told], notBooked(load, input));
}

/** The card has the value: only who books it is to hear of it again. */
function notBooked(load: LoadState, input: LoadInput): LoadStep {
  const isRefused = input.kind === "http" && input.status >= 400 && input.status < 500;
  if (isRefused) return endLoad(load, NOT_ACCEPTED, `${successText(load)} The bank did not accept the confirmation.`);
  const CC = input.kind === "http-lost" ? lossCode(input.why) : "A019";
  return endLoad(load, CC, `${successText(load)} The bank could not be told yet; this will be settled later.`);
}

function concluded(load: LoadState, CC: string, where: Whereabouts): LoadStep {
  if (CC !== LOADED) {
    const told = load.failure ?? CC;
    return endLoad(load, told, failureText(load, causeOf(told), where));
  }
  const IDTRX = load.terms?.IDTRX ?? "";
  const message = { kind: "result", IDTRX, CC, CONTENT: successText(load) } as const;
  return proceed(load, { phase: "over" }, { kind: "send-cable", message }, { kind: "end" });
}
