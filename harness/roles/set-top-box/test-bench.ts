/** A set-top box between a scripted card and a scripted head end, for the tests of this folder. */
import { concat, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { type Deadline, deadlineIn } from "../../core/deadline.ts";
import { seededRandom } from "../../core/random.ts";
import type { TraceEvent } from "../../core/trace.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import { inProcessEndpoint } from "../../device/virtual/in-process-endpoint.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { type VirtualReader, virtualReader } from "../../device/virtual/virtual-reader.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { Pending } from "./pending.ts";
import { createSetTopBox, type SetTopBox } from "./serve.ts";

export const IDTRX = "00112233445566778899AABBCCDDEEFF";
export const PAGE = {
  kind: "page",
  IDMER: "MERCH001",
  IDTRX,
  MPDA: 1250,
  CURRPDA: "0978",
  CEXPPDA: 2,
  HOST: "payment.test",
  PORT: 7236,
  URL: "https://shop.test/status",
  SECINFO: fromHex("0102030405060708"),
  RELEASE: "1.0",
  ENCRYPTION: "AES-128-GCM",
  TEXT: "Weather map",
} as const;

/** NTPSAM 9, and an amount that was changed on its way. */
export function debitData(MPDA: number): Uint8Array {
  const head = concat(fromHex("654321 11223344 00000009"), uintToBytes(MPDA, 4));
  return concat(head, fromHex(`0978 02 20310506070809 00000099 ${IDTRX} 5252525252525252`));
}

export const EB = { kind: "debit-command", IDTRX, DEBITDATA: debitData(1250) } as const;
export const RESULT = { kind: "result", IDTRX, CC: "0000", CONTENT: "sunny" } as const;
export const ORDER = { SITE: "shop", ITEM: "map" };

type Trick = (command: Uint8Array, honest: () => Uint8Array) => Uint8Array | null;

/** A card without cryptography that keeps count: SELECT, INITIALIZE, DEBIT and GET PREVIOUS as in card-edge.md 5. */
export class ScriptCard implements VirtualCard {
  balance = 10_000;
  NTIEP = 7;
  previous: Uint8Array | undefined;
  /** Every command since it was made, hex. */
  readonly commands: string[] = [];
  trick: Trick = (_, honest) => honest();
  protected readonly IDIEP: string;

  constructor(IDIEP = "0000000042") {
    this.IDIEP = IDIEP;
  }

  powerOn(): Uint8Array {
    return fromHex("3B00");
  }

  reset(): Uint8Array {
    return fromHex("3B00");
  }

  transmit(command: Uint8Array): Uint8Array | null {
    this.commands.push(toHex(command));
    return this.trick(command, () => this.answer(command));
  }

  count(INS: string): number {
    return this.commands.filter((each) => each.slice(2, 4) === INS).length;
  }

  protected answer(command: Uint8Array): Uint8Array {
    switch (command[1]) {
      case 0xa4:
        return fromHex(
          `6F 2D 84 08 F050422D49455031 A5 21 DF0103 123456 DF0205 ${this.IDIEP} DF1E08 0000000000000001 DF1F05 4945502D31 9000`,
        );
      case 0x50:
        return fromHex(
          `123456 ${this.IDIEP} 05 391231 ${hex(this.balance, 4)} 0978 02 01 ${hex(this.NTIEP, 2)} 01 CAFEBABE 9000`,
        );
      case 0x54:
        return this.#debit(command);
      case 0x5a:
        return this.previous && toHex(this.previous).slice(4, 8) === toHex(command.subarray(5, 7))
          ? concat(this.previous, fromHex("9000"))
          : fromHex("9406");
      default:
        return fromHex("6D00");
    }
  }

  #debit(command: Uint8Array): Uint8Array {
    this.balance -= Number.parseInt(toHex(command.subarray(16, 20)), 16);
    this.previous = fromHex(`0000 ${hex(this.NTIEP, 2)} ${hex(this.balance, 4)} AAAAAAAAAAAAAAAA`);
    this.NTIEP++;
    return concat(this.previous, fromHex("9000"));
  }
}

export function hex(value: number, length: number): string {
  return toHex(uintToBytes(value, length));
}

/** The head end's end of the cable: what it hears is noted. */
export interface Far {
  hear(): Promise<Message | { kind: "unrecognised" } | null>;
  say(message: Message | Uint8Array): Promise<void>;
}

export type Script = (far: Far) => Promise<void>;

/** A head end that does everything right. */
export const honest: Script = async (far) => {
  const first = await far.hear();
  if (first?.kind === "recovery") return await far.say(RESULT);
  await far.say(PAGE);
  if ((await far.hear())?.kind !== "card-information") return;
  await far.say(EB);
  if ((await far.hear())?.kind === "debit-response") await far.say(RESULT);
};

export interface Bench {
  readonly box: SetTopBox;
  readonly clock: VirtualClock;
  readonly reader: VirtualReader;
  /** Nobody listens any more once it is disposed. */
  readonly headEnd: AsyncDisposable;
  /** What the head end heard. */
  readonly heard: Message[];
  readonly events: TraceEvent[];
  logs(entry: string): readonly TraceEvent[];
}

export function bench(script: Script, card?: VirtualCard, pending?: readonly Pending[]): Bench {
  const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  const reader = virtualReader({ name: "slot", card });
  const heard: Message[] = [];
  const events: TraceEvent[] = [];
  const headEnd = inProcessEndpoint((channel) => script(farOf(channel, deadlineIn(clock, 1e9), heard)));
  const trace = (event: TraceEvent): void => void events.push(event);
  const random = seededRandom("set-top-box");
  const box = createSetTopBox({ reader, headEnd, clock, random, trace, ...(pending ? { pending } : {}) });
  const logs = (entry: string) => events.filter((event) => event.kind === "log" && event.entry === entry);
  return { box, clock, reader, headEnd, heard, events, logs };
}

function farOf(channel: MessageChannel, deadline: Deadline, heard: Message[]): Far {
  return {
    async hear() {
      const bytes = await channel.receive(deadline);
      const message = bytes && parseMessage(bytes);
      if (message && message.kind !== "unrecognised") heard.push(message);
      return message;
    },
    async say(message) {
      await channel.send(message instanceof Uint8Array ? message : encodeMessage(message));
    },
  };
}
