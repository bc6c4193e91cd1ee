/** A security card in a reader, as a terminal's `Exchange`. */
import { systemClock } from "../core/clock.ts";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import type { DisposalStack } from "../core/disposal.ts";
import type { CardReader } from "../device/contracts.ts";
import type { Exchange } from "../link/exchange.ts";

const POWER_MS = 10_000;

/** Powers the card in `reader` for the terminal alone; the channel is closed with `stack`. */
export async function psamInReader(reader: CardReader, stack: DisposalStack): Promise<Exchange> {
  const channel = stack.use(await reader.connect(deadlineIn(systemClock, POWER_MS)));
  return { exchange: (command: Uint8Array, deadline: Deadline) => channel.transmit(command, deadline) };
}
