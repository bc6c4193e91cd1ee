import type { CardReader } from "../device/contracts.ts";

/** Cards that are seen to come and go. Disposing ends the watch; `done` then never settles. */
export interface PresenceWatch extends Disposable {
  readonly done: Promise<void>;
}

/** Resolves when `reader` has told all of `moves` in this order: `true` for a card that comes, `false` for one that goes. */
export function watchPresence(reader: CardReader, moves: readonly boolean[]): PresenceWatch {
  const due = [...moves];
  let undo = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    undo = reader.onPresence((present) => {
      if (due[0] === present) due.shift();
      if (due.length === 0) resolve();
    });
  });
  return { done, [Symbol.dispose]: () => undo() };
}
