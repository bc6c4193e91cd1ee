import type { Exchange } from "../link/exchange.ts";

/** A device that is opened by the first exchange with it: most cases use one of a bench's many. One that failed to open is tried again. */
export function onDemand(open: () => Promise<Exchange>): Exchange {
  let opened: Promise<Exchange> | undefined;
  return {
    async exchange(request, deadline) {
      opened ??= open();
      let device: Exchange;
      try {
        device = await opened;
      } catch (thrown) {
        opened = undefined;
        throw thrown;
      }
      return await device.exchange(request, deadline);
    },
  };
}
