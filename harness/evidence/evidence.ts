import type { KeyObject } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { messageOf, type PursebenchError } from "../core/errors.ts";
import type { LinkName, TraceEvent } from "../core/trace.ts";
import type { Moment } from "../flows/station.ts";
import type { RecordedEvent } from "../flows/system.ts";
import { link } from "./chain.ts";
import { encodeEvent, MASKED } from "./encode-event.ts";
import type { Describe, EvidenceEvent, EvidenceLine } from "./event.ts";
import { begin, type EvidenceStart, type OpenLineFile, pickUp } from "./evidence-start.ts";
import type { LineFile } from "./line-file.ts";
import { KeyMask } from "./masking/key-mask.ts";
import type { Recorder } from "./recorder.ts";
import type { RunIdentification } from "./run-identification.ts";
import { storageError } from "./storage-error.ts";

/** Events that are written in one go; what is less goes out at the end of the loop's turn. */
const BATCH = 64;

/** An event that has happened and has its number, and is not written yet. */
interface Waiting {
  readonly n: number;
  readonly atMs: number;
  readonly benchMs: number | undefined;
  readonly wall: Date;
  readonly caseId: string | undefined;
  readonly event: { readonly seen: TraceEvent } | { readonly said: EvidenceEvent };
}

/** Hears a line as it is written. */
export type LineListener = (line: Pick<EvidenceLine, "n" | "at" | "caseId" | "event">) => void;

interface CommonOptions {
  readonly clock: Clock;
  readonly describe: Describe;
  /** How the file of events is opened; the real one when absent. */
  readonly open?: OpenLineFile | undefined;
  readonly onLine?: LineListener | undefined;
}

export interface EvidenceOptions extends CommonOptions {
  /** An empty directory, from `createRunDirectory`. */
  readonly dir: string;
  readonly run: RunIdentification;
}

export interface ResumeOptions extends CommonOptions {
  /** Directory of the run that goes on. */
  readonly dir: string;
  /** Key that will seal the run. */
  readonly signingKey?: KeyObject | undefined;
}

/**
 * The evidence of one run while it grows. What is recorded leaves the process within the same turn of the event loop, as
 * chained lines; `flush` puts them on the disk. Decoding and chaining wait for the end of the turn, because by then the
 * command is under way and the card has the time to spare, not the harness. Recording never throws: the first failure to write is kept, ends
 * recording, settles `failure`, and is thrown by every `flush` from then on.
 */
export class Evidence implements Recorder, AsyncDisposable {
  readonly dir: string;
  readonly keeps = true;
  /** Resolves when evidence can no longer be kept; otherwise never. */
  readonly failure: Promise<PursebenchError>;
  readonly #file: LineFile;
  readonly #lock: Disposable;
  readonly #clock: Clock;
  readonly #describe: Describe;
  readonly #startMs: number;
  readonly #onLine: LineListener | undefined;
  readonly #fail: (error: PursebenchError) => void;
  readonly #lastMessages = new Map<LinkName, Extract<TraceEvent, { kind: "message" }>>();
  readonly #mask = new KeyMask();
  #failed: PursebenchError | undefined;
  #hash: string;
  #n: number;
  #caseId: string | undefined;
  #waiting: Waiting[] = [];
  #draining: NodeJS.Immediate | undefined;
  #closed = false;

  /** Begins: writes `run.json` and opens the events. Throws `STORAGE`, and `USAGE` while somebody else writes to this run. */
  constructor(options: EvidenceOptions | (ResumeOptions & { readonly start: EvidenceStart })) {
    const { dir, clock, describe, onLine, open } = options;
    const start = "start" in options ? options.start : begin(dir, options.run, clock, open);
    this.dir = dir;
    this.#clock = clock;
    this.#describe = describe;
    this.#startMs = start.startMs;
    this.#onLine = onLine;
    this.#hash = start.hash;
    this.#n = start.n;
    this.#file = start.file;
    this.#lock = start.lock;
    let settle: (error: PursebenchError) => void = () => undefined;
    this.failure = new Promise((resolve) => {
      settle = resolve;
    });
    this.#fail = settle;
  }

  /**
   * Goes on with a run that broke off or was interrupted: the first line that it writes is `resumed`. Rejects with `USAGE` for
   * damaged evidence (with file and line), a run that is sealed by another key than `signingKey`, or that somebody writes; with `STORAGE`.
   */
  static async resume(options: ResumeOptions): Promise<Evidence> {
    const { start, resumed } = await pickUp(options);
    // The session keys of the cases before are not known again, and need not be: the bench that they were agreed on is gone, and
    // a message that brings one along, as a recovery does, has it in the place where `KeyMask` learns it.
    const evidence = new Evidence({ ...options, start });
    evidence.write(resumed);
    try {
      await evidence.flush();
    } catch (thrown) {
      await evidence[Symbol.asyncDispose]();
      throw thrown;
    }
    return evidence;
  }

  /** Why evidence can no longer be kept, if so. */
  get broken(): PursebenchError | undefined {
    return this.#failed;
  }

  /** What a station saw (`RecordEvent`). */
  readonly record = (event: TraceEvent, moment: Moment, caseId?: string): RecordedEvent => {
    const n = this.#append({ seen: event }, caseId ?? this.#caseId, moment.atMs);
    return { ...event, n, atMs: rounded(moment.atMs) }; // as the line says it, so that evidence judges again what was judged
  };

  /** What the campaign itself has to say. Returns the line number. */
  write(event: EvidenceEvent, caseId = this.#caseId): number {
    return this.#append({ said: event }, caseId);
  }

  /** Hash of the last line. */
  get head(): string {
    this.#drain();
    return this.#hash;
  }

  /** From here on lines belong to `caseId`, or to none. */
  enter(caseId: string | undefined): void {
    this.#caseId = caseId;
  }

  /** Resolves when all lines are on the disk. Rejects with `STORAGE`. */
  async flush(): Promise<void> {
    this.#drain();
    if (this.#failed) throw this.#failed;
    try {
      await this.#file.sync();
    } catch (cause) {
      throw this.#broken(cause);
    }
  }

  /** Writes the closing line and closes the file. Later events are dropped. Rejects with `STORAGE`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.enter(undefined);
    this.write({ kind: "run-end", lines: this.#n + 1 });
    this.#closed = true;
    try {
      await this.flush();
    } finally {
      this.#file.close();
      this.#lock[Symbol.dispose]();
    }
  }

  /** Closes what is still open, without a word: whoever needs to know of trouble calls `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => undefined);
  }

  #append(event: Waiting["event"], caseId: string | undefined, benchMs?: number): number {
    if (this.#closed) return this.#n;
    const n = ++this.#n;
    const atMs = this.#clock.monotonicMs() - this.#startMs;
    this.#waiting.push({ n, atMs, benchMs, wall: this.#clock.wall(), caseId, event });
    if (this.#waiting.length >= BATCH) this.#drain();
    else this.#draining ??= setImmediate(() => this.#drain());
    return n;
  }

  /** The chained line of an event, with its line feed. */
  #line({ n, atMs, benchMs, wall, caseId, event }: Waiting): string {
    const bench = benchMs === undefined ? "" : `,"bench":${rounded(benchMs)}`;
    const owner = caseId === undefined ? "" : `,"caseId":${JSON.stringify(caseId)}`;
    const { text, isMasked, kept } = this.#text(event);
    this.#onLine?.({ n, at: rounded(atMs), ...(caseId === undefined ? {} : { caseId }), event: kept });
    const masked = isMasked ? ',"masked":true' : "";
    const head = `{"n":${n},"at":${rounded(atMs)}${bench},"wall":"${wall.toISOString()}"${owner}${masked}`;
    const { line, hash } = link(this.#hash, `${head},"event":${text}}`);
    this.#hash = hash;
    return `${line}\n`;
  }

  /** An event as the file keeps it: without session keys. */
  #text(event: Waiting["event"]): { readonly text: string; readonly isMasked: boolean; readonly kept: EvidenceEvent } {
    if ("said" in event) {
      const said = JSON.stringify(event.said);
      const text = this.#mask.text(said);
      const isMasked = text !== said;
      return { text, isMasked, kept: isMasked && this.#onLine ? JSON.parse(text) : event.said };
    }
    const seen = this.#mask.event(event.seen);
    const isMasked = seen !== event.seen;
    const encoded = encodeEvent(seen, this.#describe, this.#questionOf(seen));
    const kept = isMasked ? withMaskNote(encoded) : encoded;
    return { text: JSON.stringify(kept), isMasked, kept };
  }

  /** The message on the same link that `event` answers, if it does. */
  #questionOf(event: TraceEvent): Uint8Array | undefined {
    if (event.kind !== "message") return undefined;
    const last = this.#lastMessages.get(event.link);
    this.#lastMessages.set(event.link, event);
    return last?.from === event.to ? last.bytes : undefined;
  }

  #drain(): void {
    clearImmediate(this.#draining);
    this.#draining = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    let text = "";
    for (const each of waiting) text += this.#line(each);
    if (text === "" || this.#failed) return;
    try {
      this.#file.append(text);
    } catch (cause) {
      this.#broken(cause);
    }
  }

  #broken(cause: unknown): PursebenchError {
    this.#failed ??= storageError(`evidence cannot be written to ${this.dir}: ${messageOf(cause)}`, cause);
    this.#fail(this.#failed);
    return this.#failed;
  }
}

function withMaskNote(event: EvidenceEvent): EvidenceEvent {
  return event.kind === "message" && event.decoded ? { ...event, decoded: { ...event.decoded, ...MASKED } } : event;
}

/** Microseconds are enough. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
