/** A slot of a reader in one process: the harness's own serial reader, and a card at its far end that is played character by character. */
import { fromHex } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import { unreachable } from "../core/errors.ts";
import type { Variation } from "../defects/variation.ts";
import { phoenixPair } from "../device/virtual/phoenix-pair.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { malformedAtrCard, muteCard } from "../device/virtual/wrong-cards.ts";
import type { SlotCard } from "../flows/devices.ts";
import { exerciserCard } from "../lab/cards/exerciser-card.ts";
import { serialReader } from "../link/serial-card/serial-reader.ts";
import { serveSerialCard } from "../link/serial-card/serve-card.ts";
import { stepIfd } from "../protocol/t1/ifd-machine.ts";
import type { SlotPlace } from "./device-places.ts";

export interface InprocSlotParts {
  readonly clock: Clock;
  readonly variation: Variation;
}

/** Slot `index`, empty. */
export function inprocSlot(index: number, { clock, variation }: InprocSlotParts): SlotPlace & AsyncDisposable {
  const pair = phoenixPair({ name: `slot ${index}` });
  const own = serialReader(pair.port, clock, { stepIfd: variation.readerT1?.(stepIfd) });
  const reader = variation.reader?.(own) ?? own;
  let inserted: AsyncDisposable | undefined;
  const remove = async (): Promise<void> => {
    if (!inserted) return;
    const gone = inserted;
    inserted = undefined;
    await gone[Symbol.asyncDispose]();
    pair.setPresent(false);
  };
  return {
    reader,
    async insert(card) {
      await remove();
      inserted = serveSerialCard(pair.socket, played(card, clock), clock);
      pair.setPresent(true);
    },
    remove,
    async [Symbol.asyncDispose]() {
      await remove();
      await reader[Symbol.asyncDispose]();
    },
  };
}

function played(card: SlotCard, clock: Clock): VirtualCard {
  switch (card.kind) {
    case "exerciser": {
      const { ATR, mischief, workMs } = card;
      const atr = ATR === undefined ? {} : { atr: fromHex(ATR) };
      return { ...exerciserCard(clock, { ...atr, ...(workMs === undefined ? {} : { workMs }) }), mischief };
    }
    case "mute":
      return muteCard();
    case "malformed-atr":
      return malformedAtrCard();
    default:
      return unreachable(card);
  }
}
