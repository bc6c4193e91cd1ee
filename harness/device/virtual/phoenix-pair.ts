import type { ByteStream } from "../contracts.ts";
import type { SerialCardPort } from "../serial/serial-card-port.ts";
import { byteStreamPair } from "./byte-stream-pair.ts";

/** The card's side of a Phoenix interface: its I/O contact as bytes, and what happens to its other contacts. */
export interface PhoenixSocket extends ByteStream {
  /** Hears when the reset contact goes low (`true`) and high. One listener at a time. Returns its undo. */
  onReset(listener: (isLow: boolean) => void): () => void;
  /** Hears when the supply comes and goes, where a line switches it. One listener at a time. Returns its undo. */
  onPower(listener: (isOn: boolean) => void): () => void;
}

export interface PhoenixPairOptions {
  readonly name?: string;
  /** Lines that this interface has besides reset; both when absent. */
  readonly tellsPresence?: boolean;
  readonly switchesPower?: boolean;
}

/** An interface in process, and the hand that says whether a card is in it. Bytes go as fast as they come. */
export interface PhoenixPair {
  readonly port: SerialCardPort;
  readonly socket: PhoenixSocket;
  setPresent(present: boolean): void;
  /** Parity that the port was told last. */
  readonly parity: "even" | "odd";
}

export function phoenixPair(options: PhoenixPairOptions = {}): PhoenixPair {
  const { name = "in-process interface", tellsPresence = true, switchesPower = true } = options;
  const [near, far] = byteStreamPair(name);
  const reset = new Contact();
  const power = new Contact();
  const watchers = new Set<(present: boolean) => void>();
  let isPresent = false;
  let parity: "even" | "odd" = "even";
  const presence = {
    isCardPresent: () => isPresent,
    onPresence: (listener: (present: boolean) => void) => {
      const entry = (present: boolean): void => listener(present);
      watchers.add(entry);
      return () => void watchers.delete(entry);
    },
  };
  return {
    port: {
      ...passing(near),
      setReset: (isLow) => reset.become(isLow),
      ...(switchesPower ? { setPower: (isOn) => power.become(isOn) } : {}),
      setParity: async (wanted) => {
        parity = wanted;
      },
      ...(tellsPresence ? presence : {}),
    },
    socket: {
      ...passing(far),
      onReset: (listener) => reset.listen(listener),
      onPower: (listener) => power.listen(listener),
    },
    setPresent(present) {
      if (present === isPresent) return;
      isPresent = present;
      for (const listener of [...watchers]) listener(present);
    },
    get parity() {
      return parity;
    },
  };
}

/** One contact, told to whoever listens in a later microtask, as bytes are. */
class Contact {
  #listener: ((is: boolean) => void) | undefined;

  listen(listener: (is: boolean) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  async become(is: boolean): Promise<void> {
    await Promise.resolve();
    this.#listener?.(is);
  }
}

function passing(stream: ByteStream): ByteStream {
  return {
    name: stream.name,
    closed: stream.closed,
    write: (bytes, deadline) => stream.write(bytes, deadline),
    onBytes: (listener) => stream.onBytes(listener),
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  };
}
