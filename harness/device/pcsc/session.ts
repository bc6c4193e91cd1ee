/**
 * One pcsclite object, tamed. This file is the only one that imports pcsclite, and it knows three things of its inside
 * (version 1.0.1):
 * - It calls its own `start` and makes a reader object with a thread of its own for every name that comes back. We
 *   stand in between, see the names, and let it make reader objects only when asked, one at a time.
 * - A reader object locks one mutex both while the card works and when a status event is handled on the main thread,
 *   so watching and transmitting on the same object can freeze the process. We use two objects, and the one that works
 *   has no thread.
 * - `close` of the object that watches can freeze the process when it meets the thread on its way, which no client can rule
 *   out (pcscd wakes every waiting client for every slot). So there are few objects with a thread, and `close` does not
 *   come straight after news, see `QUIET_MS`. It frees memory a few turns of the event
 *   loop later; the object must be reachable until then.
 */
import type pcsclite from "pcsclite";
import { type Deadline, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { pcscError } from "./pcsc-error.ts";
import { chooseSocket } from "./socket.ts";

type NativeService = ReturnType<typeof pcsclite>;
export type NativeReader = Parameters<Parameters<NativeService["once"]>[1]>[0];
type NamesCallback = (error: unknown, names?: Buffer) => void;
/** Hears all reader names whenever they change, or why there will be no more news. */
export type NamesListener = (news: readonly string[] | PursebenchError) => void;

export class PcscSession implements Disposable {
  readonly #native: NativeService;
  readonly #listing: Promise<readonly string[]>;
  readonly #news = new Set<NamesListener>();
  #makeReaders: NamesCallback | undefined;
  #isClosed = false;

  /**
   * Connects to pcscd behind `socket` (default: what the environment says, or the system's own).
   * `SERVICE_ABSENT` when it is not running; `USAGE` when this process is bound to another socket.
   * libpcsclite blocks the whole process until pcscd has accepted the connection.
   */
  static async open(socket: string | undefined): Promise<PcscSession> {
    const construct = await loadPcsclite();
    chooseSocket(socket, process.env, process.pid);
    try {
      return new PcscSession(construct());
    } catch (thrown) {
      throw pcscError(`no pcscd answers at ${socket ?? "its usual socket"}`, thrown);
    }
  }

  private constructor(native: NativeService) {
    this.#native = native;
    this.#listing = new Promise((resolve, reject) => this.#interpose(resolve, reject));
    this.#listing.catch(() => undefined); // told to whoever asks for names
    native.on("error", () => undefined); // pcscd died: the reader objects tell it
  }

  /** All reader names that pcscd knew when the session was opened. */
  async names(deadline: Deadline): Promise<readonly string[]> {
    return await within(deadline, this.#listing, { what: "pcscd, asked for its readers,", owner: "bench" });
  }

  /** From now on `listener` hears of readers that come and go. Returns the undo. */
  onNames(listener: NamesListener): () => void {
    this.#news.add(listener);
    return () => this.#news.delete(listener);
  }

  /** A new reader object for `name`; its first status event follows. Call after `names`. */
  makeReader(name: string): NativeReader {
    if (!this.#makeReaders || this.#isClosed) throw new PursebenchError("INTERNAL", "the PC/SC session is not open");
    this.#forgetReaders();
    let made: NativeReader | undefined;
    this.#native.once("reader", (reader) => {
      made = reader;
    });
    this.#makeReaders(undefined, Buffer.from(`${name}\0\0`));
    if (!made) throw new PursebenchError("INTERNAL", `pcsclite made no reader object for "${name}"`);
    made.on("error", () => undefined); // an emitter without this listener would end the process
    KEPT.add(made);
    return made;
  }

  /**
   * An object that works with the card in the reader of `watching` and has no thread, so that nothing of it has ever to be
   * stopped: pcsclite starts the thread only when it makes an object itself.
   */
  makeWorker(watching: NativeReader): NativeReader {
    const made: unknown = Reflect.construct(watching.constructor, [watching.name]);
    if (!isReaderLike(made, watching)) throw new PursebenchError("INTERNAL", "pcsclite made no object to work with");
    made.on("error", () => undefined);
    KEPT.add(made);
    return made;
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#native.removeAllListeners("reader");
    const native = this.#native;
    setTimeout(() => {
      native.close();
      keepReachable(native);
    }, QUIET_MS);
  }

  /** pcsclite makes no second object for a name that it has in its table, and closes those that are missing in the news. */
  #forgetReaders(): void {
    const table: unknown = Reflect.get(this.#native, "readers");
    if (typeof table !== "object" || table === null) return;
    for (const name of Object.keys(table)) Reflect.deleteProperty(table, name);
  }

  #interpose(resolve: (names: readonly string[]) => void, reject: (error: PursebenchError) => void): void {
    const start: unknown = Reflect.get(this.#native, "start");
    if (typeof start !== "function") throw new PursebenchError("INTERNAL", "pcsclite has no start method any more");
    const listen: NamesCallback = (error, names) => {
      const news = error ? pcscError("listing readers", error) : parseNames(names);
      if (news instanceof PursebenchError) reject(news);
      else resolve(news);
      for (const listener of [...this.#news]) listener(news);
    };
    Reflect.set(this.#native, "start", (makeReaders: NamesCallback) => {
      this.#makeReaders = makeReaders;
      Reflect.apply(start, this.#native, [listen]);
    });
  }
}

/**
 * Milliseconds without news after which a thread of pcsclite waits in pcscd for sure, also on a machine that is busy.
 * `close` tries five times in 50 ms to wake the thread and then joins it: if the thread was on its way from one piece of
 * news to its next wait, this process freezes for ever.
 */
const QUIET_MS = 250;

/**
 * Objects that must not be collected, whoever has forgotten them: the destructor joins a thread that never ends, or, where
 * there was none, whatever its uninitialised field says, and the process freezes. Those with a thread are let go once it
 * has ended; those that work stay, one for each opened reader.
 */
const KEPT = new Set<NativeReader>();

/** Stops the thread of `reader` when there was no news for a while. */
export function stopWatching(reader: NativeReader): void {
  reader.removeAllListeners("status");
  const quiet = setTimeout(() => {
    reader.removeAllListeners("status");
    reader.close();
    KEPT.delete(reader);
    keepReachable(reader);
  }, QUIET_MS);
  reader.on("status", () => quiet.refresh());
}

/** Three turns: one may be half over, one delivers the thread's farewell, one runs the close callbacks. */
function keepReachable(native: object): void {
  setImmediate(() => setImmediate(() => setImmediate((held: object) => void held, native)));
}

/** The native module; `SERVICE_ABSENT` with the mend when it was not built. Asks no daemon. */
export async function loadPcsclite(): Promise<typeof pcsclite> {
  try {
    return (await import("pcsclite")).default;
  } catch (thrown) {
    throw new PursebenchError("SERVICE_ABSENT", "the native part of pcsclite cannot be loaded", {
      mend: "install libpcsclite1 and libpcsclite-dev, then run `npm rebuild pcsclite`",
      cause: thrown,
    });
  }
}

function isReaderLike(made: unknown, like: NativeReader): made is NativeReader {
  return typeof made === "object" && made !== null && Object.getPrototypeOf(made) === Object.getPrototypeOf(like);
}

function parseNames(names: Buffer | undefined): readonly string[] {
  return (names?.toString() ?? "").split("\0").filter((name) => name.length > 0);
}
