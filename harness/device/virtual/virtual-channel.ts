import { type Deadline, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { Lifetime } from "../../core/lifetime.ts";
import type { CardChannel } from "../contracts.ts";
import { offersProtocol } from "./atr-shape.ts";
import type { VirtualCard } from "./virtual-card.ts";

/** A `VirtualCard` that a virtual reader holds under power. */
export class VirtualChannel implements CardChannel {
  readonly #reader: string;
  readonly #card: VirtualCard;
  readonly #life = new Lifetime();
  #atr: Uint8Array = new Uint8Array(0);
  #protocol: "T=0" | "T=1" = "T=1";
  #lost: PursebenchError | undefined;
  #overdue: string | undefined;
  #isOpen = true;

  constructor(reader: string, card: VirtualCard) {
    this.#reader = reader;
    this.#card = card;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get atr(): Uint8Array {
    return this.#atr;
  }

  get protocol(): "T=0" | "T=1" {
    return this.#protocol;
  }

  /** The card was pulled: what waits fails now, what comes fails later. */
  cut(): void {
    this.#lost = new PursebenchError("DEVICE_LOST", `the card was removed from "${this.#reader}"`, {
      owner: "card",
      mend: "leave the card in the reader",
    });
    this.#life.end(this.#lost);
  }

  /** Resets the card and takes its answer. `DEVICE_SILENT` when it is mute, `DEVICE_GARBLED` when it is none. */
  async power(kind: "warm" | "cold", deadline: Deadline): Promise<Uint8Array> {
    const atr = await this.#call("resetting", deadline, async () => {
      if (kind === "warm") return await this.#card.reset();
      if (this.#atr.length > 0) this.#card.powerOff?.();
      return await this.#card.powerOn();
    });
    if (atr === null) throw this.#mute("resetting");
    const protocol = offersProtocol(atr);
    if (!protocol) {
      throw new PursebenchError("DEVICE_GARBLED", `the card in "${this.#reader}" sent no valid answer to reset`, {
        owner: "card",
      });
    }
    this.#atr = atr;
    this.#protocol = protocol;
    return atr;
  }

  async transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const doing = "sending a command to";
    const response = await this.#call(doing, deadline, async () => await this.#card.transmit(command.slice()));
    if (response === null) throw this.#mute(doing);
    if (response.length < 2)
      throw new PursebenchError("DEVICE_GARBLED", "a response without status word", { owner: "card" });
    return response;
  }

  async reset(kind: "warm" | "cold", deadline: Deadline): Promise<Uint8Array> {
    return await this.power(kind, deadline);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (!this.#lost) this.#card.powerOff?.();
  }

  async #call<T>(doing: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    const what = `${doing} the card in "${this.#reader}"`;
    if (this.#lost) throw this.#lost;
    if (!this.#isOpen) throw new PursebenchError("DEVICE_LOST", `${what}: the channel was closed`);
    if (this.#overdue)
      throw new PursebenchError("DEVICE_SILENT", `${what}: ${this.#overdue} has not ended`, { owner: "card" });
    const started = work().catch((thrown: unknown) => {
      throw new PursebenchError("INTERNAL", `${what}: the virtual card failed: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    });
    try {
      return await within(deadline, this.#life.during(started), { what: `the card, ${what},`, owner: "card" });
    } catch (thrown) {
      if (thrown instanceof PursebenchError && thrown.code === "DEVICE_SILENT") this.#overdue = what;
      throw thrown;
    }
  }

  #mute(doing: string): PursebenchError {
    return new PursebenchError("DEVICE_SILENT", `${doing} the card in "${this.#reader}": it stayed mute`, {
      owner: "card",
    });
  }
}
