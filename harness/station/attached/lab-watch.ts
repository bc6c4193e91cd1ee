import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { isAbsent } from "../../core/errors.ts";
import { LabControl } from "../../lab/control/client.ts";
import { labStatus } from "../../lab/lab.ts";
import { labPaths } from "../../lab/paths.ts";

/** A slot of the virtual reader, counted from 1 as on pictures. */
export interface LabSlot {
  readonly slot: number;
  readonly reader: string;
  /** Who is in it, in a few words; empty when nobody is. */
  readonly card: string;
}

export type LabWatchState =
  | { readonly kind: "down" }
  | { readonly kind: "up"; readonly since: string; readonly slots: readonly LabSlot[] }
  | { readonly kind: "crashed" };

const LOOK_MS = 5_000;
const SETTLE_MS = 250;

/** Tells how the virtual lab of `pursebench lab up` is, now and as it changes. */
export class LabWatch implements Disposable {
  readonly #tell: (state: LabWatchState) => void;
  readonly #paths = labPaths();
  readonly #folders: FSWatcher[] = [];
  #settle: NodeJS.Timeout | undefined;
  #control: LabControl | undefined;
  #isClosed = false;

  constructor(tell: (state: LabWatchState) => void) {
    this.#tell = tell;
    this.#watchFolder(dirname(this.#paths.directory), basename(this.#paths.directory));
    this.#soon();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearTimeout(this.#settle);
    for (const folder of this.#folders) folder.close();
    void this.#control?.[Symbol.asyncDispose]();
  }

  #watchFolder(path: string, name: string): void {
    try {
      const watcher = watch(path, (_, file) => file === name && this.#soon());
      watcher.on("error", () => watcher.close());
      this.#folders.push(watcher);
    } catch (thrown) {
      if (!isAbsent(thrown)) throw thrown; // where the folder is absent there is no lab either
    }
  }

  #soon(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.#look(), SETTLE_MS);
  }

  async #look(): Promise<void> {
    const state = await lookAtLab();
    if (this.#isClosed) return;
    this.#tell(state);
    if (state.kind === "up")
      await this.#follow().catch(() => undefined); // it went down just now: the folder tells
    else if (state.kind === "crashed") this.#settle = setTimeout(() => void this.#look(), LOOK_MS); // or it is still starting
  }

  async #follow(): Promise<void> {
    if (this.#control) return;
    const control = await LabControl.open(this.#paths.control, deadlineIn(systemClock, LOOK_MS));
    if (this.#isClosed) return void (await control[Symbol.asyncDispose]());
    this.#control = control;
    void control.ended.then(() => {
      this.#control = undefined;
      this.#soon();
    });
    await control.onEvent(() => this.#soon(), deadlineIn(systemClock, LOOK_MS));
  }
}

async function lookAtLab(): Promise<LabWatchState> {
  try {
    const status = await labStatus(deadlineIn(systemClock, LOOK_MS));
    if (status.kind !== "up") return { kind: status.kind };
    const slots = status.slots.map(({ slot, reader, kind, details }) => {
      const more = Object.entries(details ?? {}).map(([name, value]) => `${name} ${value}`);
      return { slot: slot + 1, reader, card: kind === undefined ? "" : [kind, ...more].join(", ") };
    });
    return { kind: "up", since: status.state.startedAt, slots };
  } catch {
    return { kind: "crashed" };
  }
}
