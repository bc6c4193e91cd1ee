/** What the terminal said to its PSAM on link SAM (`psam-edge.md` 4.1 to 4.3). */
import type { MessageEvent, PurchaseObservation, RecordedEvent } from "../../../harness/flows/system.ts";
import { parseCommandApdu } from "../../../harness/protocol/apdu/command-apdu.ts";
import type { CaseContext } from "../../define/case.ts";
import { messagesOn } from "./observe.ts";

type Seen = PurchaseObservation | readonly RecordedEvent[];

export interface SamPackage {
  readonly name: string;
  readonly data: Uint8Array;
  readonly event: MessageEvent;
  /** The answer that followed, status word included. */
  readonly response: Uint8Array | undefined;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x7000, "ANSWER TO RESET"],
  [0x7001, "INITIALIZE IEP"],
  [0x7200, "DEBIT"],
  [0x7201, "DEBIT"],
]);

/** The packages of the draws in `seen`, in order; others commands to the PSAM left out. */
export function packagesOf(seen: Seen): readonly SamPackage[] {
  const messages = messagesOn(seen, "SAM");
  return messages.flatMap((event, index) => {
    const parsed = event.from === "psam" ? undefined : parseCommandApdu(event.bytes);
    if (!parsed?.ok) return [];
    const { ins, p1, data } = parsed.apdu;
    const name = NAMES.get((ins << 8) | p1);
    const next = messages[index + 1];
    return name === undefined ? [] : [{ name, data, event, response: next?.from === "psam" ? next.bytes : undefined }];
  });
}

/** On link SAM each command is answered before the next one is sent. */
export function expectAlternating(t: CaseContext, seen: Seen): void {
  for (const [index, event] of messagesOn(seen, "SAM").entries()) {
    const due = index % 2 === 0 ? "terminal" : "psam";
    t.expect.equal("who speaks on link SAM", event.from, due, { requirement: "TERM-0093-e", at: event });
  }
}
