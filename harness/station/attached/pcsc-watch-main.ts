/** A process of its own that watches pcscd: libpcsclite can block or freeze the process that it is in. Ends with its parent. */
import { toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { watchReaders } from "../../device/pcsc/watch-readers.ts";
import type { WatchMessage } from "./messages.ts";

/** Time that pcscd has to answer. */
const ANSWER_MS = 10_000;

const say = (message: WatchMessage, then?: () => void) => void process.send?.(message, () => then?.());

function end(thrown: unknown): void {
  const mend = thrown instanceof PursebenchError ? thrown.mend : undefined;
  say({ kind: "ended", reason: messageOf(thrown), mend }, () => process.exit(0));
}

process.on("disconnect", () => process.exit(0));
const listener = {
  changed: (readers: Parameters<Parameters<typeof watchReaders>[1]["changed"]>[0]) =>
    say({ kind: "readers", readers: readers.map((each) => ({ ...each, atr: toHex(each.atr) })) }),
  ended: end,
};
try {
  const held = await watchReaders(undefined, listener, deadlineIn(systemClock, ANSWER_MS));
  process.once("exit", () => void held);
} catch (thrown) {
  end(thrown);
}
