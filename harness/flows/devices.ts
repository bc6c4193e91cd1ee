/**
 * The devices of a bench, one by one: what the suites `card`, `psam`, `reader` and `terminal` work with. There are no servers and
 * there is no set-top box: the case itself says everything to the device. `station/` builds it; nobody here knows what is real.
 */
import type { CardTear } from "../core/card-tear.ts";
import type { T1Mischief } from "../core/t1-mischief.ts";
import type { T1Block } from "../protocol/t1/block.ts";
import type { Disturbance, RecordedEvent } from "./observed.ts";
import type { CardKind, PsamTotals, PurseReading, SystemFacts } from "./system.ts";

/** A powered card, whatever application is on it. Every exchange is in the evidence. */
export interface CardSession extends AsyncDisposable {
  readonly protocol: "T=0" | "T=1";
  /** Answer to reset of the last reset, 2 to 33 bytes. */
  readonly ATR: Uint8Array;
  /**
   * Command APDU in, response APDU (data and status word) out, exactly what the card said. `DEVICE_SILENT` for a card that stays
   * mute, `DEVICE_LOST` for one that was pulled, `DEVICE_GARBLED` where the transmission protocol could not mend it.
   */
  apdu(command: Uint8Array): Promise<Uint8Array>;
  /** The same with the time that it took, ms on the bench's clock (virtual on `inproc`). */
  timed(command: Uint8Array): Promise<{ readonly answer: Uint8Array; readonly elapsedMs: number }>;
  /** Warm: reset line only. Cold: power off and on. */
  reset(kind: "warm" | "cold"): Promise<Uint8Array>;
}

/** What the bench's hand can put into a slot for the suite `reader`. */
export type SlotCard =
  | {
      /** The reader exerciser (`test-cards.md` 4). */
      readonly kind: "exerciser";
      /** Answer to reset, hex; the exerciser's own when absent. */
      readonly ATR?: string;
      readonly mischief?: readonly T1Mischief[];
      /** Milliseconds of one unit of WORK. */
      readonly workMs?: number;
    }
  | { readonly kind: "mute" }
  | { readonly kind: "malformed-atr" };

/** One slot of the reader under test. */
export interface ReaderSlot {
  readonly name: string;
  isCardPresent(): boolean;
  /** Calls back at each insertion (`true`) and removal (`false`). Returns its undo. */
  onPresence(listener: (present: boolean) => void): () => void;
  /** Resolves when the reader says so; `DEVICE_SILENT` after `withinMs`. Elapsed ms. */
  presence(present: boolean, withinMs: number): Promise<number>;
  /** Powers the card and opens it alone. Rejects as `CardReader.connect`. */
  connect(): Promise<CardSession>;
  /** By the bench's hand (`offers.slots`): resolves when the card is at the contacts, whether the reader has noticed or not. */
  insert(card: SlotCard): Promise<void>;
  remove(): Promise<void>;
}

/** A terminal at the end of its serial line. */
export interface TerminalDevice {
  readonly IDTERM: string;
  /** One message over T=1 as a concentrator would send it, conforming. */
  exchange(message: Uint8Array): Promise<Uint8Array>;
  /** The line itself, for blocks that no conforming concentrator sends; `exchange` afterwards begins with S(RESYNCH). */
  readonly line: {
    /** Raw bytes to the terminal. */
    send(bytes: Uint8Array): Promise<void>;
    /** The next whole block of the terminal, or what it sent until CWT ended (`invalid`); undefined for silence. */
    block(withinMs: number): Promise<T1Block | undefined>;
    /** Every byte in both directions since the last call, in order. */
    traffic(): readonly { readonly from: "bench" | "terminal"; readonly bytes: Uint8Array }[];
  };
  /** Power off and on, where the bench can (`offers.terminalPower`). At once, also in the middle of a message. */
  powerCycle(): Promise<void>;
  /** Disturbs link SAM (INS) between this terminal and its PSAM, where the bench sees it. */
  readonly IDPSAM?: string;
}

/** Which security card a case wants. */
export interface PsamWish {
  /** One of `fixtures/psams/`; the bench's own when absent. Only where PSAMs are played (`offers.psamKinds`). */
  readonly kind?: string;
}

export interface DeviceSystem extends AsyncDisposable {
  readonly facts: SystemFacts;
  /** The card under test (or the kind that was inserted last), powered; the same session until it is pulled or reset here. */
  card(): Promise<CardSession>;
  readPurse(): Promise<PurseReading>;
  insertCard(kind: CardKind): Promise<void>;
  removeCard(): Promise<void>;
  tear(tear: CardTear): Disturbance;
  /** The security card under test, powered and not selected. */
  psam(wish?: PsamWish): Promise<CardSession>;
  /** Slots of the reader under test; `slot(0)` is where cards under test are. */
  slot(index: number): ReaderSlot;
  terminal(IDTERM?: string): Promise<TerminalDevice>;
  /** READ TOTALS by the terminal's own message. */
  readTotals(IDTERM?: string): Promise<PsamTotals>;
  /** Disturbs the exchange between a played terminal and its PSAM: hit by instruction byte. */
  disturbSam(fault: {
    readonly from: "terminal" | "psam";
    readonly message?: number;
    readonly times?: number;
    readonly skip?: number;
    readonly act: (message: Uint8Array) => Uint8Array | readonly Uint8Array[];
    readonly what: string;
  }): Disturbance;
  events(since?: number): readonly RecordedEvent[];
  /** The bench's clock: resolves after that time, without sleeping on benches with virtual time. */
  pass(ms: number): Promise<void>;
}
