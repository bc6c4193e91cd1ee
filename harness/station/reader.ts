/** The reader of a system: recorded, disturbable, and shared between the set-top box and the harness's own looks. */
import { toHex } from "../core/bytes.ts";
import type { TraceSink } from "../core/trace.ts";
import type { CardReader } from "../device/contracts.ts";
import type { Ends } from "../link/ends.ts";
import type { Links } from "./links.ts";

/** `inner` as one role uses it. Disposing the view leaves the reader open. */
export function readerFor(inner: CardReader, ends: Ends, links: Links, trace: TraceSink): CardReader {
  return {
    name: inner.name,
    isCardPresent: () => inner.isCardPresent(),
    onPresence: (listener) => inner.onPresence(listener),
    waitForCard: (deadline) => inner.waitForCard(deadline),
    async connect(deadline) {
      const channel = await inner.connect(deadline);
      trace({ kind: "note", text: `link ${ends.link}: card powered by ${ends.near}, ATR ${toHex(channel.atr)}` });
      return links.card(channel, ends);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
