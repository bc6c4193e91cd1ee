/** All readers of one pcscd and what is in them, told as it changes. */
import { type Deadline, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CardStatus } from "./native-calls.ts";
import { pcscError } from "./pcsc-error.ts";
import { type NativeReader, PcscSession } from "./session.ts";

/** `mute`: something is in the slot and gives no answer to reset. `unknown`: pcscd has not told yet. */
export type SlotState = "empty" | "card" | "mute" | "unknown";

export interface WatchedReader {
  /** As the reader stack prints it. */
  readonly name: string;
  readonly slot: SlotState;
  /** Answer to reset, empty when there is none. */
  readonly atr: Uint8Array;
  /** A program works with the card. */
  readonly inUse: boolean;
}

export interface ReadersListener {
  changed(readers: readonly WatchedReader[]): void;
  /** pcscd is gone: nothing more is told. */
  ended(reason: PursebenchError): void;
}

/**
 * Tells `listener` of every reader and card that is there, comes or goes. `SERVICE_ABSENT` when no pcscd answers. It is for
 * a process that does nothing else and ends by being told to exit: the threads of pcsclite are never stopped here, since to
 * stop one can freeze the process (`session.ts`). For the same reason the caller holds what is returned, until the process ends.
 */
export async function watchReaders(
  socket: string | undefined,
  listener: ReadersListener,
  deadline: Deadline,
): Promise<object> {
  const session = await PcscSession.open(socket);
  const readers = new Map<string, WatchedReader>();
  const tell = () => listener.changed([...readers.values()]);
  const meet = (names: readonly string[]) => {
    for (const name of readers.keys()) if (!names.includes(name)) readers.delete(name);
    for (const name of names) if (!readers.has(name)) follow(session, name, readers, tell);
    tell();
  };
  session.onNames((news) => (news instanceof PursebenchError ? listener.ended(news) : meet(news)));
  meet(await within(deadline, session.names(deadline), { what: "pcscd, asked for its readers,", owner: "bench" }));
  return session;
}

function follow(session: PcscSession, name: string, readers: Map<string, WatchedReader>, tell: () => void): void {
  let latest: WatchedReader = { name, slot: "unknown", atr: new Uint8Array(0), inUse: false };
  readers.set(name, latest);
  const native = session.makeReader(name);
  const update = (next: WatchedReader) => {
    if (readers.get(name) !== latest) return; // unplugged, and perhaps plugged in again under the same name
    latest = next;
    readers.set(name, next);
    tell();
  };
  native.on("status", ({ state, atr }) => {
    update({ name, ...readStatus(native, { state, atr: new Uint8Array(atr ?? []) }) });
  });
  native.on("error", (error) => {
    if (pcscError(name, error).code !== "DEVICE_LOST") update({ ...latest, slot: "unknown", atr: new Uint8Array(0) });
  });
}

/** What the bits SCARD_STATE_* of a status say. */
export function readStatus(
  bits: Pick<NativeReader, "SCARD_STATE_PRESENT" | "SCARD_STATE_MUTE" | "SCARD_STATE_INUSE" | "SCARD_STATE_EMPTY">,
  { state, atr }: CardStatus,
): Omit<WatchedReader, "name"> {
  const has = (bit: number) => (state & bit) !== 0;
  if (!has(bits.SCARD_STATE_PRESENT)) {
    return { slot: has(bits.SCARD_STATE_EMPTY) ? "empty" : "unknown", atr: new Uint8Array(0), inUse: false };
  }
  const isMute = has(bits.SCARD_STATE_MUTE);
  return { slot: isMute ? "mute" : "card", atr: isMute ? new Uint8Array(0) : atr, inUse: has(bits.SCARD_STATE_INUSE) };
}
