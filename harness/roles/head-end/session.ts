import type { Deadline } from "../../core/deadline.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { Connector, MessageChannel } from "../../device/contracts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { drive } from "../role.ts";
import type { HeadEndInput, HeadEndOutput, Loss } from "./events.ts";
import type { HeadEndParts } from "./parts.ts";
import { newSession } from "./state.ts";

type Post = Extract<HeadEndOutput, { kind: "post" }>;

/** Performs the outputs of one session of the head end. */
export class Session {
  readonly #cable: MessageChannel;
  readonly #parts: HeadEndParts;
  #payment: MessageChannel | undefined;
  /** Why nothing can be sent to the set-top box any more. */
  #cableLoss: Loss | undefined;

  constructor(cable: MessageChannel, parts: HeadEndParts) {
    this.#cable = cable;
    this.#parts = parts;
  }

  /** Until the purchase is over, or the head end is killed: then nothing more is said or logged. Rejects only for a defect of the bench. */
  async run(): Promise<void> {
    const { role, config, killed } = this.#parts;
    try {
      await drive(role, newSession(config), { kind: "start" }, (output) => {
        return killed === undefined ? this.#perform(output) : unlessKilled(killed, () => this.#perform(output));
      });
    } catch (thrown) {
      if (!(thrown instanceof HeadEndKilled)) throw thrown;
    } finally {
      await this.#closePayment();
    }
  }

  async #perform(output: HeadEndOutput): Promise<HeadEndInput | undefined> {
    switch (output.kind) {
      case "log":
        return void this.#parts.trace({ ...output, role: "head-end" });
      case "receive-cable":
        return await this.#receiveCable();
      case "remember-session":
        return void this.#parts.orders.remember(output.IDTRX, output.session);
      case "send-cable":
        return void (await this.#sendCable(encodeMessage(output.message)));
      case "post":
        return await this.#post(output);
      case "open-payment":
        return await this.#open(this.#parts.connectPayment(output.HOST, output.PORT));
      case "open-load":
        return await this.#open(this.#parts.connectLoad(output.HOST, output.PORT));
      case "close-payment":
        return void (await this.#closePayment());
      case "send-payment":
        return await this.#sendPayment(encodeMessage(output.message));
      case "receive-payment":
        return await this.#receivePayment();
      case "random":
        return { kind: "random", bytes: this.#parts.random(output.length) };
      case "time":
        return { kind: "time", DTHR: momentOf(this.#parts.clock.wall()) };
      case "end":
        return undefined;
      default:
        return unreachable(output);
    }
  }

  async #receiveCable(): Promise<HeadEndInput> {
    if (this.#cableLoss) return { kind: "cable-lost", why: this.#cableLoss };
    const { clock, timeouts, orders } = this.#parts;
    try {
      const bytes = await this.#cable.receive(deadlineIn(clock, timeouts.setTopBoxMs));
      if (!bytes) return { kind: "cable-lost", why: "closed" };
      const message = parseMessage(bytes);
      const session = message.kind === "recovery" ? orders.sessionOf(message.IDTRX) : undefined;
      return { kind: "cable", message, today: dayOf(clock.wall()), session };
    } catch (thrown) {
      return { kind: "cable-lost", why: lossOf(thrown, "closed") };
    }
  }

  async #sendCable(bytes: Uint8Array): Promise<void> {
    try {
      await this.#cable.send(bytes);
    } catch (thrown) {
      this.#cableLoss = lossOf(thrown, "closed");
    }
  }

  async #post({ origin, path, session, form }: Post): Promise<HeadEndInput> {
    const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
    if (session !== undefined) headers.cookie = `session=${session}`;
    const fields = form.map(([name, value]): [string, string] => [name, value]);
    const body = new URLSearchParams(fields).toString();
    try {
      const answer = await this.#parts.http(origin, { method: "POST", path, headers, body }, this.#serverDeadline());
      return { kind: "http", status: answer.status, body: answer.body };
    } catch (thrown) {
      return { kind: "http-lost", why: lossOf(thrown, "unreachable") };
    }
  }

  async #open(connector: Connector): Promise<HeadEndInput> {
    try {
      await this.#closePayment();
      this.#payment = await connector.connect(this.#serverDeadline());
      return { kind: "payment-open" };
    } catch (thrown) {
      return { kind: "payment-lost", why: lossOf(thrown, "unreachable") };
    }
  }

  async #closePayment(): Promise<void> {
    const open = this.#payment;
    this.#payment = undefined;
    await open?.[Symbol.asyncDispose]();
  }

  async #sendPayment(bytes: Uint8Array): Promise<HeadEndInput> {
    if (!this.#payment) return { kind: "payment-lost", why: "closed" };
    try {
      await this.#payment.send(bytes);
      return { kind: "payment-sent" };
    } catch (thrown) {
      return { kind: "payment-lost", why: lossOf(thrown, "closed") };
    }
  }

  async #receivePayment(): Promise<HeadEndInput> {
    try {
      const bytes = await this.#payment?.receive(this.#serverDeadline());
      return bytes ? { kind: "payment", message: parseMessage(bytes) } : { kind: "payment-lost", why: "closed" };
    } catch (thrown) {
      return { kind: "payment-lost", why: lossOf(thrown, "broken") };
    }
  }

  #serverDeadline(): Deadline {
    return deadlineIn(this.#parts.clock, this.#parts.timeouts.serverMs);
  }
}

class HeadEndKilled extends Error {}

/** What is under way then is forgotten where it is. */
async function unlessKilled<T>(killed: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (killed.aborted) throw new HeadEndKilled();
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new HeadEndKilled());
    killed.addEventListener("abort", stop, { once: true });
  });
  const going = work();
  going.catch(() => undefined); // nobody's news once it is killed
  try {
    return await Promise.race([going, stopped]);
  } finally {
    killed.removeEventListener("abort", stop);
  }
}

/** Expected failures of a link are inputs; a defect of the bench is thrown on. */
function lossOf(thrown: unknown, otherwise: Loss): Loss {
  if (!(thrown instanceof PursebenchError) || thrown.code === "INTERNAL") throw thrown;
  return thrown.code === "DEVICE_SILENT" ? "silent" : otherwise;
}

/** YYMMDD, UTC, as DEXPIEP is coded. */
function dayOf(moment: Date): string {
  return moment.toISOString().slice(2, 10).replaceAll("-", "");
}

/** YYYYMMDDhhmmss, UTC, as DTHR is coded. */
function momentOf(moment: Date): string {
  return moment.toISOString().replace(/\D/g, "").slice(0, 14);
}
