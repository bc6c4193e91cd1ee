/** INITIALIZE IEP for load by way of the set-top box, and the way to the load server (load.md 2; 876, 877). */
import { equal } from "../../core/bytes.ts";
import type { LoadCardInformation } from "../../protocol/messages/layouts.ts";
import { encodeLoadInit } from "../../protocol/messages/load-init.ts";
import { parseLoadResponse } from "../../protocol/messages/load-response.ts";
import { failLoad, notDue } from "./load-fail.ts";
import { fromSetTopBox } from "./load-heard.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadInput, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";

/** PPIEP and IDIEP stand first in CARDINFO and in LOADRSP. */
const CARD_NUMBER_LENGTH = 8;

const OTHER_CARD = "Another card than before is in the reader.";

/** LOADINIT of the load request: the user's amount, everything else as the page says. */
export function initialise(load: LoadState): LoadStep {
  const { page, amount, site } = load;
  if (!page || !amount) return failLoad(load, "A00A");
  const { IDACQ, DTHR, IDTRX } = page;
  const LOADINIT = encodeLoadInit({ ...amount, IDACQ, DTHR, IDTRX });
  const closed = site?.kind === "load-direct" ? [{ kind: "close-payment" } as const] : [];
  const asked = { kind: "send-cable", message: { kind: "initialise-load", IDTRX, LOADINIT } } as const;
  return proceed(load, { phase: "initialising", LOADINIT }, ...closed, asked, { kind: "receive-cable" });
}

/** The card's load request, if it is that of the card whose balance was read. */
export function onLoadCard(load: LoadState, input: LoadInput): LoadStep {
  const { terms, balance } = load;
  const message = fromSetTopBox(load, input);
  if ("state" in message) return message;
  if (message.kind !== "load-card-information" || !terms || message.IDTRX !== terms.IDTRX) {
    return notDue(load, "set-top-box", input);
  }
  const { ATR, LOADRSP } = message;
  const flaw = cardFlaw(balance?.CARDINFO, message);
  if (flaw !== undefined) {
    const failed = loadLog(load, "check-failed", "876", { CC: "A016", reason: flaw });
    return preceded([failed], failLoad(load, "A016", flaw === OTHER_CARD ? OTHER_CARD : undefined));
  }
  const open = { kind: "open-load", HOST: terms.HOST, PORT: terms.PORT } as const;
  return proceed(load, { phase: "connecting", card: { ATR, LOADRSP } }, open);
}

function cardFlaw(CARDINFO: Uint8Array | undefined, { LOADRSP }: LoadCardInformation): string | undefined {
  const card = parseLoadResponse(LOADRSP);
  if (!card.ok) return card.reason;
  const isSame = CARDINFO && equal(LOADRSP.subarray(0, CARD_NUMBER_LENGTH), CARDINFO.subarray(0, CARD_NUMBER_LENGTH));
  return isSame ? undefined : OTHER_CARD;
}
