import type { Deadline } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { TerminalAccess } from "../../link/exchange.ts";
import type { Message, MessageKind, MessageOf } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { parseTotals, type Totals } from "../../protocol/messages/psam-read-totals.ts";
import { type DataStoreRecord, parseStore } from "../../protocol/messages/store-record.ts";

/**
 * Reads a terminal, real or not, through its own messages (`messages.md` 5). Every call rejects with `PROTOCOL`, owner
 * terminal, when the answer is not what the specification allows, and as `TerminalAccess` does when there is none.
 */
export class TerminalClient {
  readonly #access: TerminalAccess;
  readonly #IDTERM: string;

  /** `IDTERM`: 8 hex digits. */
  constructor(access: TerminalAccess, IDTERM: string) {
    this.#access = access;
    this.#IDTERM = IDTERM;
  }

  /** The whole data store, oldest record first, in pages of at most 32. */
  async readStore(deadline: Deadline): Promise<readonly DataStoreRecord[]> {
    const records: DataStoreRecord[] = [];
    for (let kept = 1; records.length < kept; ) {
      const request = { kind: "t-read-store", IDTERM: this.#IDTERM, INDEX: records.length } as const;
      const page = await this.#ask(request, "t-store", deadline);
      kept = page.INDEX;
      const before = records.length;
      for (const parsed of parseStore(page.STORE)) {
        if (!parsed.ok) throw this.#wrong(`record ${records.length} of its data store: ${parsed.reason}`);
        records.push(parsed.record);
      }
      if (records.length === before && kept > before) {
        throw this.#wrong(`it says that it keeps ${kept} records and gives none from ${before} on`);
      }
    }
    return records;
  }

  async readTotals(deadline: Deadline): Promise<Totals> {
    const { TOTALS } = await this.#ask({ kind: "t-read-totals", IDTERM: this.#IDTERM }, "t-totals", deadline);
    const parsed = parseTotals(TOTALS);
    if (!parsed.ok) throw this.#wrong(`totals: ${parsed.reason}`);
    return parsed.value;
  }

  async #ask<Kind extends MessageKind>(request: Message, kind: Kind, deadline: Deadline): Promise<MessageOf<Kind>> {
    const bytes = await this.#access.exchange(this.#IDTERM, encodeMessage(request), deadline);
    const answer = parseMessage(bytes);
    if (isKind(answer, kind)) return answer;
    if (answer.kind === "unrecognised") throw this.#wrong(answer.reason);
    const CC = "CC" in answer && answer.CC !== undefined ? ` ${answer.CC}` : "";
    throw this.#wrong(`${request.kind} was answered with ${answer.kind}${CC}`);
  }

  #wrong(reason: string): PursebenchError {
    return new PursebenchError("PROTOCOL", `terminal ${this.#IDTERM}: ${reason}`, { owner: "terminal" });
  }
}

function isKind<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}
