/** What evidence has kept of one case that was run: read line by line. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { EvidenceLine, Json } from "../../../harness/evidence/event.ts";
import type { RecordedEvent } from "../../../harness/flows/observed.ts";
import type { SystemFacts, TestKeys } from "../../../harness/flows/system.ts";
import { type Entry, isEntry } from "./entry.ts";
import { isSeen, recordedEvent } from "./event.ts";
import { withFacts } from "./facts.ts";
import { SessionKeys } from "./session-keys.ts";
import { isList, NoValue } from "./value.ts";

/** What may be an overwritten key, in hex or in base64. */
const ZEROS = /0{32}|(?<![0-9A-Za-z+/_-])0{21}/;

export class KeptCase {
  readonly entries: Entry[] = [];
  /** Of its own system. */
  facts: SystemFacts | undefined;
  /** Something that the case was told has a session key overwritten that cannot be had. */
  isMasked = false;
  /** Why the observations cannot be used, if so. */
  flaw: string | undefined;
  readonly #lines = new Map<number, EvidenceLine>();
  readonly #events = new Map<number, RecordedEvent>();
  readonly #sessionKeys: SessionKeys;
  #observationsAreMasked = false;

  /** `keys` open what is overwritten, where they are there. */
  constructor(facts: SystemFacts | undefined, keys: TestKeys | undefined) {
    this.facts = facts;
    this.#sessionKeys = new SessionKeys(keys);
  }

  take(line: EvidenceLine, isOwn: boolean): void {
    if (isSeen(line)) this.#lines.set(line.n, line);
    if (line.masked && line.event.kind === "fault") this.isMasked = true; // what was altered may be the key itself
    if (line.event.kind !== "observation" || !isOwn) return;
    if (line.masked) this.#observationsAreMasked = true;
    this.#observe(line.event.what);
  }

  /** One recorded event, the same object each time. Throws `NoValue`. */
  event(n: number): RecordedEvent {
    const known = this.#events.get(n);
    if (known) return known;
    const line = this.#lines.get(n);
    if (!line) throw new NoValue(`line ${n} is none of this case`);
    const kept = recordedEvent(line);
    const whole = line.masked ? this.#sessionKeys.ofEvent(kept) : kept;
    if (!whole) this.isMasked = true;
    const event = whole ?? kept;
    this.#events.set(n, event);
    return event;
  }

  /** Text or bytes that the case was told, with the session keys in it. */
  told<T extends string | Uint8Array>(value: T): T {
    if (!this.#observationsAreMasked) return value;
    const bytes: Uint8Array = typeof value === "string" ? new TextEncoder().encode(value) : value;
    const whole = this.#sessionKeys.ofBytes(undefined, bytes);
    if (whole) return (typeof value === "string" ? new TextDecoder().decode(whole) : whole) as T;
    if (ZEROS.test(typeof value === "string" ? value : toHex(value))) this.isMasked = true;
    return value;
  }

  /** What the case says, as the evidence has it. */
  said(text: string): string {
    return this.#observationsAreMasked ? this.#sessionKeys.masked(text) : text;
  }

  #observe(what: Json): void {
    try {
      const facts = withFacts(this.facts, what);
      if (facts) this.facts = facts;
      else this.entries.push(...entriesIn(what));
    } catch (thrown) {
      this.flaw = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
}

function entriesIn(what: Json): readonly Entry[] {
  const crossed = typeof what === "object" && what !== null && "crossed" in what ? what.crossed : undefined;
  if (!isList(crossed)) throw new NoValue("an observation of a form that is not known");
  return crossed.map((each): Entry => {
    if (isEntry(each)) return each;
    throw new NoValue(`an entry of a form that is not known: ${JSON.stringify(each).slice(0, 80)}`);
  });
}
