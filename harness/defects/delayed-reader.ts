import type { CardReader } from "../device/contracts.ts";

/** What slows a card down: told when a command begins, asked when its answer is there. */
export interface Delay {
  begin(): void;
  /** Milliseconds that the answer is late. */
  dueMs(): number;
}

/** The reader whose cards answer as late as `delay` says. */
export function delayedReader(inner: CardReader, delay: Delay): CardReader {
  return new Proxy(inner, {
    get(target, name) {
      if (name === "connect") {
        return async (deadline: Parameters<CardReader["connect"]>[0]) => slowed(await inner.connect(deadline), delay);
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

type Channel = Awaited<ReturnType<CardReader["connect"]>>;

function slowed(channel: Channel, delay: Delay): Channel {
  return {
    atr: channel.atr,
    protocol: channel.protocol,
    transmit: async (command, deadline) => {
      delay.begin();
      const answer = await channel.transmit(command, deadline);
      const ms = delay.dueMs();
      if (ms > 0) await deadline.clock.timer(ms).elapsed;
      return answer;
    },
    reset: (kind, deadline) => channel.reset(kind, deadline),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}
