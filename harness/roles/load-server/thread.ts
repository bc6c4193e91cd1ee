import { toHex } from "../../core/bytes.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import type { HsmCommand } from "../../protocol/hsm/commands.ts";
import { drive, type LogOutput } from "../role.ts";
import type { ServerThread } from "../serving/admission.ts";
import { PeerChannel, type Wait } from "../serving/peer-channel.ts";
import { bookEnd } from "./booking.ts";
import type { LoadRecord, LogLine, NewLoad } from "./database/contracts.ts";
import type { Fresh, LoadEvent, LoadInput, LoadOutput } from "./effects.ts";
import type { LoadServerParts } from "./parts.ts";
import { newThread } from "./phase.ts";

const NONCE_LENGTH = 12;
const IDENTIFIER_LENGTH = 16;

/** One load thread at work: performs what the model wants on channel, database, HSM and accounts. */
export class LoadThread implements ServerThread {
  readonly #headEnd: PeerChannel;
  readonly #parts: LoadServerParts;
  readonly #stopped: Promise<"stopped">;
  #stop: () => void = () => undefined;
  #isStopped = false;
  /** Log entries that the next change of the database takes along, at the latest before anything is sent. */
  #lines: LogLine[] = [];

  constructor(channel: MessageChannel, parts: LoadServerParts) {
    const { firstMessageMs, loadResponseMs: answerMs } = parts.timeouts;
    this.#headEnd = new PeerChannel(channel, { clock: parts.clock, firstMessageMs, answerMs });
    this.#parts = parts;
    this.#stopped = new Promise((resolve) => {
      this.#stop = () => resolve("stopped");
    });
  }

  async run(): Promise<void> {
    try {
      const { role, settings } = this.#parts;
      await drive(role, newThread(settings), this.#told({ kind: "connected" }), (output) => this.#perform(output));
      if (!this.#isStopped) await this.#writeLines();
    } catch (thrown) {
      if (!(thrown instanceof ThreadStopped)) throw thrown;
    }
  }

  get hasSpoken(): boolean {
    return this.#headEnd.hasSpoken;
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop();
  }

  async #perform(output: LoadOutput): Promise<LoadInput | undefined> {
    if (this.#isStopped) throw new ThreadStopped();
    const event = await this.#eventOf(output);
    return event && this.#told(event);
  }

  async #eventOf(output: LoadOutput): Promise<LoadEvent | undefined> {
    const { database, contracts, accounts } = this.#parts;
    switch (output.kind) {
      case "log":
        return this.#log(output);
      case "find-contract":
        return { kind: "contract", contract: contracts(output.IDMER) };
      case "ask-fund":
        return { kind: "fund-answer", answer: await this.#parts.funds?.(output.SITE)?.answer(output.question) };
      case "find-authorised":
        return { kind: "authorised", hold: await accounts?.authorised(output) };
      case "register":
        return { kind: "registered", isNew: await database.insertLoad(output.row, this.#takeLines()) };
      case "update":
        await database.updateLoad(output.name, output.change, this.#takeLines());
        return undefined;
      case "settle":
        return await this.#settled(await database.updateLoad(output.name, output.change, this.#takeLines()));
      case "void":
        return await this.#void(output.row);
      case "find-load":
        return { kind: "row", row: await database.load(output.name) };
      case "ask-hsm":
        return await this.#ask(output.command);
      case "send":
        return await this.#send(output.bytes);
      case "await-head-end":
        return await this.#receive(output);
      case "send-result":
        throw new PursebenchError("INTERNAL", "a load result that no encryption layer has sealed");
      case "end":
        return undefined; // the driver ends there
      default:
        return unreachable(output);
    }
  }

  #told(event: LoadEvent): LoadInput {
    const { random, clock } = this.#parts;
    const fresh: Fresh = {
      nonce: random(NONCE_LENGTH),
      layerNonce: random(NONCE_LENGTH),
      challenge: toHex(random(IDENTIFIER_LENGTH)),
      now: clock.wall().toISOString().replace(/\D/g, "").slice(0, 14),
    };
    return { ...event, fresh };
  }

  #log({ entry, step, IDTRX, fields }: LogOutput): undefined {
    this.#parts.trace({ kind: "log", role: "load-server", entry, step, IDTRX, fields });
    this.#lines.push({ entry, step, IDTRX, fields });
  }

  #takeLines(): readonly LogLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  async #writeLines(): Promise<void> {
    if (this.#lines.length > 0) await this.#parts.database.appendLog(this.#takeLines());
  }

  /** What was decided is booked before anybody is told. */
  async #settled(row: LoadRecord | undefined): Promise<LoadEvent> {
    if (row !== undefined) await bookEnd(this.#parts, row);
    return { kind: "row", row };
  }

  /** Another thread may have made the row meanwhile: then it says what holds. */
  async #void(row: NewLoad): Promise<LoadEvent> {
    const { database } = this.#parts;
    await database.insertLoad(row, this.#takeLines());
    return await this.#settled(await database.load(row));
  }

  async #ask(command: HsmCommand): Promise<LoadEvent> {
    await this.#writeLines();
    const { hsm, clock, timeouts } = this.#parts;
    try {
      const body = await this.#unlessStopped(hsm.ask(command, deadlineIn(clock, timeouts.hsmMs)));
      return { kind: "hsm-answer", body };
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError) || thrown.code === "INTERNAL") throw thrown;
      return { kind: "hsm-answer", body: undefined };
    }
  }

  async #send(bytes: Uint8Array): Promise<undefined> {
    await this.#writeLines();
    if (!this.#isStopped) await this.#headEnd.send(bytes);
  }

  async #receive(wait: Wait): Promise<LoadEvent> {
    const heard = await this.#unlessStopped(this.#headEnd.receive(wait));
    return typeof heard === "string" ? { kind: heard } : { kind: "message", bytes: heard };
  }

  /** `work`, or the end of this thread. */
  async #unlessStopped<T>(work: Promise<T>): Promise<T> {
    const first = await Promise.race([work.then((value) => ({ value })), this.#stopped]);
    if (first !== "stopped") return first.value;
    work.catch(() => undefined); // its failure is nobody's news
    throw new ThreadStopped();
  }
}

class ThreadStopped extends Error {}
