import { type ChildProcess, fork } from "node:child_process";
import { type FSWatcher, watch } from "node:fs";
import { fileURLToPath } from "node:url";
import { type AttachedReader, watchMessage } from "./messages.ts";

/** Readers of the system's pcscd, or why there are none to see. */
export type PcscState =
  | { readonly kind: "asking" }
  | { readonly kind: "readers"; readonly readers: readonly AttachedReader[] }
  | { readonly kind: "absent"; readonly reason: string; readonly mend: string };

/** A pcscd that is gone is looked for again after that time, and at once when its socket appears. */
const AGAIN_MS = 3_000;
const PCSCD_FOLDER = "/run/pcscd";
const MEND = "start pcscd (systemctl start pcscd.socket), or install the package pcscd";

/** Path of the compiled watcher: a process of its own needs JavaScript, also when tests run the source. */
function script(): string {
  const folder = import.meta.url.endsWith(".ts") ? "../../../.build/harness/station/attached" : ".";
  return fileURLToPath(new URL(`${folder}/pcsc-watch-main.js`, import.meta.url));
}

/** Keeps a process that watches pcscd, and tells what it says. */
export class PcscWatch implements Disposable {
  readonly #tell: (state: PcscState) => void;
  #child: ChildProcess | undefined;
  #again: NodeJS.Timeout | undefined;
  #folder: FSWatcher | undefined;
  #isClosed = false;

  constructor(tell: (state: PcscState) => void) {
    this.#tell = tell;
    this.#begin();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearTimeout(this.#again);
    this.#folder?.close();
    this.#child?.kill("SIGKILL"); // it holds nothing, and what it is in may be frozen
  }

  #begin(): void {
    clearTimeout(this.#again);
    this.#folder?.close();
    this.#folder = undefined;
    const child = fork(script(), [], { execArgv: [], stdio: ["ignore", "ignore", "ignore", "ipc"] });
    this.#child = child;
    let absent: PcscState = { kind: "absent", reason: "the watch over pcscd ended without a word", mend: MEND };
    child.on("message", (value) => {
      const message = watchMessage.safeParse(value).data;
      if (!message || this.#isClosed) return;
      if (message.kind === "readers") this.#tell(message);
      else absent = { kind: "absent", reason: message.reason, mend: message.mend ?? MEND };
    });
    child.on("error", () => child.kill("SIGKILL"));
    child.once("close", () => {
      if (this.#isClosed) return;
      this.#tell(absent);
      this.#later();
    });
  }

  #later(): void {
    this.#again = setTimeout(() => this.#begin(), AGAIN_MS);
    try {
      this.#folder = watch(PCSCD_FOLDER, () => this.#begin());
      this.#folder.on("error", () => this.#folder?.close());
    } catch {
      this.#folder = undefined; // no such folder yet: the time alone is waited for
    }
  }
}
