/**
 * What the rest of the house knows of hardware. Real and virtual devices implement the same contracts and are chosen in
 * `station/` from the bench description, nowhere else. Every call that waits takes a deadline; every failure is a
 * `PursebenchError` with a code, the owner and the mend.
 */
import type { Deadline } from "../core/deadline.ts";

/** A card reader (IFD). Disposing it releases the driver; a channel that is still open is closed first. */
export interface CardReader extends AsyncDisposable {
  /** Name as the reader stack prints it. */
  readonly name: string;
  isCardPresent(): boolean;
  /** Calls `listener` at each insertion (`true`) and removal (`false`), from events, not polling. Returns its undo. */
  onPresence(listener: (present: boolean) => void): () => void;
  /** Resolves at once when a card is there. `DEVICE_ABSENT` when the deadline passes first. */
  waitForCard(deadline: Deadline): Promise<void>;
  /**
   * Powers the card and opens it for this process alone.
   * `DEVICE_ABSENT` no card; `DEVICE_BUSY` held by another program; `DEVICE_SILENT` mute card; `DEVICE_GARBLED` bad ATR.
   */
  connect(deadline: Deadline): Promise<CardChannel>;
}

/**
 * A powered card (ICC): command APDU in, response APDU out, whatever carries them. PC/SC alone takes and gives TPDUs over T=0:
 * `device/pcsc` does, and `link/whole-apdus.ts` makes APDUs of them (GET RESPONSE, 6Cxx) before anybody else sees the reader.
 */
export interface CardChannel extends AsyncDisposable {
  /** Answer to reset, 2 to 33 bytes, as the card sent it. */
  readonly atr: Uint8Array;
  readonly protocol: "T=0" | "T=1";
  /** `DEVICE_LOST` when the card was pulled, `DEVICE_SILENT` past the deadline, `SERVICE_ABSENT` when pcscd is gone. */
  transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array>;
  /** Warm: reset line only. Cold: power off and on. Returns the new answer to reset. */
  reset(kind: "warm" | "cold", deadline: Deadline): Promise<Uint8Array>;
}

/** A serial line or anything else that carries bytes without message borders. */
export interface ByteStream extends AsyncDisposable {
  /** For messages: "/dev/ttyUSB0 at 9600 8E1". */
  readonly name: string;
  write(bytes: Uint8Array, deadline: Deadline): Promise<void>;
  /** One consumer at a time; bytes that arrive while there is none are kept, up to a bound. Returns its undo. */
  onBytes(listener: (bytes: Uint8Array) => void): () => void;
  /** Resolves when the far end is gone, with the reason. */
  readonly closed: Promise<string>;
}

/** A link that carries whole messages in order, both ways. */
export interface MessageChannel extends AsyncDisposable {
  send(message: Uint8Array): Promise<void>;
  /** The next message, or `null` when the peer closed. `DEVICE_SILENT` past the deadline. */
  receive(deadline: Deadline): Promise<Uint8Array | null>;
}

/** Opens a channel to one peer. `SERVICE_ABSENT` when nobody listens. */
export interface Connector {
  connect(deadline: Deadline): Promise<MessageChannel>;
}

/** Something that serves every channel that a peer opens; disposing stops it and closes what is open. */
export interface Listener extends AsyncDisposable {
  /** Where peers reach it: "127.0.0.1:41233", or a name in process. */
  readonly address: string;
}

/** Serves one channel until the peer or the session is done. The channel is closed by the caller. */
export type ServeChannel = (channel: MessageChannel) => Promise<void>;
