import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { RoleName, TraceSink } from "../../core/trace.ts";
import type { TerminalAccess } from "../../link/exchange.ts";
import { cancelMessage, isAnsweredBy } from "./cancel.ts";
import type { LogLine, PaymentDatabase } from "./database/contracts.ts";
import type { OwedCancel, OwedCancels } from "./owed-cancels.ts";
import type { TerminalPool } from "./pool.ts";
import { reversalLine } from "./reversal-line.ts";
import type { PaymentServerTimeouts } from "./timeouts.ts";

/** What it takes to settle. */
export interface SettlingParts {
  /** Role in the traces. */
  readonly name: RoleName;
  readonly owed: OwedCancels;
  readonly database: PaymentDatabase;
  readonly terminals: TerminalAccess;
  readonly pool: TerminalPool;
  readonly clock: Clock;
  readonly timeouts: PaymentServerTimeouts;
  readonly trace: TraceSink;
}

/** What a terminal has to hear before it can be asked anything. Whoever calls this has it reserved. */
export async function settleOwed(parts: SettlingParts, IDTERM: string, deadline: Deadline): Promise<void> {
  for (const cancel of parts.owed.of(IDTERM)) {
    const answer = await parts.terminals.exchange(IDTERM, cancelMessage(cancel), deadline);
    if (isAnsweredBy(cancel, answer)) await settled(parts, cancel, answer);
  }
}

/** The terminal was silent, garbled or not there; not so when the database failed behind it. */
export function isFailureOfTerminal(thrown: unknown): boolean {
  return thrown instanceof PursebenchError && thrown.code !== "STORAGE";
}

async function settled(
  { owed, database, trace, name }: SettlingParts,
  cancel: OwedCancel,
  answer: Uint8Array,
): Promise<void> {
  const { IDMER, IDTRX, IDTERM, isReversal } = cancel;
  owed.remove(cancel);
  const lines: LogLine[] = isReversal ? [reversalLine(IDTRX, IDTERM, answer)] : [];
  for (const line of lines) trace({ kind: "log", role: name, ...line });
  if (IDMER !== undefined) await database.cancelAnswered(IDMER, IDTRX, lines);
}

/** Waits, beside all transactions, for terminals that were busy when they should have heard of a reversal. */
export class OwedCollector implements AsyncDisposable {
  readonly #parts: () => SettlingParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stopped: Promise<void>;
  #stop: () => void = () => undefined;

  constructor(parts: () => SettlingParts) {
    this.#parts = parts;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  /** The terminal hears what it has to as soon as it is free; until then nothing happens. */
  collect(IDTERM: string): undefined {
    if (this.#running.has(IDTERM)) return;
    const running = Promise.race([this.#settle(IDTERM), this.#stopped]).finally(() => this.#running.delete(IDTERM));
    this.#running.set(IDTERM, running);
    running.catch(() => undefined); // the database failed: the debt is in it still
  }

  async #settle(IDTERM: string): Promise<void> {
    const parts = this.#parts();
    const { pool, clock, timeouts } = parts;
    if ((await pool.acquire({ among: [IDTERM], isPatient: true })) === undefined) return;
    try {
      await settleOwed(parts, IDTERM, deadlineIn(clock, timeouts.terminalMs));
    } catch (thrown) {
      if (!isFailureOfTerminal(thrown)) throw thrown; // else it hears it before its next message
    } finally {
      pool.release(IDTERM);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await Promise.allSettled(this.#running.values());
  }
}
