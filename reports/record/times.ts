/** How long devices and terminals took to answer, command by command, as the evidence has it. */
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import type { EvidenceEvent, EvidenceLine } from "../../harness/evidence/event.ts";
import { messageName } from "./exchange.ts";
import type { LinkTimes } from "./run-record.ts";

type Message = Extract<EvidenceEvent, { kind: "message" }>;

/** Who is asked on the links where each message is answered by one. */
const ANSWERING: Partial<Record<LinkName, readonly RoleName[]>> = {
  "235": ["card"],
  SAM: ["psam"],
  HSM: ["hsm"],
  LAN: ["concentrator", "terminal"],
  line: ["terminal"],
};
/** Names of a hostile device are not endless. */
const MOST_NAMES = 60;
const OTHER = "other";

/** A question that waits for its answer; `count` says how many came before one, as with several purchases at once. */
interface Open {
  readonly name: string;
  readonly atMs: number;
  count: number;
}

export class Times {
  readonly #links = new Map<LinkName, Map<string, Growing>>();
  readonly #open = new Map<LinkName, Open>();

  take({ event, bench, at }: EvidenceLine): void {
    switch (event.kind) {
      case "message":
        if (ANSWERING[event.link] !== undefined) this.#message(event, bench ?? at);
        return;
      case "fault": // what the bench delays or swallows says nothing about a device
      case "case-start":
      case "phase":
        this.#open.clear();
        return;
      default:
        return;
    }
  }

  end(): readonly LinkTimes[] {
    return [...this.#links].map(([link, commands]) => ({
      link,
      commands: [...commands].map(([name, times]) => ({ name, timesMs: times.sorted() })),
    }));
  }

  #message(event: Message, atMs: number): void {
    const open = this.#open.get(event.link);
    if (ANSWERING[event.link]?.includes(event.to) === true) {
      if (open) open.count++;
      else this.#open.set(event.link, { name: messageName(event), atMs, count: 1 });
      return;
    }
    if (!open) return;
    this.#open.delete(event.link);
    if (open.count === 1) this.#growing(event.link, open.name).push(Math.max(0, atMs - open.atMs));
  }

  #growing(link: LinkName, name: string): Growing {
    const commands = this.#links.get(link) ?? new Map<string, Growing>();
    this.#links.set(link, commands);
    const known = commands.has(name) || commands.size < MOST_NAMES ? name : OTHER;
    const growing = commands.get(known) ?? new Growing();
    commands.set(known, growing);
    return growing;
  }
}

/** Numbers without end, eight bytes each. */
class Growing {
  #values = new Float64Array(16);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  sorted(): Float64Array {
    return this.#values.slice(0, this.#length).sort();
  }
}
