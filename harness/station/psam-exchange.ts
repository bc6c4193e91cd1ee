/** Security cards in readers. */
import { fromHex } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import type { DisposalStack } from "../core/disposal.ts";
import type { CardReader } from "../device/contracts.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import type { Exchange } from "../link/exchange.ts";
import { withCheckByte } from "../roles/card/atr.ts";
import type { SimulatedPsam } from "../roles/psam/serve.ts";

const POWER_MS = 10_000;

/** Powers the card in `reader` for the terminal alone; the channel is closed with `stack`. */
export async function psamInReader(reader: CardReader, stack: DisposalStack, clock: Clock): Promise<Exchange> {
  const channel = stack.use(await reader.connect(deadlineIn(clock, POWER_MS)));
  return { exchange: (command: Uint8Array, deadline: Deadline) => channel.transmit(command, deadline) };
}

/** That of the reference card with the historical bytes "SAM-1". */
const PSAM_ATR = withCheckByte(fromHex("3B858131FE4553414D2D31"));

/** A simulated PSAM as a card that a reader takes. */
export function psamCard(psam: SimulatedPsam): VirtualCard {
  const reset = () => {
    psam.reset();
    return PSAM_ATR.slice();
  };
  return { powerOn: reset, reset, powerOff: () => psam.reset(), transmit: (command) => psam.transmit(command) };
}
