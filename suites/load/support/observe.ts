/** What passed at the card and at the HSM in a load. Whatever is not there is a failed expectation that names it. */
import type { MessageEvent, PurchaseObservation, RecordedEvent } from "../../../harness/flows/system.ts";
import { type HsmFrame, parseHsmFrame } from "../../../harness/protocol/hsm/frame.ts";
import { type LoadInit, parseLoadInit } from "../../../harness/protocol/messages/load-init.ts";
import { type LoadResponse, parseLoadResponse } from "../../../harness/protocol/messages/load-response.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { apdusOn, messagesOn } from "../../payment/support/observe.ts";

export const INITIALIZE_IEP = 0x50;
export const CREDIT_IEP = 0x52;

type Seen = PurchaseObservation | readonly RecordedEvent[];

/** One INITIALIZE IEP for load on link 235, as asked and as answered. */
export interface Initialisation {
  readonly event: MessageEvent;
  /** 34 bytes. */
  readonly LOADINIT: Uint8Array;
  /** 35 bytes. */
  readonly LOADRSP: Uint8Array;
  readonly init: LoadInit;
  readonly card: LoadResponse;
}

/** Each that the card answered well, in order. */
export function initialisations(seen: Seen): readonly Initialisation[] {
  return apdusOn(seen, "235", INITIALIZE_IEP).flatMap(({ command, response }) => {
    const LOADINIT = command.bytes.slice(5, 39);
    const LOADRSP = response?.bytes.slice(0, -2) ?? new Uint8Array(0);
    const [init, card] = [parseLoadInit(LOADINIT), parseLoadResponse(LOADRSP)];
    return init.ok && card.ok ? [{ event: command, LOADINIT, LOADRSP, init: init.value, card: card.value }] : [];
  });
}

/** The first one: that of the load request. */
export function theInitialisation(t: CaseContext, seen: Seen, about?: About): Initialisation {
  return t.expect.present("INITIALIZE IEP for load on link 235", initialisations(seen)[0], about);
}

/** One CREDIT IEP on link 235. */
export interface Credit {
  readonly event: MessageEvent;
  /** 15 bytes. */
  readonly LOADDATA: Uint8Array;
  /** With its status word. */
  readonly answer: Uint8Array;
}

export function credits(seen: Seen): readonly Credit[] {
  return apdusOn(seen, "235", CREDIT_IEP).map(({ command, response }) => ({
    event: command,
    LOADDATA: command.bytes.slice(5, 20),
    answer: response?.bytes ?? new Uint8Array(0),
  }));
}

export function theCredit(t: CaseContext, seen: Seen, about?: About): Credit {
  return t.expect.present("CREDIT IEP on link 235", credits(seen)[0], about);
}

/** A frame on link HSM. */
export interface SeenFrame extends HsmFrame {
  readonly event: MessageEvent;
  /** All of it, as text. */
  readonly text: string;
}

/** Frames on link HSM with that command or answer code, or all; what is none is left out. */
export function hsmFrames(seen: Seen, code?: string): readonly SeenFrame[] {
  return messagesOn(seen, "HSM").flatMap((event) => {
    const frame = parseHsmFrame(event.bytes);
    if (frame === undefined || (code !== undefined && frame.code !== code)) return [];
    return [{ ...frame, event, text: String.fromCharCode(...event.bytes) }];
  });
}

/** The only one of that code. */
export function theFrame(t: CaseContext, seen: Seen, code: string, about?: About): SeenFrame {
  const found = hsmFrames(seen, code);
  t.expect.equal(`${code} frames on link HSM`, found.length, 1, about);
  return t.expect.present(`${code} on link HSM`, found[0], about);
}
