import { connect, type Socket } from "node:net";
import type { CardTear } from "../../core/card-tear.ts";
import { type Deadline, within } from "../../core/deadline.ts";
import { type ErrorCode, messageOf, PursebenchError } from "../../core/errors.ts";
import type { ReaderDefect } from "../../core/reader-defect.ts";
import type { CardSpec } from "../cards/card-kind.ts";
import { onLines, parseLine } from "./lines.ts";
import {
  type LabEvent,
  type LabRequest,
  type LabResponse,
  labEvent,
  labResponse,
  type SlotReport,
} from "./messages.ts";

type Question = LabRequest extends infer Each ? (Each extends { id: number } ? Omit<Each, "id"> : never) : never;
type Answer = Extract<LabResponse, { ok: true }>;

/** A connection to a running lab: the operator's hand. */
export class LabControl implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (response: LabResponse) => void>();
  readonly #listeners = new Set<(event: LabEvent) => void>();
  /** Resolves when the lab has ended or the connection was closed. */
  readonly ended: Promise<void>;
  #lastId = 0;

  /** `SERVICE_ABSENT` when no lab listens at `path`. */
  static async open(path: string, deadline: Deadline): Promise<LabControl> {
    const socket = connect(path);
    const opened = new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    try {
      await within(deadline, opened, { what: `the virtual lab at ${path}`, owner: "bench" });
    } catch (thrown) {
      socket.destroy();
      throw new PursebenchError("SERVICE_ABSENT", `no virtual lab answers at ${path}: ${messageOf(thrown)}`, {
        mend: "start it with `pursebench lab up`",
        cause: thrown,
      });
    }
    return new LabControl(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    this.ended = new Promise((resolve) => socket.once("close", () => resolve()));
    onLines(socket, (line) => this.#hear(parseLine(line)));
  }

  async slots(deadline: Deadline): Promise<readonly SlotReport[]> {
    return (await this.#ask({ command: "status" }, deadline)).slots;
  }

  /** Puts a card of `card.kind` into `slot`. Resolves when pcscd was told of it, which takes up to 0.4 s, or 1.2 s in a swap. */
  async insert(slot: number, card: CardSpec, deadline: Deadline): Promise<SlotReport> {
    const { slots } = await this.#ask({ command: "insert", slot, card }, deadline);
    const report = slots.find((one) => one.slot === slot);
    if (!report) throw new PursebenchError("INTERNAL", `the lab reports no slot ${slot}`);
    return report;
  }

  /**
   * Puts a card of `card.kind` into the place of the one in `slot`, at once and unseen by pcscd: for what happens between two cases.
   * False, and all is as before, where pcscd would notice: that card has power, or another answer to reset.
   */
  async exchange(slot: number, card: CardSpec, deadline: Deadline): Promise<boolean> {
    try {
      await this.#ask({ command: "exchange", slot, card }, deadline);
      return true;
    } catch (thrown) {
      if (thrown instanceof PursebenchError && thrown.code === "DEVICE_BUSY") return false;
      throw thrown;
    }
  }

  /** Pulls the card, at once; resolves when pcscd was told of it, up to 0.4 s later. */
  async remove(slot: number, deadline: Deadline): Promise<void> {
    await this.#ask({ command: "remove", slot }, deadline);
  }

  /** Pulls the card, at once, and keeps whoever plays it; resolves when pcscd was told. */
  async pull(slot: number, deadline: Deadline): Promise<void> {
    await this.#ask({ command: "pull", slot }, deadline);
  }

  /** Puts the pulled card back, as it was; resolves when pcscd was told. */
  async push(slot: number, deadline: Deadline): Promise<void> {
    await this.#ask({ command: "push", slot }, deadline);
  }

  /**
   * To be called by who has heard from pcscd that the slot is empty: the next card is shown when pcscd looks next, within 0.4 s. Who
   * does not call it waits one look longer, because pcscd does not conclude from each.
   */
  async noticed(slot: number, deadline: Deadline): Promise<void> {
    await this.#ask({ command: "noticed", slot }, deadline);
  }

  /** The card of the slot loses its power at that moment, once, and is pulled then (event `card-torn`); undefined: not any more. */
  async tear(slot: number, tear: CardTear | undefined, deadline: Deadline): Promise<void> {
    await this.#ask({ command: "tear", slot, tear: tear ?? null }, deadline);
  }

  /** From now on the emulated reader has that defect, for all its slots; undefined: none. */
  async readerDefect(defect: ReaderDefect | undefined, deadline: Deadline): Promise<void> {
    await this.#ask({ command: "reader-defect", defect: defect ?? null }, deadline);
  }

  /** From its resolution on `listener` hears of every card that comes or goes. Resolves with the undo. */
  async onEvent(listener: (event: LabEvent) => void, deadline: Deadline): Promise<() => void> {
    this.#listeners.add(listener);
    await this.#ask({ command: "subscribe" }, deadline);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the lab's process has ended. */
  async shutdown(deadline: Deadline): Promise<void> {
    await this.#ask({ command: "shutdown" }, deadline);
    await within(deadline, this.ended, { what: "the virtual lab, asked to end,", owner: "bench" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.ended;
  }

  async #ask(question: Question, deadline: Deadline): Promise<Answer> {
    const id = ++this.#lastId;
    const answered = new Promise<LabResponse>((resolve) => this.#waiting.set(id, resolve));
    const gone = this.ended.then(() => {
      throw new PursebenchError("SERVICE_ABSENT", "the virtual lab has ended", {
        mend: "start it with `pursebench lab up`",
      });
    });
    try {
      this.#socket.write(`${JSON.stringify({ id, ...question })}\n`);
      const who = { what: `the virtual lab, asked for ${question.command},`, owner: "bench" } as const;
      return accept(await within(deadline, Promise.race([answered, gone]), who));
    } finally {
      this.#waiting.delete(id);
    }
  }

  #hear(value: unknown): void {
    const event = labEvent.safeParse(value);
    if (event.success) {
      for (const listener of [...this.#listeners]) listener(event.data);
      return;
    }
    const response = labResponse.safeParse(value);
    if (response.success) this.#waiting.get(response.data.id)?.(response.data);
  }
}

function accept(response: LabResponse): Answer {
  if (response.ok) return response;
  throw new PursebenchError(
    asCode(response.code),
    response.message,
    response.mend === undefined ? {} : { mend: response.mend },
  );
}

function asCode(text: string): ErrorCode {
  const known: readonly ErrorCode[] = ["USAGE", "DEVICE_BUSY", "DEVICE_ABSENT", "SERVICE_ABSENT", "PROTOCOL"];
  return known.find((code) => code === text) ?? "INTERNAL";
}
