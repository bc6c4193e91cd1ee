import { equal, fromHex, toHex } from "../../../core/bytes.ts";
import { type Deadline, remainingMs } from "../../../core/deadline.ts";
import { PursebenchError } from "../../../core/errors.ts";
import { deriveCollectionKey, signS4, signS5, signS6 } from "../../../crypto/collection.ts";
import type { TerminalAccess } from "../../../link/exchange.ts";
import { sumsOf } from "../../../protocol/messages/batch-members.ts";
import { parseLines, splitLines } from "../../../protocol/messages/collection-lines.ts";
import type { Message, TAcknowledge, TCollect, TUpdate } from "../../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../protocol/messages/message.ts";
import { encodeTotals, type TotalsLine } from "../../../protocol/messages/psam-read-totals.ts";
import { parseUpdate, type UpdateContent } from "../../../protocol/messages/psam-update.ts";
import { type DataStoreRecord, encodeStoreRecord } from "../../../protocol/messages/store-record.ts";
import { MKC } from "../../testing/batches.ts";

/** One terminal with its PSAM, as far as a collection looks (`psam-edge.md` 4.8 to 4.10). */
export class CollectingTerminal {
  readonly IDTERM: string;
  readonly psam: { readonly PPPSAM: string; readonly IDPSAM: string };
  readonly KDC: Uint8Array;
  records: DataStoreRecord[] = [];
  /** Counted by the PSAM and not collected. */
  counted: DataStoreRecord[] = [];
  /** Issued and not told that they are confirmed. */
  readonly issued = new Set<string>();
  kept: { NTCOL: number; DIGEST: string; LINES: Uint8Array; S4: Uint8Array } | undefined;
  NTCOL = 0;
  NTUPD = 0;
  readonly applied: UpdateContent[] = [];
  /** Sums that were taken out of the totals, in minor units. */
  collectedSum = 0;

  constructor(IDTERM: string, IDPSAM: string) {
    this.IDTERM = IDTERM;
    this.psam = { PPPSAM: "000789", IDPSAM };
    this.KDC = deriveCollectionKey(MKC, this.psam);
  }

  get BATCHNO(): string {
    return `${this.psam.PPPSAM}00${this.psam.IDPSAM}`;
  }

  /** A record of success that the PSAM has counted. */
  sell(record: DataStoreRecord): void {
    this.records.push({ ...record, COUNT: this.records.length + 1 });
    this.counted.push(record);
  }

  answer(message: Message): Message {
    const { IDTERM } = this;
    switch (message.kind) {
      case "t-read-totals":
        return { kind: "t-totals", IDTERM, TOTALS: this.#totals() };
      case "t-read-store": {
        const page = this.records.slice(message.INDEX, message.INDEX + 32).map(encodeStoreRecord);
        const STORE = new Uint8Array(page.flatMap((bytes) => [...bytes]));
        return { kind: "t-store", IDTERM, INDEX: this.records.length, STORE };
      }
      case "t-response":
        return { kind: "t-result", IDTERM, IDTRX: message.IDTRX, CC: this.#tell(message.IDTRX) };
      case "t-collect":
        return this.#collect(message);
      case "t-acknowledge":
        return { kind: "t-done", IDTERM, IDTRX: "00".repeat(16), CC: this.#acknowledge(message) };
      case "t-update":
        return { kind: "t-done", IDTERM, IDTRX: "00".repeat(16), CC: this.#update(message) };
      default:
        return { kind: "t-refusal", IDTERM, CC: "A00A" };
    }
  }

  #totals(): Uint8Array {
    return encodeTotals({
      ...this.psam,
      NTPSAM: 1,
      updated: "20310101",
      suspended: 0,
      totals: [...sumsOf(this.counted)],
    });
  }

  #tell(IDTRX: string): string {
    this.issued.delete(IDTRX);
    return "9416";
  }

  #collect({ DIGEST, LINES }: TCollect): Message {
    const { IDTERM, kept } = this;
    if (kept !== undefined) {
      if (!equal(kept.LINES, LINES)) return { kind: "t-refusal", IDTERM, CC: "9419" };
      return this.#sign(kept.NTCOL, DIGEST, LINES);
    }
    const lines = parseLines(LINES);
    const confirmed = this.counted.filter(({ IDTRX }) => !this.issued.has(IDTRX));
    const held = sumsOf(confirmed);
    if (!lines.ok || !lines.value.every((line) => isCovered(line, held))) {
      return { kind: "t-refusal", IDTERM, CC: "9418" };
    }
    this.NTCOL += 1;
    for (const line of lines.value) this.#take(line);
    return this.#sign(this.NTCOL, DIGEST, LINES);
  }

  #sign(NTCOL: number, DIGEST: string, LINES: Uint8Array): Message {
    const S4 = signS4(this.KDC, { ...this.psam, NTCOL, DIGEST: fromHex(DIGEST), lines: splitLines(LINES) });
    this.kept = { NTCOL, DIGEST, LINES, S4 };
    return { kind: "t-collected", IDTERM: this.IDTERM, BATCHNO: this.BATCHNO, ...this.kept };
  }

  /** As many as the line says: which ones, a PSAM does not know. */
  #take({ PPIEP, CURR, CEXP, MTOT, NTOT }: TotalsLine): void {
    const isOf = (each: DataStoreRecord) =>
      each.PPIEP === PPIEP && each.CURRPDA === CURR && each.CEXPPDA === CEXP && !this.issued.has(each.IDTRX);
    const sum = this.counted.filter(isOf).reduce((total, { MPDA }) => total + MPDA, 0);
    const left = { MPDA: sum - MTOT, count: this.counted.filter(isOf).length - NTOT };
    const [first] = this.counted.filter(isOf);
    this.counted = this.counted.filter((each) => !isOf(each));
    this.collectedSum += MTOT;
    for (let index = 0; first !== undefined && index < left.count; index++) {
      this.counted.push({ ...first, MPDA: index === 0 ? left.MPDA : 0 });
    }
  }

  #acknowledge({ NTCOL, S5 }: TAcknowledge): string {
    const { kept } = this;
    if (kept === undefined || kept.NTCOL !== NTCOL) return "9415";
    const right = signS5(this.KDC, { ...this.psam, NTCOL, DIGEST: fromHex(kept.DIGEST) });
    if (toHex(right) !== toHex(S5)) return "9302";
    this.kept = undefined;
    return "0000";
  }

  #update({ UPDATE }: TUpdate): string {
    const parsed = parseUpdate(UPDATE);
    if (!parsed.ok) return "6A80";
    const { unsigned, S6, update } = parsed.value;
    if (toHex(signS6(this.KDC, this.psam, unsigned)) !== toHex(S6)) return "9302";
    if (update.NTUPD <= this.NTUPD) return "9419";
    this.NTUPD = update.NTUPD;
    this.applied.push(update.content);
    return "0000";
  }
}

function isCovered(line: TotalsLine, held: readonly TotalsLine[]): boolean {
  const own = held.find(({ PPIEP, CURR, CEXP }) => PPIEP === line.PPIEP && CURR === line.CURR && CEXP === line.CEXP);
  return own !== undefined && line.MTOT <= own.MTOT && line.NTOT <= own.NTOT;
}

/**
 * `deaf`: it has not heard; `mute`: it has done what it was asked, and nobody heard its answer; `misled`: an acknowledgement comes
 * with another NTCOL.
 */
export type Lapse = "none" | "deaf" | "mute" | "misled";

export class CollectingTerminals implements TerminalAccess {
  readonly terminals: readonly CollectingTerminal[];
  readonly asked: Message[] = [];
  lapses: Lapse[] = [];

  constructor(...terminals: readonly CollectingTerminal[]) {
    this.terminals = terminals;
  }

  async exchange(IDTERM: string, bytes: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const message = parseMessage(bytes);
    const terminal = this.terminals.find((each) => each.IDTERM === IDTERM);
    if (message.kind === "unrecognised" || terminal === undefined) throw new Error(`nothing for ${IDTERM}`);
    this.asked.push(message);
    const lapse = this.lapses.shift() ?? "none";
    const isMisled = lapse === "misled" && message.kind === "t-acknowledge";
    const heard = isMisled ? { ...message, NTCOL: message.NTCOL + 1 } : message;
    const answer = lapse === "deaf" ? undefined : terminal.answer(heard);
    if (lapse !== "mute" && answer !== undefined) return encodeMessage(answer);
    await deadline.clock.timer(remainingMs(deadline)).elapsed;
    throw new PursebenchError("DEVICE_SILENT", "the terminal said nothing");
  }
}
