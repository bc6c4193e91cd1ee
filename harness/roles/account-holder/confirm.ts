import { poolAccount } from "../../accounts/names.ts";
import { fromHex } from "../../core/bytes.ts";
import { type LoadConfirmation, NEVER_RECEIVED, openLoadConfirmation } from "../../crypto/load-confirmation.ts";
import { deriveTransactionKey } from "../../crypto/transaction-keys.ts";
import type { AccountHolder } from "./contract.ts";
import type { HeldLoad } from "./held-load.ts";
import type { HolderInput, HolderOutput } from "./questions.ts";
import { answer, go, type HolderPhase, type HolderStep, log, refusal } from "./state.ts";

/** 891, 892: what the load server says became of this load. */
export function onConfirmation(holder: AccountHolder, load: HeldLoad, CONF: Uint8Array): HolderStep {
  const { suite, KSH, IDMER } = holder;
  const KDER = deriveTransactionKey(suite, KSH, IDMER, load.IDTRX, fromHex(load.RND));
  const confirmation = acceptable(holder, load, KDER, CONF);
  if (confirmation === null) return answer(refusal(403), registered(load, false, null, null));
  return conclude(holder, load, confirmation, false);
}

/** The load server's word, or `null`: it does not open, is about another load, or not about what was authorised. */
export function acceptable(
  { suite, IDMER }: AccountHolder,
  load: HeldLoad,
  KDER: Uint8Array,
  CONF: Uint8Array,
): LoadConfirmation | null {
  const confirmation = openLoadConfirmation(suite, KDER, IDMER, load.IDTRX, CONF);
  return confirmation !== null && isAbout(load, confirmation) ? confirmation : null;
}

/** Of a request that the load server never had it can say nothing but that. */
function isAbout(load: HeldLoad, confirmation: LoadConfirmation): boolean {
  const isNever = Object.entries(NEVER_RECEIVED).every(
    ([name, value]) => Object.entries(confirmation).find(([each]) => each === name)?.[1] === value,
  );
  if (isNever) return confirmation.CC !== "0000";
  const names = ["MLDA", "CURRLDA", "CEXPLDA", "PPIEP", "IDIEP"] as const;
  return names.every((name) => confirmation[name] === load[name]);
}

/** The hold goes to the pool of the card's issuer, or back to the account. */
export function conclude(
  { funds, IDMER }: AccountHolder,
  load: HeldLoad,
  confirmation: LoadConfirmation,
  isInquiry: boolean,
): HolderStep {
  const end = confirmation.CC === "0000" ? "loaded" : "released";
  const pool = poolAccount(load.PPIEP, funds === "bank" ? IDMER : undefined);
  const effect = { kind: "conclude", IDTRX: load.IDTRX, end, pool } as const;
  return go({ at: "concluding", load, confirmation, isInquiry }, effect);
}

/** Of two confirmations at the same moment only the first one is booked. */
export function onConcluded(
  { load, confirmation, isInquiry }: Extract<HolderPhase, { at: "concluding" }>,
  { result }: Extract<HolderInput, { kind: "concluded" }>,
): HolderStep {
  const { CC, MLDA } = confirmation;
  const isTaken = result === "done" || result === "again";
  const heard: HolderOutput[] = [registered(load, isTaken, CC, MLDA)];
  const isReleased = CC !== "0000";
  if (isReleased && result === "done" && load.MLDA !== null) {
    heard.push(log("hold-released", undefined, load.IDTRX, { MLDA: load.MLDA }));
  }
  if (isInquiry) return answer({ kind: "settled", status: settled(isTaken, isReleased) }, ...heard);
  if (!isTaken) return answer(refusal(result === "not-held" ? 403 : 409), ...heard);
  return answer(isReleased ? refusal(402, "A023") : { kind: "loaded", load }, ...heard);
}

function settled(isTaken: boolean, isReleased: boolean): "loaded" | "released" | "open" {
  if (!isTaken) return "open";
  return isReleased ? "released" : "loaded";
}

/** `accepted`: the word is genuine and about this load, which had not ended otherwise. */
function registered({ IDTRX }: HeldLoad, accepted: boolean, CC: string | null, MLDA: number | null): HolderOutput {
  return log("confirmation-registered", "892", IDTRX, { accepted, CC, MLDA });
}
