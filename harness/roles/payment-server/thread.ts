import { type Deadline, deadlineIn } from "../../core/deadline.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { drive, type LogOutput } from "../role.ts";
import type { LogLine } from "./database/contracts.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import type { PaymentServerParts } from "./parts.ts";
import { newThread } from "./phase.ts";

const NONCE_LENGTH = 12;

/**
 * One transaction thread at work: performs what the model wants on channel, database, pool and terminals. It lives as
 * long as its transaction ([0041]). `stop` ends it where it is, as a crash would: nothing is sent or stored any more, and
 * `recover` of the next start finds what it left.
 */
export class TransactionThread {
  readonly #channel: MessageChannel;
  readonly #parts: PaymentServerParts;
  readonly #stopped: Promise<"stopped">;
  #stop: () => void = () => undefined;
  #isStopped = false;
  #isLost = false;
  #IDTERM: string | undefined;
  #deadline: Deadline | undefined;
  /** Log entries that the next change of the database takes along, at the latest before anything is sent. */
  #lines: LogLine[] = [];

  constructor(channel: MessageChannel, parts: PaymentServerParts) {
    this.#channel = channel;
    this.#parts = parts;
    this.#stopped = new Promise((resolve) => {
      this.#stop = () => resolve("stopped");
    });
  }

  /** Resolves when the transaction has ended or the thread was stopped. */
  async run(): Promise<void> {
    try {
      const { role, currencies } = this.#parts;
      await drive(role, newThread(currencies), { kind: "connected" }, (output) => this.#perform(output));
      if (!this.#isStopped) await this.#writeLines();
    } catch (thrown) {
      if (!(thrown instanceof ThreadStopped)) throw thrown;
    } finally {
      this.#release();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop();
  }

  async #perform(output: PaymentOutput): Promise<PaymentInput | undefined> {
    if (this.#isStopped) throw new ThreadStopped();
    const { database, merchants, random } = this.#parts;
    switch (output.kind) {
      case "log":
        return this.#log(output);
      case "find-merchant":
        return { kind: "merchant", contract: merchants(output.IDMER), nonce: random(NONCE_LENGTH) };
      case "register":
        return { kind: "registered", isNew: await database.insertTransaction(output.row, this.#takeLines()) };
      case "update":
        await database.updateTransaction(output.IDMER, output.IDTRX, output.change, this.#takeLines());
        return undefined;
      case "find-transactions":
        return { kind: "found", rows: await database.transactionsWith(output.IDTRX) };
      case "acquire-terminal":
        return await this.#acquire(output.IDTERM);
      case "release-terminal":
        return this.#release();
      case "ask-terminal":
        return await this.#ask(output.IDTERM, output.bytes);
      case "send":
        return await this.#send(output.bytes);
      case "await-head-end":
        return await this.#receive(output.since);
      case "end":
        return undefined; // the driver ends there
      default:
        return unreachable(output);
    }
  }

  #log({ entry, step, IDTRX, fields }: LogOutput): undefined {
    this.#parts.trace({ kind: "log", role: "payment-server", entry, step, IDTRX, fields });
    this.#lines.push({ entry, step, IDTRX, fields });
  }

  #takeLines(): readonly LogLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  async #writeLines(): Promise<void> {
    if (this.#lines.length > 0) await this.#parts.database.appendLog(this.#takeLines());
  }

  async #acquire(wanted: string | undefined): Promise<PaymentInput> {
    const { pool } = this.#parts;
    const granted = pool.acquire(wanted);
    const IDTERM = await this.#unlessStopped(granted, (late) => {
      if (late !== undefined) pool.release(late);
    });
    this.#IDTERM = IDTERM;
    return { kind: "terminal", IDTERM };
  }

  #release(): undefined {
    const IDTERM = this.#IDTERM;
    this.#IDTERM = undefined;
    if (IDTERM !== undefined) this.#parts.pool.release(IDTERM);
  }

  async #ask(IDTERM: string, bytes: Uint8Array): Promise<PaymentInput> {
    await this.#writeLines();
    const { terminals, clock, timeouts, random } = this.#parts;
    const deadline = deadlineIn(clock, timeouts.terminalMs);
    try {
      await this.#unlessStopped(this.#settleOwed(IDTERM, bytes, deadline));
      const answer = terminals.exchange(IDTERM, bytes, deadline);
      return {
        kind: "terminal-answer",
        bytes: await this.#unlessStopped(answer),
        nonce: random(NONCE_LENGTH),
      };
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
      const unheard = parseMessage(bytes);
      if (unheard.kind === "t-cancel") this.#parts.owed.add(unheard);
      return { kind: "terminal-silent" };
    }
  }

  /** What the terminal must hear before it can be asked anything. A T-response may still end what is to be cancelled. */
  async #settleOwed(IDTERM: string, bytes: Uint8Array, deadline: Deadline): Promise<void> {
    const { owed, terminals } = this.#parts;
    if (parseMessage(bytes).kind === "t-response") return;
    for (const cancel of owed.of(IDTERM)) {
      await terminals.exchange(IDTERM, encodeMessage(cancel), deadline);
      owed.remove(cancel);
    }
  }

  /** A message that cannot be sent is noticed at the next wait; to the transaction it may have left. */
  async #send(bytes: Uint8Array): Promise<undefined> {
    await this.#writeLines();
    if (this.#isLost || this.#isStopped) return;
    try {
      await this.#channel.send(bytes);
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
      this.#isLost = true;
    }
  }

  async #receive(since: "now" | "before"): Promise<PaymentInput> {
    if (this.#isLost) return { kind: "lost" };
    const { clock, timeouts } = this.#parts;
    if (since === "now" || this.#deadline === undefined) {
      this.#deadline = deadlineIn(clock, timeouts.debitResponseMs);
    }
    try {
      const bytes = await this.#unlessStopped(this.#channel.receive(this.#deadline));
      if (bytes !== null) return { kind: "message", bytes };
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
      if (thrown.code === "DEVICE_SILENT") return { kind: "silence" };
    }
    this.#isLost = true;
    return { kind: "lost" };
  }

  /** `work`, or the end of this thread; `late` gets what nobody waits for any more. */
  async #unlessStopped<T>(work: Promise<T>, late?: (value: T) => void): Promise<T> {
    const first = await Promise.race([work.then((value) => ({ value })), this.#stopped]);
    if (first !== "stopped") return first.value;
    work.then(late, () => undefined); // its failure is nobody's news
    throw new ThreadStopped();
  }
}

class ThreadStopped extends Error {}
