import type { Clock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { messageOf, PursebenchError, unreachable } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { Connector, MessageChannel } from "../../device/contracts.ts";
import type { LoadPage, Page } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { drive } from "../role.ts";
import type { SlotUser } from "./card-slot.ts";
import type { HeadEndLoss, SetTopBoxInput, SetTopBoxOutput, SetTopBoxRole } from "./events.ts";
import { forgotten, type Pending, remembered } from "./pending.ts";
import { newSession } from "./state.ts";

/** What the user presses when the total is shown. Amounts in minor units. */
export type Decide = (shown: Pick<Page, "MPDA" | "CURRPDA" | "CEXPPDA" | "TEXT">) => "accept" | "cancel";

/** What the user wants to load when the maximum is shown, in minor units. Asked again where it is not allowed. */
export type Enter = (shown: Pick<LoadPage, "MLDAmax" | "CURRLDA" | "CEXPLDA" | "TEXT">) => number | "cancel";

/** Who sits in front of it. */
export interface User {
  readonly decide: Decide;
  readonly enter: Enter;
}

/** How a purchase, a load or a recovery ended for the user (`PurchaseOutcome` of flows), and what devices did wrong meanwhile. */
export interface SessionResult {
  /** "0000" or the reason code of messages.md 6, load.md 8. */
  readonly CC: string;
  readonly IDTRX: string | undefined;
  readonly CONTENT: string | undefined;
  /** What the user wanted to load, minor units; undefined before he said so, and of a purchase. */
  readonly MLDA: number | undefined;
  readonly shown: readonly string[];
  readonly trouble: readonly { readonly owner: string; readonly text: string }[];
}

/** What a session works with; `pending` outlives it. */
export interface SessionParts {
  readonly slot: SlotUser;
  readonly headEnd: Connector;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly headEndMs: number;
  readonly role: SetTopBoxRole;
  readonly pending: { list: readonly Pending[] };
}

/** Performs the outputs of one session of the set-top box. */
export class Session {
  readonly #parts: SessionParts;
  readonly #user: User;
  readonly #shown: string[] = [];
  readonly #trouble: { owner: string; text: string }[] = [];
  #channel: MessageChannel | undefined;
  #outcome: Extract<SetTopBoxOutput, { kind: "outcome" }> | undefined;

  constructor(parts: SessionParts, user: User) {
    this.#parts = parts;
    this.#user = user;
  }

  /** From the first input to the end. Rejects only for a defect of the bench. */
  async run(first: SetTopBoxInput): Promise<SessionResult> {
    const { role, pending } = this.#parts;
    try {
      await drive(role, newSession(pending.list), first, (output) => this.#perform(output));
    } finally {
      await this.#channel?.[Symbol.asyncDispose]();
    }
    const { CC = "A01A", IDTRX, CONTENT, MLDA } = this.#outcome ?? {};
    return { CC, IDTRX, CONTENT, MLDA, shown: this.#shown, trouble: this.#trouble };
  }

  async #perform(output: SetTopBoxOutput): Promise<SetTopBoxInput | undefined> {
    const { slot, trace, pending } = this.#parts;
    switch (output.kind) {
      case "log":
        return void trace({ ...output, role: "set-top-box" });
      case "show":
        return void this.#show(output.text);
      case "ask":
        return this.#ask(output.text, output.page);
      case "enter":
        return this.#enter(output.text, output.page);
      case "open":
        return await this.#open();
      case "send":
        return void (await this.#send(encodeMessage(output.message)));
      case "receive":
        return await this.#receive();
      case "random":
        return { kind: "random", bytes: this.#parts.random(output.length) };
      case "connect-card":
        return await slot.connect();
      case "await-card":
        return await slot.waitForCard();
      case "command":
        return await slot.command(output.bytes);
      case "release-card":
        return void (await slot.release());
      case "remember":
        pending.list = remembered(pending.list, output.pending);
        return undefined;
      case "forget":
        pending.list = forgotten(pending.list, output.IDTRX);
        return undefined;
      case "trouble":
        return void this.#trouble.push({ owner: output.owner, text: output.text });
      case "outcome":
        this.#outcome = output;
        return undefined;
      case "end":
        return undefined;
      default:
        return unreachable(output);
    }
  }

  #show(text: string): void {
    this.#shown.push(text);
    this.#parts.trace({ kind: "message", link: "ui", from: "set-top-box", to: "user", bytes: utf8(text) });
  }

  #ask(text: string, { MPDA, CURRPDA, CEXPPDA, TEXT }: Page): SetTopBoxInput {
    this.#show(text);
    const choice = this.#user.decide({ MPDA, CURRPDA, CEXPPDA, TEXT });
    this.#press(choice);
    return { kind: "decided", choice };
  }

  #enter(text: string, { MLDAmax, CURRLDA, CEXPLDA, TEXT }: LoadPage): SetTopBoxInput {
    this.#show(text);
    const amount = this.#user.enter({ MLDAmax, CURRLDA, CEXPLDA, TEXT });
    this.#press(String(amount));
    return { kind: "entered", amount };
  }

  #press(text: string): void {
    this.#parts.trace({ kind: "message", link: "ui", from: "user", to: "set-top-box", bytes: utf8(text) });
  }

  async #open(): Promise<SetTopBoxInput> {
    const { headEnd, clock, headEndMs } = this.#parts;
    try {
      this.#channel = await headEnd.connect(deadlineIn(clock, headEndMs));
      return { kind: "opened" };
    } catch (thrown) {
      return lossOf(thrown, "unreachable");
    }
  }

  /** What cannot be sent shows at the next `receive`: the channel is closed. */
  async #send(bytes: Uint8Array): Promise<void> {
    try {
      await this.#channel?.send(bytes);
    } catch (thrown) {
      lossOf(thrown, "closed");
      const channel = this.#channel;
      this.#channel = undefined;
      await channel?.[Symbol.asyncDispose]();
    }
  }

  async #receive(): Promise<SetTopBoxInput> {
    const { clock, headEndMs } = this.#parts;
    try {
      const bytes = await this.#channel?.receive(deadlineIn(clock, headEndMs));
      if (bytes) return { kind: "head-end", message: parseMessage(bytes) };
      return { kind: "head-end-lost", why: "closed", text: "the head end closed the channel" };
    } catch (thrown) {
      return lossOf(thrown, "closed");
    }
  }
}

/** Expected failures of a link are inputs; a defect of the bench is thrown on. */
function lossOf(thrown: unknown, otherwise: HeadEndLoss): SetTopBoxInput {
  if (!(thrown instanceof PursebenchError) || thrown.code === "INTERNAL") throw thrown;
  const why = thrown.code === "DEVICE_SILENT" ? "silent" : otherwise;
  return { kind: "head-end-lost", why, text: messageOf(thrown) };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
