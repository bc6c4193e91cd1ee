import { concat } from "../../core/bytes.ts";
import type { Clock } from "../../core/clock.ts";
import { type Deadline, remainingMs } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { Lifetime } from "../../core/lifetime.ts";
import { whenResolved } from "../../core/when-resolved.ts";
import type { ByteStream } from "../../device/contracts.ts";
import { invertedAll } from "../../protocol/atr/convention.ts";
import { lineGone, noEcho, overdue, wrongEcho } from "./failures.ts";

export interface LineTimes {
  /** The interface sends back each byte it is sent, since transmit and receive are tied to one contact. */
  readonly echo: boolean;
  /** One elementary time unit, ms: a bit. */
  readonly etuMs: number;
  /** What adapter and operating system may add to each waiting time, ms. */
  readonly toleranceMs: number;
}

/** Start bit, 8 data bits, parity, two stop bits. */
const CHARACTER_ETU = 12;
/** Quiet between the last character of one end and the first of the other: the block guard time of T=1, more than T=0 needs. */
const TURN_ETU = 22;
const NOTHING = new Uint8Array(0);

/** The card's I/O contact: characters out, with the echo taken away, and characters in. One user at a time. */
export class CharacterLine {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #times: LineTimes;
  readonly #life = new Lifetime();
  readonly #undo: () => void;
  readonly #forget: () => void;
  #heard: Uint8Array = NOTHING;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  /** What was sent and has not come back. */
  #echo: Uint8Array = NOTHING;
  #echoFailure: PursebenchError | undefined;
  #wake: () => void = () => undefined;
  #isInverse = false;
  #extraGuardMs = 0;

  constructor(stream: ByteStream, clock: Clock, times: LineTimes) {
    this.#stream = stream;
    this.#clock = clock;
    this.#times = times;
    this.#undo = stream.onBytes((bytes) => this.#hear(bytes));
    this.#forget = whenResolved(stream.closed, (reason) => this.cut(lineGone(stream.name, reason)));
  }

  get name(): string {
    return this.#stream.name;
  }

  /** `etu` elementary time units and the tolerance, ms. */
  waitMs(etu: number): number {
    return etu * this.#times.etuMs + this.#times.toleranceMs;
  }

  /** How characters are written from now on. `extraGuardEtu`: N of the answer to reset (ISO/IEC 7816-3, 8.3). */
  use(convention: "direct" | "inverse", extraGuardEtu: number): void {
    this.#isInverse = convention === "inverse";
    this.#extraGuardMs = extraGuardEtu * this.#times.etuMs;
  }

  /** Everything that is under way, or asked for later, fails with `error`. */
  cut(error: PursebenchError): void {
    this.#undo();
    this.#forget();
    this.#life.end(error);
  }

  /** Forgets what has come: noise, since nothing was expected. */
  discard(): void {
    this.#heard = NOTHING;
    this.#echo = NOTHING;
    this.#echoFailure = undefined;
  }

  /** Sends `bytes` and resolves when the interface has sent them back. */
  async send(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    const quietMs = this.#heardAtMs + TURN_ETU * this.#times.etuMs - this.#clock.monotonicMs();
    if (quietMs > 0) await this.pause(quietMs);
    this.discard();
    const raw = this.#isInverse ? invertedAll(bytes) : bytes;
    if (this.#extraGuardMs === 0) return await this.#put(raw, deadline);
    for (const byte of raw) {
      await this.#put(Uint8Array.of(byte), deadline);
      await this.pause(this.#extraGuardMs);
    }
  }

  /** All that has come, one character at least; nothing after `waitMs` of silence. `DEVICE_SILENT` when the deadline comes first. */
  async read(waitMs: number, deadline: Deadline): Promise<Uint8Array> {
    if (this.#heard.length === 0) {
      const isLast = remainingMs(deadline) <= waitMs;
      await this.#news(waitMs, deadline, () => this.#heard.length > 0);
      if (this.#heard.length === 0 && isLast) throw overdue(this.name, "waiting for the card");
    }
    const bytes = this.#heard;
    this.#heard = NOTHING;
    return bytes;
  }

  async pause(milliseconds: number): Promise<void> {
    await this.#life.during(this.#clock.timer(milliseconds).elapsed);
  }

  async #put(raw: Uint8Array, deadline: Deadline): Promise<void> {
    if (this.#times.echo) this.#echo = raw;
    await this.#life.during(this.#write(raw, deadline));
    await this.#news(this.waitMs(CHARACTER_ETU * raw.length), deadline, () => this.#echo.length === 0);
    if (this.#echoFailure) throw this.#echoFailure;
    if (this.#echo.length > 0) throw noEcho(this.name);
  }

  async #write(raw: Uint8Array, deadline: Deadline): Promise<void> {
    try {
      await this.#stream.write(raw, deadline);
    } catch (thrown) {
      const isSlow = thrown instanceof PursebenchError && thrown.code === "DEVICE_SILENT";
      throw isSlow ? overdue(this.name, "writing") : lineGone(this.name, messageOf(thrown));
    }
  }

  /** Until `isThere`, or the time is up. */
  async #news(waitMs: number, deadline: Deadline, isThere: () => boolean): Promise<void> {
    if (isThere()) return await this.#life.during(Promise.resolve());
    const timer = this.#clock.timer(Math.min(waitMs, remainingMs(deadline)));
    let isOver = false;
    void timer.elapsed.then(() => {
      isOver = true;
      this.#wake();
    });
    try {
      while (!isThere() && !isOver) {
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        await this.#life.during(woken);
      }
    } finally {
      timer.cancel();
    }
  }

  #hear(bytes: Uint8Array): void {
    this.#heardAtMs = this.#clock.monotonicMs();
    const echoed = Math.min(bytes.length, this.#echo.length);
    const isRight = this.#echo.subarray(0, echoed).every((byte, index) => byte === bytes[index]);
    this.#echo = isRight ? this.#echo.subarray(echoed) : NOTHING;
    if (!isRight) this.#echoFailure = wrongEcho(this.name);
    const rest = isRight ? bytes.subarray(echoed) : NOTHING;
    if (rest.length > 0) this.#heard = concat(this.#heard, this.#isInverse ? invertedAll(rest) : rest);
    this.#wake();
  }
}
