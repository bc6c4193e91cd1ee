/** Whole APDUs over T=0, where the reader below carries TPDUs, as PC/SC does: GET RESPONSE and 6Cxx are the caller's business there. */
import { concat } from "../core/bytes.ts";
import type { Deadline } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardChannel, CardReader } from "../device/contracts.ts";
import { parseCommandApdu } from "../protocol/apdu/command-apdu.ts";
import { encodeResponseApdu, parseResponseApdu } from "../protocol/apdu/response-apdu.ts";
import { startT0Ifd, stepT0Ifd, type T0IfdAction, type T0IfdEvent } from "../protocol/t0/ifd-machine.ts";

/** The same reader; its channels take and give APDUs over T=0, too. */
export function wholeApdus(reader: CardReader): CardReader {
  return {
    get name() {
      return reader.name;
    },
    isCardPresent: () => reader.isCardPresent(),
    onPresence: (listener) => reader.onPresence(listener),
    waitForCard: (deadline) => reader.waitForCard(deadline),
    connect: async (deadline) => new WholeApdus(await reader.connect(deadline)),
    [Symbol.asyncDispose]: () => Promise.resolve(reader[Symbol.asyncDispose]()),
  };
}

class WholeApdus implements CardChannel {
  readonly #channel: CardChannel;

  constructor(channel: CardChannel) {
    this.#channel = channel;
  }

  get atr(): Uint8Array {
    return this.#channel.atr;
  }

  get protocol(): "T=0" | "T=1" {
    return this.#channel.protocol;
  }

  async transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    if (this.protocol === "T=1") return await this.#channel.transmit(command, deadline);
    return await inTpdus(command, (tpdu) => this.#channel.transmit(tpdu, deadline));
  }

  async reset(kind: "warm" | "cold", deadline: Deadline): Promise<Uint8Array> {
    return await this.#channel.reset(kind, deadline);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#channel[Symbol.asyncDispose]());
  }
}

/**
 * One command by the rules of ISO/IEC 7816-3, 12.2, of which the machine of T=0 has the only copy: it is told the procedure bytes that
 * the reader below has kept to itself.
 */
async function inTpdus(command: Uint8Array, transmit: (tpdu: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
  const parsed = parseCommandApdu(command);
  if (!parsed.ok) throw new PursebenchError("PROTOCOL", `T=0 cannot carry this command: ${parsed.reason}`);
  let machine = startT0Ifd();
  const tell = (event: T0IfdEvent): T0IfdAction | undefined => {
    const { state, actions } = stepT0Ifd(machine, event);
    machine = state;
    return actions.at(-1); // a TPDU is told at once, and its end decides
  };
  for (let action = tell({ kind: "send", apdu: parsed.apdu }); ; ) {
    if (action?.kind === "deliver") return encodeResponseApdu(action.response);
    if (action?.kind !== "transmit") throw garbled(action?.kind === "fail" ? action.reason : "the answer breaks off");
    const header = action.bytes;
    const ins = header[1] ?? 0;
    const asked = machine.running?.unsent.length ? tell({ kind: "bytes", bytes: Uint8Array.of(ins) }) : undefined;
    const answer = await transmit(asked?.kind === "transmit" ? concat(header, asked.bytes) : header);
    action = tell({ kind: "bytes", bytes: withProcedureBytes(answer, ins) });
  }
}

/** Data byte by byte behind the complement of INS, since there may be fewer than P3 says; the status word as it is. */
function withProcedureBytes(answer: Uint8Array, ins: number): Uint8Array {
  const parsed = parseResponseApdu(answer);
  if (!parsed.ok) throw garbled(parsed.reason);
  const data = [...parsed.apdu.data].flatMap((byte) => [ins ^ 0xff, byte]);
  return concat(Uint8Array.from(data), answer.subarray(-2));
}

function garbled(reason: string): PursebenchError {
  return new PursebenchError("DEVICE_GARBLED", `T=0: ${reason}`, { owner: "card", mend: "reset the card" });
}
