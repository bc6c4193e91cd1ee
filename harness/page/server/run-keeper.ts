/** The run that is under way, if one is: told to the page, and in the hand of the page. */
import { basename } from "node:path";
import { pictureOf } from "../../bench/picture.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { PreparedRun } from "../../run/prepare.ts";
import type { CaseMessage, RunMessage } from "../run/messages.ts";
import type { RunHandle, StartRun } from "../run/run-process.ts";
import { type CaseView, NO_COUNTS, type RunForm, type RunView } from "../shared/state.ts";
import { aboutMs, type Durations } from "./durations.ts";
import type { LiveState } from "./live-state.ts";
import { brokenResult, resultOf } from "./result.ts";

/** Shown of the cases that ended last, and of those without a pass. */
const RECENT = 6;
const MOST_TROUBLES = 40;

interface Under {
  readonly form: RunForm;
  readonly prepared: PreparedRun;
  readonly handle: RunHandle;
  readonly durations: Durations;
  /** Ids of cases that have not ended. */
  readonly left: Set<string>;
  view: RunView;
}

export interface KeeperOptions {
  readonly state: LiveState;
  readonly start: StartRun;
  readonly runs: string;
  /** After a run: the history is read again. */
  readonly ended: () => Promise<void>;
}

export class RunKeeper {
  readonly #options: KeeperOptions;
  #under: Under | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Begins a run. Throws `DEVICE_BUSY` while there is one. */
  begin(form: RunForm, prepared: PreparedRun, durations: Durations): void {
    if (this.#under) {
      throw new PursebenchError("DEVICE_BUSY", "A run is under way", { mend: "Wait for its end, or stop it." });
    }
    const { state, start } = this.#options;
    const view: RunView = {
      id: basename(prepared.dir),
      title: titleOf(prepared, form),
      phase: "starting",
      stopping: false,
      total: prepared.cases.length,
      done: 0,
      counts: NO_COUNTS,
      startedMs: Date.now(),
      recent: [],
      troubles: [],
      said: "",
    };
    state.set("result", null);
    state.set("exchange", null);
    state.set("run", view);
    const left = new Set(prepared.cases.map(({ id }) => id));
    const request = { ...prepared.request, out: prepared.dir };
    let end: RunMessage | undefined;
    const handle = start(request, (message) => {
      if (message.kind === "ended" || message.kind === "failed") end ??= message;
      else this.#hear(message);
    });
    this.#under = { form, prepared, handle, durations, left, view };
    void handle.ended.then(() => this.#finish(end));
  }

  /** As Ctrl-C; nothing where there is no run. */
  stop(): void {
    if (!this.#under) return;
    this.#show({ stopping: true });
    this.#under.handle.stop();
  }

  /** False when that prompt is not there any more. */
  answer(id: number, answer: "done" | "cannot"): boolean {
    if (this.#options.state.get("prompt")?.id !== id) return false;
    this.#under?.handle.answer(id, answer);
    return true;
  }

  /** Stops the run and waits until it is gone; kills it when it is not by then. */
  async close(withinMs: number): Promise<void> {
    const under = this.#under;
    if (!under) return;
    this.stop();
    const late = setTimeout(() => under.handle.kill(), withinMs);
    await under.handle.ended;
    clearTimeout(late);
  }

  #show(change: Partial<RunView>): void {
    if (!this.#under) return;
    this.#under.view = { ...this.#under.view, ...change };
    this.#options.state.set("run", this.#under.view);
  }

  #hear(message: RunMessage): void {
    const { state } = this.#options;
    const under = this.#under;
    if (!under) return;
    switch (message.kind) {
      case "begun":
        this.#show({ id: basename(message.dir), total: message.total });
        break;
      case "case":
        this.#case(message, under);
        break;
      case "exchange":
        state.set("exchange", message.exchange);
        break;
      case "told":
        this.#show({ said: message.text.trim() });
        break;
      case "prompt":
        this.#prompt(message, under);
        break;
      case "prompt-gone":
        if (state.get("prompt")?.id === message.id) state.set("prompt", null);
        break;
      default:
        break; // "ended" and "failed" wait for the end of the process
    }
  }

  #prompt({ id, step }: Extract<RunMessage, { kind: "prompt" }>, { prepared }: Under): void {
    const picture = pictureOf(prepared.bench);
    this.#options.state.set("prompt", { id, ...step, untilMs: Date.now() + step.withinMs, picture });
  }

  #case({ id, purpose, finished, total, index }: CaseMessage, under: Under): void {
    const { view, left, durations } = under;
    if (!finished) {
      this.#show({ phase: "running", current: { id, purpose }, total });
      return;
    }
    left.delete(id);
    const { outcome: word, reason, owner } = finished;
    const ended: CaseView = { id, purpose, word, reason, owner };
    const isTrouble = word === "fail" || word === "inconc" || word === "error";
    const done = index + 1;
    this.#show({
      phase: done === total ? "closing" : "running",
      total,
      done,
      current: undefined,
      counts: { ...view.counts, [word]: view.counts[word] + 1 },
      recent: [ended, ...view.recent].slice(0, RECENT),
      troubles: isTrouble && view.troubles.length < MOST_TROUBLES ? [...view.troubles, ended] : view.troubles,
      leftMs: aboutMs([...left], durations) ?? meanLeft(view.startedMs, done, total),
    });
  }

  async #finish(end: RunMessage | undefined): Promise<void> {
    const { state, runs, ended } = this.#options;
    const under = this.#under;
    if (!under) return;
    const { view, form } = under;
    const broken = end?.kind === "failed" ? end : undefined;
    const result = (broken ? undefined : await resultOf(runs, view, form)) ?? brokenResult(runs, view, form, broken);
    state.set("prompt", null);
    state.set("exchange", null);
    state.set("result", result);
    state.set("run", null);
    this.#under = undefined;
    await ended();
  }
}

/** Without a run before this one: as it went until now. */
function meanLeft(startedMs: number, done: number, total: number): number {
  return ((Date.now() - startedMs) / done) * (total - done);
}

function titleOf({ bench, iut, mode, pics }: PreparedRun, form: RunForm): string {
  const device = pics ? `${pics.device.vendor} ${pics.device.product} ${pics.device.version}` : "";
  const what = form.iut === "" ? "Whole system" : iut;
  return [device || what, bench.name, mode].join(" · ");
}
