import type { Deadline } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Exchange, TerminalAccess } from "../../link/exchange.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";

const PSAM_SILENT = "A010";

/** The PSAM of a dumb terminal as the payment server sees it: APDUs in T-apdu, answers in T-answer (`messages.md` 5). */
export class DumbPsam implements Exchange {
  readonly #access: TerminalAccess;
  readonly #IDTERM: string;
  #isClosed = false;
  #failure: unknown;

  constructor(access: TerminalAccess, IDTERM: string) {
    this.#access = access;
    this.#IDTERM = IDTERM;
  }

  /** Why the terminal itself could not be asked since this was last called; undefined when it always answered as it must. */
  takeFailure(): unknown {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
  }

  async exchange(APDU: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    try {
      const RAPDU = await this.#ask(APDU, deadline);
      if (RAPDU !== undefined) return RAPDU;
    } catch (thrown) {
      this.#failure = thrown;
      throw thrown;
    }
    throw new PursebenchError("DEVICE_SILENT", `terminal ${this.#IDTERM}: its PSAM is silent`, { owner: "psam" });
  }

  /** Undefined when the terminal says that its PSAM gives none. */
  async #ask(APDU: Uint8Array, deadline: Deadline): Promise<Uint8Array | undefined> {
    if (this.#isClosed) throw new PursebenchError("SERVICE_ABSENT", "the payment server stopped", { owner: "server" });
    const message = encodeMessage({ kind: "t-apdu", IDTERM: this.#IDTERM, APDU });
    const answer = parseMessage(await this.#access.exchange(this.#IDTERM, message, deadline));
    if (answer.kind === "t-answer" && answer.IDTERM === this.#IDTERM) return answer.RAPDU;
    if (answer.kind === "t-refusal" && answer.CC === PSAM_SILENT) return undefined;
    const found = answer.kind === "t-refusal" ? `t-refusal ${answer.CC}` : answer.kind;
    throw new PursebenchError("PROTOCOL", `terminal ${this.#IDTERM}: t-apdu was answered with ${found}`, {
      owner: "terminal",
      mend: "the bench description calls this terminal dumb: see that it is one, and that its IDTERM is right",
    });
  }
}
