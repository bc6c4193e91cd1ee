import { type Deadline, deadlineIn } from "../../core/deadline.ts";
import { unreachable } from "../../core/errors.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { drive, type LogOutput } from "../role.ts";
import { PeerChannel, type Wait } from "../serving/peer-channel.ts";
import { isAnsweredBy } from "./cancel.ts";
import type { LogLine, TransactionRecord } from "./database/contracts.ts";
import type { Fresh, PaymentInput, PaymentOutput } from "./effects.ts";
import { isFailureOfTerminal, settleOwed } from "./owed-collector.ts";
import type { PaymentServerParts } from "./parts.ts";
import { newThread } from "./phase.ts";
import type { TerminalWish } from "./pool.ts";
import { postConfirmation } from "./post-confirmation.ts";

type Asked = Extract<PaymentOutput, { kind: "ask-terminal" }>;
type Issued = Extract<PaymentOutput, { kind: "find-issued" }>;

const NONCE_LENGTH = 12;

/**
 * One transaction thread at work: performs what the model wants on channel, database, pool and terminals. It lives as
 * long as its transaction ([0041]). `stop` ends it where it is, as a crash would: nothing is sent or stored any more, and
 * `recover` of the next start finds what it left.
 */
export class TransactionThread {
  readonly #headEnd: PeerChannel;
  readonly #parts: PaymentServerParts;
  readonly #stopped: Promise<"stopped">;
  #stop: () => void = () => undefined;
  #isStopped = false;
  #IDTERM: string | undefined;
  /** Tells the pool that what its terminal has issued for this transaction, before it served others, is decided. */
  #decided: () => void = () => undefined;
  /** Log entries that the next change of the database takes along, at the latest before anything is sent. */
  #lines: LogLine[] = [];

  constructor(channel: MessageChannel, parts: PaymentServerParts) {
    const { firstMessageMs, debitResponseMs: answerMs } = parts.timeouts;
    this.#headEnd = new PeerChannel(channel, { clock: parts.clock, firstMessageMs, answerMs });
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
      this.#release(false);
      this.#decided();
    }
  }

  /** A message has come. */
  get hasSpoken(): boolean {
    return this.#headEnd.hasSpoken;
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop();
  }

  async #perform(output: PaymentOutput): Promise<PaymentInput | undefined> {
    if (this.#isStopped) throw new ThreadStopped();
    const { database, merchants, owed, collector } = this.#parts;
    switch (output.kind) {
      case "log":
        return this.#log(output);
      case "find-merchant":
        return { kind: "merchant", contract: merchants(output.IDMER), ...this.#fresh() };
      case "register":
        return { kind: "registered", isNew: await database.insertTransaction(output.row, this.#takeLines()) };
      case "update":
        await database.updateTransaction(output.IDMER, output.IDTRX, output.change, this.#takeLines());
        return undefined;
      case "find-transactions":
        return { kind: "found", rows: await database.transactionsWith(output.IDTRX) };
      case "find-issued":
        return { kind: "issued-there", isIssued: isIssuedThere(output, await database.transactionsWith(output.IDTRX)) };
      case "acquire-terminal":
        return await this.#acquire(output);
      case "release-terminal":
        return this.#release(output.undecided === true);
      case "ask-terminal":
        return await this.#ask(output);
      case "owe-cancel":
        owed.add(output.cancel);
        return collector.collect(output.cancel.IDTERM);
      case "cancel-answered": {
        const { IDMER, IDTRX } = output.cancel;
        owed.remove(output.cancel);
        if (IDMER !== undefined) await database.cancelAnswered(IDMER, IDTRX, this.#takeLines());
        return undefined;
      }
      case "post-confirmation":
        return { kind: "posted", status: await this.#unlessStopped(postConfirmation(this.#parts, output)) };
      case "send":
        return await this.#send(output.bytes);
      case "await-head-end":
        return await this.#receive(output);
      case "end":
        return undefined; // the driver ends there
      default:
        return unreachable(output);
    }
  }

  #log({ entry, step, IDTRX, fields }: LogOutput): undefined {
    this.#parts.trace({ kind: "log", role: this.#parts.name, entry, step, IDTRX, fields });
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

  #fresh(): Fresh {
    const { random } = this.#parts;
    return { nonce: random(NONCE_LENGTH), layerNonce: random(NONCE_LENGTH) };
  }

  async #acquire(wish: TerminalWish): Promise<PaymentInput> {
    const { pool } = this.#parts;
    const granted = pool.acquire(wish);
    const IDTERM = await this.#unlessStopped(granted, (late) => {
      if (late !== undefined) pool.release(late);
    });
    this.#IDTERM = IDTERM;
    return { kind: "terminal", IDTERM };
  }

  #release(isUndecided: boolean): undefined {
    const IDTERM = this.#IDTERM;
    this.#IDTERM = undefined;
    if (IDTERM === undefined) return;
    if (isUndecided) this.#decided = this.#parts.pool.releaseUndecided(IDTERM);
    else this.#parts.pool.release(IDTERM);
  }

  async #ask(asked: Asked): Promise<PaymentInput> {
    await this.#writeLines();
    const { clock, timeouts, owed } = this.#parts;
    const answer = await this.#answerTo(asked, deadlineIn(clock, timeouts.terminalMs));
    if (asked.owes !== undefined && !isAnsweredBy(asked.owes, answer)) owed.add(asked.owes);
    return answer === undefined
      ? { kind: "terminal-silent" }
      : { kind: "terminal-answer", bytes: answer, ...this.#fresh() };
  }

  /** `undefined`: the terminal was silent, or is not there. */
  async #answerTo({ IDTERM, bytes }: Asked, deadline: Deadline): Promise<Uint8Array | undefined> {
    try {
      // A T-response may still end what is to be cancelled; nothing else comes before it.
      const isResponse = parseMessage(bytes).kind === "t-response";
      if (!isResponse) await this.#unlessStopped(settleOwed(this.#parts, IDTERM, deadline));
      return await this.#unlessStopped(this.#parts.terminals.exchange(IDTERM, bytes, deadline));
    } catch (thrown) {
      if (!isFailureOfTerminal(thrown)) throw thrown;
      return undefined;
    }
  }

  async #send(bytes: Uint8Array): Promise<undefined> {
    await this.#writeLines();
    if (!this.#isStopped) await this.#headEnd.send(bytes);
  }

  async #receive(wait: Wait): Promise<PaymentInput> {
    const heard = await this.#unlessStopped(this.#headEnd.receive(wait));
    return typeof heard === "string" ? { kind: heard } : { kind: "message", bytes: heard, ...this.#fresh() };
  }

  /** `work`, or the end of this thread; `late` gets what nobody waits for any more. */
  async #unlessStopped<T>(work: Promise<T>, late?: (value: T) => void): Promise<T> {
    const first = await Promise.race([work.then((value) => ({ value })), this.#stopped]);
    if (first !== "stopped") return first.value;
    work.then(late, () => undefined); // its failure is nobody's news
    throw new ThreadStopped();
  }
}

function isIssuedThere({ IDTERM, sale }: Issued, rows: readonly TransactionRecord[]): boolean {
  return rows.some((row) => row.IDTERM === IDTERM && (row.IDMER !== sale.IDMER || row.IDTRX !== sale.IDTRX));
}

class ThreadStopped extends Error {}
