import type { Deadline } from "../../core/deadline.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import { parseCommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { encodeResponseApdu } from "../../protocol/apdu/response-apdu.ts";
import { startT0Ifd, stepT0Ifd, type T0IfdEvent, type T0IfdState } from "../../protocol/t0/ifd-machine.ts";
import type { CharacterLine } from "./character-line.ts";
import type { Session } from "./session.ts";

/** T=0 on a line, GET RESPONSE and 6Cxx included (ISO/IEC 7816-3, 10.3 and 12.2). */
export class T0Session implements Session {
  readonly #line: CharacterLine;
  readonly #wwtMs: number;
  #state: T0IfdState = startT0Ifd();

  /** `wi`: waiting integer of the answer to reset; at F 372, D 1 the waiting time is 960 times that many etu (10.2). */
  constructor(line: CharacterLine, wi: number) {
    this.#line = line;
    this.#wwtMs = line.waitMs(960 * wi);
  }

  async transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const parsed = parseCommandApdu(command);
    if (!parsed.ok) throw new PursebenchError("PROTOCOL", `T=0 cannot carry this command: ${parsed.reason}`);
    let event: T0IfdEvent = { kind: "send", apdu: parsed.apdu };
    for (;;) {
      const { state, actions } = stepT0Ifd(this.#state, event);
      this.#state = state;
      for (const action of actions) {
        switch (action.kind) {
          case "transmit":
            await this.#line.send(action.bytes, deadline);
            break;
          case "deliver":
            return encodeResponseApdu(action.response);
          case "fail":
            throw this.#failure(event.kind === "timeout" ? "DEVICE_SILENT" : "DEVICE_GARBLED", action.reason);
          case "wait":
          case "ignore":
            break;
          default:
            unreachable(action);
        }
      }
      const bytes = await this.#line.read(this.#wwtMs, deadline);
      event = bytes.length === 0 ? { kind: "timeout" } : { kind: "bytes", bytes };
    }
  }

  #failure(code: "DEVICE_SILENT" | "DEVICE_GARBLED", reason: string): PursebenchError {
    return new PursebenchError(code, `${this.#line.name}: T=0: ${reason}`, { owner: "card", mend: "reset the card" });
  }
}
