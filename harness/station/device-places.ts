/** Where the devices of a bench are, virtual or not, as one device system uses them. */
import type { ByteStream, CardReader } from "../device/contracts.ts";
import type { PsamWish, SlotCard } from "../flows/devices.ts";
import type { Exchange } from "../link/exchange.ts";
import type { HandledReader } from "./switching-reader.ts";

/** A slot of the reader under test, and the hand that moves cards there. */
export interface SlotPlace {
  readonly reader: CardReader;
  insert(card: SlotCard): Promise<void>;
  remove(): Promise<void>;
}

/** The bench's end of a terminal's line. */
export interface LinePlace {
  readonly stream: ByteStream;
  /** Power off and on; absent where the bench cannot. */
  readonly powerCycle?: (() => Promise<void>) | undefined;
}

export interface DevicePlaces extends HandledReader, AsyncDisposable {
  /** The reader that holds a security card like that. */
  psam(wish: PsamWish): Promise<CardReader>;
  slot(index: number): Promise<SlotPlace> | SlotPlace;
  line(IDTERM: string): Promise<LinePlace>;
}

/** What a device system lends its places while it is up. */
export interface PlacesUse {
  /** Link SAM of a terminal that is played: recorded and disturbable. */
  readonly onSam: (inner: Exchange) => Exchange;
}
