import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { Delivered } from "../../protocol/messages/delivery.ts";
import { drive, type LogOutput } from "../role.ts";
import type { CollectInput, CollectOutput } from "./collect-effects.ts";
import { collectRole, newCollection } from "./collect-model.ts";
import type { CollectionOptions } from "./collection-options.ts";
import type { LogLine } from "./database/contracts.ts";
import { isFailureOfTerminal } from "./owed-collector.ts";
import type { PaymentServerParts } from "./parts.ts";

/** The collections of a payment server, one at a time beside all transactions. Disposing it is a crash in the middle of one. */
export class Collection implements AsyncDisposable {
  readonly #parts: PaymentServerParts;
  readonly #options: CollectionOptions | undefined;
  readonly #terminalIds: readonly string[];
  readonly #stopped: Promise<"stopped">;
  #stop: () => void = () => undefined;
  #isStopped = false;
  #before: Promise<unknown> = Promise.resolve();

  constructor(parts: PaymentServerParts, terminalIds: readonly string[], options: CollectionOptions | undefined) {
    this.#parts = parts;
    this.#terminalIds = terminalIds.map((IDTERM) => IDTERM.toUpperCase());
    this.#options = options;
    this.#stopped = new Promise((resolve) => {
      this.#stop = () => resolve("stopped");
    });
  }

  /** From each terminal in turn; what the clearing system answers itself is handed out at once. */
  collect(): Promise<void> {
    return this.#inTurn(async (options) => {
      for (const IDTERM of this.#terminalIds) {
        const messages = await this.#run(options, { kind: "collect", IDTERM });
        if (messages.length > 0) await this.#run(options, { kind: "hand-out", messages });
      }
    });
  }

  /** Acknowledgements, refusals and updates go to the terminals. */
  fetchDeliveries(): Promise<void> {
    return this.#inTurn(async (options) => {
      await this.#run(options, { kind: "fetch" });
    });
  }

  /**
   * Collects and fetches deliveries each time that `intervalMs` has passed, so often, or until it is stopped. A round that takes
   * longer than that is followed by the next at once.
   */
  async atIntervals(intervalMs: number, rounds = Number.POSITIVE_INFINITY): Promise<void> {
    const { clock } = this.#parts;
    let dueMs = clock.monotonicMs();
    for (let round = 0; round < rounds; round++) {
      dueMs += intervalMs;
      const timer = clock.timer(dueMs - clock.monotonicMs());
      const first = await Promise.race([timer.elapsed, this.#stopped]);
      timer.cancel();
      if (first === "stopped") return;
      await this.collect();
      await this.fetchDeliveries();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#stop();
    await this.#before;
  }

  #inTurn(work: (options: CollectionOptions) => Promise<void>): Promise<void> {
    const own = this.#before.then(async () => {
      if (this.#options === undefined) throw notSetUp();
      try {
        await work(this.#options);
      } catch (thrown) {
        if (!(thrown instanceof CollectionStopped)) throw thrown;
      }
    });
    this.#before = own.catch(() => undefined); // whoever asked hears of it
    return own;
  }

  /** What came along with the answer to a batch. */
  async #run(options: CollectionOptions, first: CollectInput): Promise<readonly Delivered[]> {
    const { IDCP, IDACQUIRER, isDirect = false, role = collectRole } = options;
    const messages: Delivered[] = [];
    const state = newCollection({ IDCP, IDACQUIRER, isDirect });
    await drive(role, state, first, async (output) => {
      if (this.#isStopped) throw new CollectionStopped();
      if (output.kind === "delivered") messages.push(...output.messages);
      return await this.#perform(options, output);
    });
    return messages;
  }

  async #perform(options: CollectionOptions, output: CollectOutput): Promise<CollectInput | undefined> {
    switch (output.kind) {
      case "log":
        return await this.#log(output);
      case "ask-terminal":
        return { kind: "terminal", bytes: await this.#unlessStopped(this.#askTerminal(output)) };
      case "ask-collector":
        return { kind: "posted", response: await this.#unlessStopped(this.#ask(options, output.request)) };
      case "delivered":
      case "end":
        return undefined;
      case "find-pending":
      case "find-untold":
      case "find-candidates":
      case "find-batch":
      case "find-acknowledged":
      case "find-psam":
        return await this.#find(output);
      default:
        return await this.#store(output);
    }
  }

  async #find(output: Extract<CollectOutput, { kind: `find-${string}` }>): Promise<CollectInput> {
    const { batches } = this.#parts.database;
    switch (output.kind) {
      case "find-pending": {
        const { IDTERM } = output;
        const batch = await batches.pending(IDTERM);
        return { kind: "pending", batch, isPsamKnown: await batches.hasPsam(IDTERM) };
      }
      case "find-untold":
        return { kind: "untold", rows: await batches.untold(output.IDTERM) };
      case "find-candidates":
        return { kind: "candidates", ...(await batches.candidates(output.IDTERM, output.identifiers)) };
      case "find-batch":
        return { kind: "found", batch: await batches.find(output.BATCHNO, output.NTCOL) };
      case "find-acknowledged":
        return { kind: "found", batch: await batches.lastAcknowledged(output.IDTERM, output.name) };
      case "find-psam":
        return { kind: "psam", psam: await batches.psam(output.BATCHNO) };
      default:
        return unreachable(output);
    }
  }

  async #store(
    output: Extract<CollectOutput, { kind: `store-${string}` | `note-${string}` | "drop" }>,
  ): Promise<CollectInput | undefined> {
    const { database } = this.#parts;
    const { batches } = database;
    switch (output.kind) {
      case "note-psam":
        return void (await batches.notePsam(output.BATCHNO, output.IDTERM));
      case "note-told": {
        const { IDMER, IDTRX } = output.name;
        const change = { status: "confirmed", terminalResponse: output.response } as const;
        return void (await database.updateTransaction(IDMER, IDTRX, change));
      }
      case "store-asked":
        return { kind: "asked", batch: await batches.ask(output.collection) };
      case "drop":
        return void (await batches.drop(output.sequence));
      case "store-collected":
        return void (await batches.collected(output.sequence, output.signed));
      case "store-sent":
        return void (await batches.sent(output.sequence));
      case "store-refused":
        return void (await batches.refused(output.sequence, output.CC));
      case "store-acknowledged":
        return void (await batches.acknowledged(output.sequence, output.refused));
      case "store-reopened":
        return void (await batches.reopened(output.sequence));
      case "store-update-applied":
        return void (await batches.updateApplied(output.BATCHNO, output.NTUPD));
      default:
        return unreachable(output);
    }
  }

  async #log({ entry, IDTRX, fields }: LogOutput): Promise<undefined> {
    const { trace, name, database } = this.#parts;
    const line: LogLine = { entry, IDTRX, fields };
    trace({ kind: "log", role: name, ...line });
    await database.appendLog([line]);
  }

  /** `undefined`: the terminal is silent, or is not there. */
  async #askTerminal({ IDTERM, bytes }: Extract<CollectOutput, { kind: "ask-terminal" }>) {
    const { terminals, clock, timeouts } = this.#parts;
    try {
      return await terminals.exchange(IDTERM, bytes, deadlineIn(clock, timeouts.terminalMs));
    } catch (thrown) {
      if (!isFailureOfTerminal(thrown)) throw thrown;
      return undefined;
    }
  }

  /** `undefined`: nobody answers. */
  async #ask(options: CollectionOptions, request: HttpRequest): Promise<HttpResponse | undefined> {
    const { http, origin, collectorMs = 15_000 } = options;
    try {
      return await http(origin, request, deadlineIn(this.#parts.clock, collectorMs));
    } catch (thrown) {
      if (thrown instanceof PursebenchError && thrown.code !== "STORAGE") return undefined;
      throw thrown;
    }
  }

  async #unlessStopped<T>(work: Promise<T>): Promise<T> {
    const first = await Promise.race([work.then((value) => ({ value })), this.#stopped]);
    if (first !== "stopped") return first.value;
    work.catch(() => undefined); // its failure is nobody's news
    throw new CollectionStopped();
  }
}

class CollectionStopped extends Error {}

function notSetUp(): PursebenchError {
  return new PursebenchError("USAGE", "this payment server does not take part in clearing", {
    mend: "give it a concentration point or a clearing system",
  });
}
