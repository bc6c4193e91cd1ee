import { equal } from "../../core/bytes.ts";
import type { Deadline } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { TerminalAccess } from "../../link/exchange.ts";
import type { Message, MessageKind, MessageOf, TCollected } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { CollectRequest } from "../../protocol/messages/psam-collect.ts";
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

  /** Has totals collected: the PSAM's word, or the CC that refused it. */
  async collect(
    { DIGEST, LINES }: CollectRequest,
    deadline: Deadline,
  ): Promise<TCollected | { readonly kind: "refused"; readonly CC: string }> {
    const request = { kind: "t-collect", IDTERM: this.#IDTERM, DIGEST, LINES } as const;
    const answer = await this.#hear(request, deadline);
    if (answer.kind === "t-refusal") return { kind: "refused", CC: answer.CC };
    if (answer.kind !== "t-collected") throw this.#unexpected(request, answer);
    if (answer.DIGEST === DIGEST && equal(answer.LINES, LINES)) return answer;
    throw this.#wrong("t-collected with another DIGEST or other LINES than t-collect");
  }

  /** The clearing system has the collection: CC, `0000` when the PSAM has forgotten it. `S5`: 8 bytes. */
  async acknowledge(NTCOL: number, S5: Uint8Array, deadline: Deadline): Promise<string> {
    return await this.#order({ kind: "t-acknowledge", IDTERM: this.#IDTERM, NTCOL, S5 }, deadline);
  }

  /** Hands an update to the PSAM: CC, `0000` when it is applied. `UPDATE`: 22 to 38 bytes with S6. */
  async update(UPDATE: Uint8Array, deadline: Deadline): Promise<string> {
    return await this.#order({ kind: "t-update", IDTERM: this.#IDTERM, UPDATE }, deadline);
  }

  /** For messages that are answered with T-done, or T-refusal where they never came to the PSAM. */
  async #order(request: Message, deadline: Deadline): Promise<string> {
    const answer = await this.#hear(request, deadline);
    if (answer.kind === "t-done" || answer.kind === "t-refusal") return answer.CC;
    throw this.#unexpected(request, answer);
  }

  async #ask<Kind extends MessageKind>(request: Message, kind: Kind, deadline: Deadline): Promise<MessageOf<Kind>> {
    const answer = await this.#hear(request, deadline);
    if (isKind(answer, kind)) return answer;
    throw this.#unexpected(request, answer);
  }

  async #hear(request: Message, deadline: Deadline): Promise<Message> {
    const bytes = await this.#access.exchange(this.#IDTERM, encodeMessage(request), deadline);
    const answer = parseMessage(bytes);
    if (answer.kind === "unrecognised") throw this.#wrong(answer.reason);
    return answer;
  }

  #unexpected(request: Message, answer: Message): PursebenchError {
    const CC = "CC" in answer && answer.CC !== undefined ? ` ${answer.CC}` : "";
    return this.#wrong(`${request.kind} was answered with ${answer.kind}${CC}`);
  }

  #wrong(reason: string): PursebenchError {
    return new PursebenchError("PROTOCOL", `terminal ${this.#IDTERM}: ${reason}`, { owner: "terminal" });
  }
}

function isKind<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}
