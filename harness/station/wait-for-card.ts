import type { Bench } from "../bench/schema.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { type Owner, PursebenchError } from "../core/errors.ts";
import type { CardReader } from "../device/contracts.ts";
import type { OpenOptions } from "./open-options.ts";

/** Tells that it waits, and for what: nobody shall take a patient bench for a stuck one. */
export interface Patience {
  readonly waitMs: number;
  readonly tell: OpenOptions["tell"];
  readonly signal: AbortSignal | undefined;
}

export function patienceOf({ bench, tell, signal }: OpenOptions): Patience {
  return { waitMs: bench.waitForCardMs, tell, signal };
}

/**
 * Resolves when there is a card in `reader`. `DEVICE_ABSENT` when none has come in time, with who has to bring it how;
 * `DEVICE_LOST` when the run was interrupted.
 */
export async function waitForCard(
  reader: CardReader,
  spec: Bench["card"],
  owner: Owner & ("card" | "psam"),
  { waitMs, tell, signal }: Patience,
): Promise<void> {
  if (reader.isCardPresent()) return;
  const what = owner === "psam" ? "PSAM" : "card";
  const seconds = `${waitMs / 1_000} s`;
  const port = spec.kind === "vpcd" ? spec.port : undefined;
  const awaited = port === undefined ? `a ${what} in "${reader.name}"` : `a ${what} that connects to 127.0.0.1:${port}`;
  tell?.(`Waiting up to ${seconds} for ${awaited} …`);
  try {
    await unlessAborted(reader.waitForCard(deadlineIn(systemClock, waitMs)), signal);
  } catch (thrown) {
    if (!(thrown instanceof PursebenchError) || thrown.code !== "DEVICE_ABSENT") throw thrown;
    const put = `put the ${what} into the reader`;
    const mend =
      port === undefined ? put : `start the program that plays the ${what}: it connects to 127.0.0.1:${port}`;
    throw new PursebenchError("DEVICE_ABSENT", `within ${seconds} there was not ${awaited}`, {
      owner,
      mend: `${mend}; --wait SECONDS waits longer`,
      cause: thrown,
    });
  }
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return await work;
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(new PursebenchError("DEVICE_LOST", "interrupted while waiting for a card"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true, signal: over.signal });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    over.abort();
    work.catch(() => undefined); // the reader that it waits at is closed next
  }
}
