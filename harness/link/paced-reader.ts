/** A card as it is: a debit takes it a while. */
import type { Clock } from "../core/clock.ts";
import type { CardReader } from "../device/contracts.ts";
import { DEBIT_IEP } from "../protocol/messages/debit-iep.ts";

/** `inner` with cards that need `debitMs` on `clock` for DEBIT IEP; every other command they answer at once. */
export function pacedReader(inner: CardReader, clock: Clock, debitMs: number): CardReader {
  return {
    name: inner.name,
    isCardPresent: () => inner.isCardPresent(),
    onPresence: (listener) => inner.onPresence(listener),
    waitForCard: (deadline) => inner.waitForCard(deadline),
    async connect(deadline) {
      const channel = await inner.connect(deadline);
      return {
        atr: channel.atr,
        protocol: channel.protocol,
        async transmit(command, until) {
          if (command[0] === DEBIT_IEP.cla && command[1] === DEBIT_IEP.ins) await clock.timer(debitMs).elapsed;
          return await channel.transmit(command, until);
        },
        reset: (kind, until) => channel.reset(kind, until),
        [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
