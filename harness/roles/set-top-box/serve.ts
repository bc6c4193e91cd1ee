import { toHex } from "../../core/bytes.ts";
import type { Clock } from "../../core/clock.ts";
import type { Random } from "../../core/random.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { Connector } from "../../device/contracts.ts";
import { type CardSlot, type ConnectCard, SlotUser } from "./card-slot.ts";
import type { SetTopBoxInput, SetTopBoxRole } from "./events.ts";
import { setTopBox } from "./model.ts";
import { needsCard, type Pending } from "./pending.ts";
import { type Decide, type Enter, Session, type SessionParts, type SessionResult, type User } from "./session.ts";
import { SET_TOP_BOX_TIMEOUTS, type SetTopBoxTimeouts } from "./timeouts.ts";

export interface SetTopBoxOptions {
  /** The card reader, or what powers the card that is there. */
  readonly reader: CardSlot | ConnectCard;
  readonly headEnd: Connector;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly timeouts?: Partial<SetTopBoxTimeouts>;
  /** Another model in place of the reference one, e.g. with a seeded defect. */
  readonly role?: SetTopBoxRole;
  /** What an earlier run of this set-top box left unsettled. */
  readonly pending?: readonly Pending[];
}

export interface UserOrder {
  readonly SITE: string;
  readonly ITEM: string;
  /** 1 to 255; 1 when absent. */
  readonly QUANTITY?: number;
  /** Accepts when absent. */
  readonly decide?: Decide;
}

export interface UserLoad {
  /** Site of the account holder: a bank's, or that of a pre-funded account. */
  readonly SITE: string;
  /** 1 to 34 characters. */
  readonly ACCOUNT: string;
  readonly enter: Enter;
}

/** A set-top box with its reader. Disposing it gives the card and the reader's events up; the reader itself stays open. */
export interface SetTopBox extends AsyncDisposable {
  /** One purchase; one at a time, others wait. What an earlier one left unsettled is recovered first where that is possible. */
  purchase(order: UserOrder): Promise<SessionResult>;
  /** Loads the card that is in the reader, or put in now (load.md). As a purchase in everything else. */
  load(order: UserLoad): Promise<SessionResult>;
  /** Shows the log of the card, newest first: `shown` has one line for each transaction. No head end is needed. */
  showLog(): Promise<SessionResult>;
  /** Settles what earlier purchases (E9) and loads (AE) left open, oldest first: one result for each that was tried. */
  recoverPending(): Promise<readonly SessionResult[]>;
  /** Plain JSON, for `options.pending` of a later run. */
  pending(): readonly Pending[];
  /** Everything shown so far. */
  readonly display: readonly string[];
  /** Gives up the card that stays connected between purchases, so that somebody else may use it. */
  releaseCard(): Promise<void>;
}

/** The set-top box on its links (235 to the card, cable to the head end). Nothing is opened before the first order. */
export function createSetTopBox(options: SetTopBoxOptions): SetTopBox {
  const { headEnd, clock, random, trace } = options;
  const timeouts = { ...SET_TOP_BOX_TIMEOUTS, ...options.timeouts };
  const slot = new SlotUser(options.reader, clock, timeouts.cardMs);
  const pending = { list: options.pending ?? [] };
  const role = options.role ?? setTopBox;
  return new Box(
    { slot, headEnd, clock, random, trace, headEndMs: timeouts.headEndMs, role, pending },
    toHex(random(8)),
  );
}

/** Sessions in which nobody is asked, and whoever is asked all the same declines. */
const NOBODY: User = { decide: () => "cancel", enter: () => "cancel" };

class Box implements SetTopBox {
  readonly display: string[] = [];
  readonly #parts: SessionParts;
  readonly #SESSION: string;
  /** Ends with the last session that was asked for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: SessionParts, SESSION: string) {
    this.#parts = parts;
    this.#SESSION = SESSION;
  }

  purchase({ SITE, ITEM, QUANTITY = 1, decide = () => "accept" }: UserOrder): Promise<SessionResult> {
    const order = { kind: "order", SESSION: this.#SESSION, SITE, ITEM, QUANTITY } as const;
    return this.#afterRecovery(order, { ...NOBODY, decide });
  }

  load({ SITE, ACCOUNT, enter }: UserLoad): Promise<SessionResult> {
    return this.#afterRecovery({ kind: "load", SESSION: this.#SESSION, SITE, ACCOUNT }, { ...NOBODY, enter });
  }

  showLog(): Promise<SessionResult> {
    return this.#inTurn(() => this.#session({ kind: "show-log" }, NOBODY));
  }

  #afterRecovery(first: SetTopBoxInput, user: User): Promise<SessionResult> {
    return this.#inTurn(async () => {
      const earlier = await this.#recover();
      const result = await this.#session(first, user);
      const before = {
        shown: earlier.flatMap(({ shown }) => shown),
        trouble: earlier.flatMap(({ trouble }) => trouble),
      };
      const { shown, trouble } = result;
      return { ...result, shown: [...before.shown, ...shown], trouble: [...before.trouble, ...trouble] };
    });
  }

  recoverPending(): Promise<readonly SessionResult[]> {
    return this.#inTurn(() => this.#recover());
  }

  pending(): readonly Pending[] {
    return this.#parts.pending.list;
  }

  releaseCard(): Promise<void> {
    return this.#inTurn(() => this.#parts.slot.release());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inTurn(() => this.#parts.slot[Symbol.asyncDispose]());
  }

  async #recover(): Promise<readonly SessionResult[]> {
    const results: SessionResult[] = [];
    for (const pending of this.#parts.pending.list) {
      if (needsCard(pending) && !this.#parts.slot.isCardPresent()) continue;
      results.push(await this.#session({ kind: "recover", pending }, NOBODY));
    }
    return results;
  }

  async #session(first: SetTopBoxInput, user: User): Promise<SessionResult> {
    const result = await new Session(this.#parts, user).run(first);
    this.display.push(...result.shown);
    return result;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined); // its own caller hears of it
    return turn;
  }
}
