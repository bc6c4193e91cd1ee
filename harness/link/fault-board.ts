import { equal } from "../core/bytes.ts";
import type { LinkName, RoleName, TraceSink } from "../core/trace.ts";
import type { Disturbance, LinkFault } from "../flows/system.ts";
import { labelOf } from "../protocol/messages/label.ts";

/** What reaches the other side: messages in order (none when it was lost), a link that breaks, or all as it was, too late. */
export type Delivery = readonly Uint8Array[] | "lose-link" | "late";

/** A message on its way. */
export interface Passing {
  readonly link: LinkName;
  readonly from: RoleName;
  readonly bytes: Uint8Array;
  /** What the faults act on where that is not all of `bytes` (the body on 234). */
  readonly payload?: Uint8Array;
  /** For answers on links of requests and answers. */
  readonly inReplyTo?: Uint8Array | undefined;
}

type Match = Pick<LinkFault, "link" | "from" | "message">;

interface ActiveFault {
  readonly fault: LinkFault;
  passed: number;
  hits: number;
}

interface ActiveHook {
  readonly match: Match;
  readonly act: () => Promise<void> | void;
  hits: number;
}

/**
 * The disturbances of one system. Decorators ask it for every message that passes a link; what it changes is recorded
 * with the bytes before and after, so that no fault of the bench is ever taken for one of the device.
 */
export class FaultBoard {
  readonly #trace: TraceSink;
  readonly #faults = new Set<ActiveFault>();
  readonly #hooks = new Set<ActiveHook>();

  constructor(trace: TraceSink) {
    this.#trace = trace;
  }

  add(fault: LinkFault): Disturbance {
    const active: ActiveFault = { fault, passed: 0, hits: 0 };
    this.#faults.add(active);
    return disturbance(active, () => this.#faults.delete(active));
  }

  /** Calls `act` when a matching message passes, and delivers the message only after that. */
  when(match: Match, act: () => Promise<void> | void): Disturbance {
    const active: ActiveHook = { match, act, hits: 0 };
    this.#hooks.add(active);
    return disturbance(active, () => this.#hooks.delete(active));
  }

  /** How often anything was disturbed so far. */
  get hits(): number {
    let hits = 0;
    for (const { hits: each } of [...this.#faults, ...this.#hooks]) hits += each;
    return hits;
  }

  /** True while a disturbance could still strike. */
  get isArmed(): boolean {
    if (this.#hooks.size > 0) return true;
    for (const { fault, hits } of this.#faults) if (fault.times === undefined || hits < fault.times) return true;
    return false;
  }

  /** What becomes of a message; told at once while there is nothing to disturb. */
  apply(passing: Passing): Delivery | Promise<Delivery> {
    if (this.#hooks.size === 0 && this.#faults.size === 0) return [passing.payload ?? passing.bytes];
    return this.#disturb(passing);
  }

  async #disturb(passing: Passing): Promise<Delivery> {
    for (const hook of this.#hooks) {
      if (!matches(hook.match, passing)) continue;
      hook.hits++;
      await hook.act();
    }
    let delivery: readonly Uint8Array[] = [passing.payload ?? passing.bytes];
    for (const active of this.#faults) {
      if (!isDue(active, passing)) continue;
      const next: Uint8Array[] = [];
      for (const message of delivery) {
        const changed = active.fault.act(message);
        if (changed === "lose-link" || changed === "late") {
          const how = changed === "late" ? changed : "link lost";
          this.#trace({ kind: "fault", link: passing.link, what: `${active.fault.what} (${how})`, before: message });
          return changed;
        }
        const after = changed instanceof Uint8Array ? [changed] : changed;
        this.#report(active.fault, message, after);
        next.push(...after);
      }
      delivery = next;
    }
    return delivery;
  }

  #report(fault: LinkFault, before: Uint8Array, after: readonly Uint8Array[]): void {
    const [only] = after;
    if (after.length === 1 && only && equal(only, before)) return;
    const what = after.length === 1 ? fault.what : `${fault.what} (${after.length} messages instead of one)`;
    this.#trace({ kind: "fault", link: fault.link, what, before, ...(only ? { after: only } : {}) });
  }
}

function disturbance(active: { readonly hits: number }, undo: () => void): Disturbance {
  return {
    get hits() {
      return active.hits;
    },
    [Symbol.dispose]: undo,
  };
}

function isDue(active: ActiveFault, passing: Passing): boolean {
  const { fault } = active;
  if (!matches(fault, passing)) return false;
  if (active.passed++ < (fault.skip ?? 0)) return false;
  if (fault.times !== undefined && active.hits >= fault.times) return false;
  active.hits++;
  return true;
}

function matches(match: Match, { link, from, bytes, inReplyTo }: Passing): boolean {
  if (match.link !== link || match.from !== from) return false;
  if (match.message === undefined) return true;
  const label = labelOf(link, from, bytes, inReplyTo);
  if (typeof match.message === "number" || typeof label !== "string") return label === match.message;
  return label.startsWith(match.message);
}
