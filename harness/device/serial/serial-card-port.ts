import type { ByteStream } from "../contracts.ts";

/** A serial line to a card interface of the Phoenix kind: the card's I/O contact as bytes, its reset contact as a modem line. */
export interface SerialCardPort extends ByteStream {
  /** Holds the card's reset contact low, or lets it go high, which makes the card answer. */
  setReset(isLow: boolean): Promise<void>;
  /** Supply on or off; absent where no line switches it. */
  setPower?(isOn: boolean): Promise<void>;
  /** Parity of what is sent: even for cards of direct convention (as the line is opened), odd for inverse ones. */
  setParity(parity: "even" | "odd"): Promise<void>;
  /** Whether a card is in the interface; absent where no line tells. */
  isCardPresent?(): boolean;
  /** Calls `listener` at each insertion and removal, where `isCardPresent` is there. Returns its undo. */
  onPresence?(listener: (present: boolean) => void): () => void;
}

/** The modem lines that reach the card interface, as this end sees them: true is asserted. */
export interface ModemLines {
  set(lines: { readonly dtr: boolean; readonly rts: boolean }): Promise<void>;
  get(): Promise<{ readonly cts: boolean; readonly dsr: boolean; readonly dcd: boolean }>;
}
