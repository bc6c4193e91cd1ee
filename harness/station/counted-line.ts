import type { Clock } from "../core/clock.ts";
import type { ByteStream } from "../device/contracts.ts";

/** How long bytes may be on their way over a virtual line, ms. */
const ON_THE_WAY_MS = 1_000;

/** A virtual line whose two ends are counted: what is on its way when the far end's power goes is lost, as on a real one. */
export interface CountedLine {
  readonly near: ByteStream;
  readonly far: ByteStream;
  /** Resolves when the far end has heard all that the near end has written, or nothing more comes. */
  arrived(): Promise<void>;
}

/** What was kept on either end is nobody's any more and is dropped. */
export function countedLine(near: ByteStream, far: ByteStream, clock: Clock): CountedLine {
  for (const end of [near, far]) end.onBytes(() => undefined)();
  let onTheWay = 0;
  let told = (): void => undefined;
  return {
    near: {
      name: near.name,
      closed: near.closed,
      async write(bytes, deadline) {
        onTheWay += bytes.length;
        await near.write(bytes, deadline);
      },
      onBytes: (listener) => near.onBytes(listener),
      [Symbol.asyncDispose]: () => near[Symbol.asyncDispose](),
    },
    far: {
      name: far.name,
      closed: far.closed,
      write: (bytes, deadline) => far.write(bytes, deadline),
      onBytes: (listener) =>
        far.onBytes((bytes) => {
          onTheWay -= bytes.length;
          listener(bytes);
          if (onTheWay <= 0) told();
        }),
      [Symbol.asyncDispose]: () => far[Symbol.asyncDispose](),
    },
    async arrived() {
      if (onTheWay <= 0) return;
      const timer = clock.timer(ON_THE_WAY_MS);
      const all = new Promise<void>((resolve) => {
        told = resolve;
      });
      await Promise.race([all, timer.elapsed]);
      timer.cancel();
    },
  };
}
