/** Which transaction has which terminal, message by message. */
import type { RecordedEvent } from "../../../harness/flows/system.ts";
import { parseMessage } from "../../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { terminalLink } from "../support/payment.ts";

const LAN_HEADER = 4;

interface TerminalWord {
  readonly n: number;
  readonly kind: string;
  readonly IDTERM: string;
  readonly IDTRX: string;
  /** With the expected answer: the terminal has done with it. */
  readonly isSingleTrip: boolean;
}

/** From T-draw until the terminal has done with a transaction (T-debit where somebody else compares) it is given no other one. */
export function expectNeverShared(t: CaseContext, events: readonly RecordedEvent[], about: About): void {
  const serving = new Map<string, string>();
  const shared: string[] = [];
  for (const word of wordsOf(t, events)) {
    const { n, kind, IDTERM, IDTRX } = word;
    const other = serving.get(IDTERM);
    if (kind === "t-draw") {
      if (other !== undefined) shared.push(`terminal ${IDTERM} got ${IDTRX} at event ${n} while it served ${other}`);
      serving.set(IDTERM, IDTRX);
    } else if (other === IDTRX && isEnd(word)) serving.delete(IDTERM);
  }
  t.expect.equal("terminals that served two transactions at once", shared, [], about);
}

/** IDTERM and IDTRX of every T-draw, in order. */
export function drawsOf(t: CaseContext, events: readonly RecordedEvent[]): readonly TerminalWord[] {
  return wordsOf(t, events).filter(({ kind }) => kind === "t-draw");
}

function isEnd({ kind, isSingleTrip }: TerminalWord): boolean {
  return kind === "t-result" || kind === "t-refusal" || kind === "t-done" || (kind === "t-debit" && isSingleTrip);
}

function wordsOf(t: CaseContext, events: readonly RecordedEvent[]): readonly TerminalWord[] {
  const { link } = terminalLink(t);
  return events.flatMap((event) => {
    if (event.kind !== "message" || event.link !== link) return [];
    const message = parseMessage(link === "LAN" ? event.bytes.subarray(LAN_HEADER) : event.bytes);
    if (!("IDTERM" in message) || !("IDTRX" in message)) return [];
    const { kind, IDTERM = "", IDTRX = "" } = message;
    return [{ n: event.n, kind, IDTERM, IDTRX, isSingleTrip: "EXPECTED" in message && message.EXPECTED !== undefined }];
  });
}
