import type { TraceEvent } from "../core/trace.ts";

/** Which transaction each terminal serves, from the payment servers' logs as they are written; keeps nothing of the past. */
export class TerminalWatch {
  readonly flaws: string[] = [];
  /** Terminals that were taken at the same moment, at most. */
  mostAtOnce = 0;
  readonly #serving = new Map<string, string>();

  hear(event: TraceEvent): void {
    if (event.kind !== "log" || !event.entry.startsWith("terminal-")) return;
    const { entry, IDTRX = "" } = event;
    const IDTERM = String(event.fields.IDTERM);
    if (entry === "terminal-selected") this.#select(IDTERM, IDTRX);
    if (entry === "terminal-released") this.#release(IDTERM, IDTRX);
  }

  #select(IDTERM: string, IDTRX: string): void {
    const other = this.#serving.get(IDTERM);
    if (other !== undefined) this.flaws.push(`terminal ${IDTERM} was given to ${IDTRX} while it served ${other}`);
    this.#serving.set(IDTERM, IDTRX);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#serving.size);
  }

  #release(IDTERM: string, IDTRX: string): void {
    const served = this.#serving.get(IDTERM);
    if (served !== IDTRX) this.flaws.push(`terminal ${IDTERM} was released by ${IDTRX} while it served ${served}`);
    this.#serving.delete(IDTERM);
  }
}
