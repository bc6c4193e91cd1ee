import { EMPTY_MEMORY, type TerminalMemory } from "./state.ts";

/** Where a terminal keeps what must outlive a power cut. Both calls are done when they return. */
export interface TerminalStore {
  load(): TerminalMemory;
  save(memory: TerminalMemory): void;
}

/** Keeps it as long as the object lives: hand the same one to the terminal that comes up after the cut. */
export function memoryStore(initial: TerminalMemory = EMPTY_MEMORY): TerminalStore {
  let kept = initial;
  return {
    load: () => kept,
    save: (memory) => {
      kept = memory;
    },
  };
}
