/** The load command and the card's answer to it (load.md 2, 4; 893, 894, 883). */
import { bytesToUint, toHex } from "../../core/bytes.ts";
import type { LoadCommand, LoadResponse } from "../../protocol/messages/layouts.ts";
import type { HeadEndOutput } from "./events.ts";
import { refusedMessage, unresolved } from "./load-fail.ts";
import { showNegative } from "./load-negative.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadInput, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";

const NOTHING = new Uint8Array(0);

/** The load command for the set-top box, which loads once and answers from the card's memory when it comes again. */
export function passOnLoad(load: LoadState, { IDTRX, LOADDATA }: Omit<LoadCommand, "kind">): LoadStep {
  const message = { kind: "load-command", IDTRX, LOADDATA } as const;
  return proceed(load, { phase: "loading", LOADDATA }, { kind: "send-cable", message }, { kind: "receive-cable" });
}

/** What the set-top box says to the load command. */
export function onLoadResponse(load: LoadState, input: LoadInput): LoadStep {
  if (input.kind !== "cable") return unresolved(load, "the set-top box is gone");
  const { message } = input;
  const isOfThisLoad = "IDTRX" in message && message.IDTRX === load.terms?.IDTRX;
  if (message.kind === "load-response" && isOfThisLoad) return onResponse(load, message);
  if (message.kind === "stop" && isOfThisLoad) return stopped(load, message.CC, message.IDTRX);
  const reason = message.kind === "unrecognised" ? message.reason : `${message.kind} that is not due`;
  return preceded([refusedMessage(load, "set-top-box", reason)], unresolved(load, "no load response"));
}

function onResponse(load: LoadState, message: LoadResponse): LoadStep {
  const { CARDRSP, SW, RECOVERED } = message;
  const next: LoadState = { ...load, response: { CARDRSP, SW, RECOVERED } };
  const CC = negativeCode(next);
  const heard = logResponse(next, message);
  if (CC !== undefined) return preceded([heard], showNegative(next, CC));
  return preceded([heard], proceed(next, { phase: "responding" }, { kind: "send-payment", message }));
}

/** The card is gone, or was kept from the command: without an answer the load server challenges the card (load.md 5). */
function stopped(load: LoadState, CC: string, IDTRX: string): LoadStep {
  const response = { CARDRSP: NOTHING, SW: "0000", RECOVERED: 0 };
  const message = { kind: "load-response", IDTRX, ...response } as const;
  const heard = loadLog(load, "load-result", "883", { CC: null, SW: "0000", stop: CC });
  const next = { phase: "responding", response, failure: CC } as const;
  return proceed(load, next, heard, { kind: "send-payment", message });
}

/** The completion code of an answer that says that the card was not loaded; undefined for any other. */
export function negativeCode({ response }: LoadState): string | undefined {
  if (!response || response.CARDRSP.length === 0 || response.SW !== "9000") return undefined;
  return bytesToUint(response.CARDRSP.subarray(0, 2)) === 0 ? undefined : toHex(response.CARDRSP.subarray(0, 2));
}

/** What the card says of itself; whether it is true is for the load server to judge (883). */
export function logResponse(load: LoadState, { CARDRSP, SW }: Pick<LoadResponse, "CARDRSP" | "SW">): HeadEndOutput {
  const CC = CARDRSP.length === 0 ? null : toHex(CARDRSP.subarray(0, 2));
  return loadLog(load, "load-result", "883", { CC, SW });
}
