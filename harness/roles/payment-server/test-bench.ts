/** A payment server between a scripted head end and scripted terminals, for the tests of this folder. */
import { fromHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import { compareCode } from "../../core/sale-profile.ts";
import type { TraceEvent } from "../../core/trace.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import { memoryChannelPair } from "../../device/virtual/message-channel-pair.ts";
import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { DrawRequest, Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { PaymentDatabase } from "./database/contracts.ts";
import { openDatabase } from "./database/open-database.ts";
import type { PaymentServerOptions } from "./parts.ts";
import { type PaymentServer, servePaymentServer } from "./serve.ts";
import { contractOf, pageSecurity, profileOf } from "./testing/merchants.ts";
import { cardResponse, ScriptedTerminals } from "./testing/scripted-terminals.ts";

export { KMER } from "./testing/merchants.ts";
export {
  cardResponse,
  DTHR,
  debitData,
  messageResult,
  type ScriptedTerminals,
  type TerminalAnswer,
  type TerminalScript,
} from "./testing/scripted-terminals.ts";

export const IDTRX = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF";
export const IDTERM = "00000001";

/** PPIEP 123456, IDIEP 0000000042, AES, 12/39, balance 10000, EUR with 2 decimals, NTIEP 7. */
export const INITRSP = fromHex("123456 0000000042 05 391231 00002710 0978 02 01 0007 01 CAFEBABE");

/** A draw request as a head end sends it; SECINFO and COMPARE fit whatever is overridden. */
export function drawRequest(terms: Partial<DrawRequest> = {}): DrawRequest {
  const sale = { IDMER: "SHOP0001", IDTRX, MPDA: 1234, CURRPDA: "0978", CEXPPDA: 2, ...terms };
  const COMPARE = compareCode(profileOf(sale.IDMER).comparison);
  return {
    kind: "draw-request",
    TOKEN: 0xd1,
    STATE: 1,
    SECINFO: pageSecurity(sale),
    ATR: fromHex("3B00"),
    INITRSP,
    COMPARE,
    ...sale,
  };
}

export function debitResponse(
  over: Partial<{ IDTRX: string; CARDRSP: Uint8Array; SW: string; RECOVERED: number }> = {},
) {
  return { kind: "debit-response", IDTRX, CARDRSP: cardResponse(), SW: "9000", RECOVERED: 0, ...over } as const;
}

/** One head end on link 236. */
export interface HeadEnd {
  readonly channel: MessageChannel;
  send(message: Message | Uint8Array): Promise<void>;
  /** The next message of the server; `null` when it closed. */
  next(): Promise<Message | null>;
  /** Resolves when the transaction thread is gone. */
  readonly served: Promise<void>;
}

export class PaymentBench implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly terminals: ScriptedTerminals;
  readonly database: PaymentDatabase;
  readonly server: PaymentServer;
  readonly trace: TraceEvent[] = [];
  /** What came to merchants directly (link 238). */
  readonly posted: { readonly origin: string; readonly request: HttpRequest }[] = [];
  /** What merchants answer to that; undefined: nobody is there. */
  merchantStatus: number | undefined = 200;

  constructor(parts: { clock: VirtualClock; database: PaymentDatabase }, over: Partial<PaymentServerOptions>) {
    this.clock = parts.clock;
    this.database = parts.database;
    this.terminals = over.terminals instanceof ScriptedTerminals ? over.terminals : new ScriptedTerminals();
    this.server = servePaymentServer({
      database: parts.database,
      terminalIds: [IDTERM],
      merchants: contractOf,
      currencies: [{ CURR: "0978", CEXP: 2 }],
      clock: parts.clock,
      random: seededRandom("payment server"),
      trace: (event) => this.trace.push(event),
      http: (origin, request) => this.#post(origin, request),
      ...over,
      terminals: this.terminals,
    });
  }

  connect(): HeadEnd {
    const [near, far] = memoryChannelPair();
    const served = this.server.serve(far).finally(() => far[Symbol.asyncDispose]());
    served.catch(() => undefined); // a test that expects a failure awaits `served` itself
    return {
      channel: near,
      served,
      send: (message) => near.send(message instanceof Uint8Array ? message : encodeMessage(message)),
      next: async () => {
        const bytes = await near.receive(deadlineIn(this.clock, 1_000_000));
        if (bytes === null) return null;
        const message = parseMessage(bytes);
        if (message.kind === "unrecognised") throw new Error(`the server sent no message: ${message.reason}`);
        return message;
      },
    };
  }

  async #post(origin: string, request: HttpRequest): Promise<HttpResponse> {
    this.posted.push({ origin, request });
    if (this.merchantStatus === undefined) throw new PursebenchError("SERVICE_ABSENT", "nobody is there");
    return { status: this.merchantStatus, headers: {}, body: "" };
  }

  /** Names of the log entries so far, in order. */
  entries(): readonly string[] {
    return this.trace.flatMap((event) => (event.kind === "log" ? [event.entry] : []));
  }

  kindsAsked(): readonly string[] {
    return this.terminals.asked.map(({ message }) => message.kind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** A bench on a database of its own, or on the one of an earlier bench. */
export async function openBench(over: Partial<PaymentServerOptions> = {}): Promise<PaymentBench> {
  const clock = over.clock instanceof VirtualClock ? over.clock : new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  const database = over.database ?? (await openDatabase("sqlite::memory:", clock));
  return new PaymentBench({ clock, database }, over);
}

/** Says `messages` one after the other, each after the answer to the one before, and hangs up. */
export async function talk(
  bench: PaymentBench,
  ...messages: readonly (Message | Uint8Array)[]
): Promise<readonly (Message | null)[]> {
  const headEnd = bench.connect();
  const answers: (Message | null)[] = [];
  for (const message of messages) {
    await headEnd.send(message);
    answers.push(await headEnd.next());
  }
  await headEnd.channel[Symbol.asyncDispose]();
  await headEnd.served;
  return answers;
}
