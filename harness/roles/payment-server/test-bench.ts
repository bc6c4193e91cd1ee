/** A payment server between a scripted head end and scripted terminals, for the tests of this folder. */
import { concat, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { type Deadline, deadlineIn, remainingMs } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { securityInformation } from "../../crypto/security-information.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import { memoryChannelPair } from "../../device/virtual/message-channel-pair.ts";
import type { TerminalAccess } from "../../link/exchange.ts";
import type { DrawRequest, Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { PaymentDatabase } from "./database/contracts.ts";
import { openDatabase } from "./database/open-database.ts";
import type { PaymentServerOptions } from "./parts.ts";
import { type PaymentServer, servePaymentServer } from "./serve.ts";

export const KMER = fromHex("000102030405060708090A0B0C0D0E0F");
export const IDTRX = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF";
export const IDTERM = "00000001";
export const DTHR = "20310506070809";

/** PPIEP 123456, IDIEP 0000000042, AES, 12/39, balance 10000, EUR with 2 decimals, NTIEP 7. */
export const INITRSP = fromHex("123456 0000000042 05 391231 00002710 0978 02 01 0007 01 CAFEBABE");

/** A draw request as a head end sends it; SECINFO fits whatever is overridden. */
export function drawRequest(terms: Partial<DrawRequest> = {}): DrawRequest {
  const sale = { IDMER: "SHOP0001", IDTRX, MPDA: 1234, CURRPDA: "0978", CEXPPDA: 2, ...terms };
  return {
    kind: "draw-request",
    TOKEN: 0xd1,
    STATE: 1,
    SECINFO: securityInformation(KMER, sale),
    ATR: fromHex("3B00"),
    INITRSP,
    ...sale,
  };
}

/** What the card answers; `S3` of AA bytes is what the scripted security card takes for right. */
export function cardResponse(S3 = "AAAAAAAAAAAAAAAA"): Uint8Array {
  return fromHex(`0000 0007 0000223E ${S3}`);
}

export function debitResponse(
  over: Partial<{ IDTRX: string; CARDRSP: Uint8Array; SW: string; RECOVERED: number }> = {},
) {
  return { kind: "debit-response", IDTRX, CARDRSP: cardResponse(), SW: "9000", RECOVERED: 0, ...over } as const;
}

/** The debit command that the scripted terminal makes of a sale. */
export function debitData(sale: { IDTRX: string; MPDA: number }, NTPSAM: number): Uint8Array {
  const identity = concat(fromHex("654321 11223344"), uintToBytes(NTPSAM, 4), uintToBytes(sale.MPDA, 4));
  return concat(identity, fromHex(`0978 02 ${DTHR} 00000099 ${sale.IDTRX} 5252525252525252`));
}

export type TerminalAnswer = Message | "silent";
export type TerminalScript = (message: Message, honest: () => TerminalAnswer) => TerminalAnswer;

/** Terminals with a security card each that behaves as `psam-edge.md` says, as far as these tests look. */
export class ScriptedTerminals implements TerminalAccess {
  readonly asked: { readonly IDTERM: string; readonly message: Message }[] = [];
  readonly confirmed: string[] = [];
  script: TerminalScript = (_message, honest) => honest();
  readonly #atWork = new Set<string>();
  readonly #open = new Map<string, { IDTRX: string; MPDA: number; NTPSAM: number }>();
  #NTPSAM = 0;

  async exchange(IDTERM: string, bytes: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    if (this.#atWork.has(IDTERM)) throw new Error(`terminal ${IDTERM} is asked by two at once`);
    this.#atWork.add(IDTERM);
    try {
      const message = parseMessage(bytes);
      if (message.kind === "unrecognised") throw new Error(message.reason);
      this.asked.push({ IDTERM, message });
      const answer = this.script(message, () => this.#honest(IDTERM, message));
      if (answer !== "silent") return encodeMessage(answer);
      await deadline.clock.timer(remainingMs(deadline)).elapsed;
      throw new PursebenchError("DEVICE_SILENT", "the terminal said nothing");
    } finally {
      this.#atWork.delete(IDTERM);
    }
  }

  #honest(IDTERM: string, message: Message): TerminalAnswer {
    switch (message.kind) {
      case "t-draw": {
        const issued = { IDTRX: message.IDTRX, MPDA: message.MPDA, NTPSAM: ++this.#NTPSAM };
        this.#open.set(message.IDTRX, issued);
        return { kind: "t-debit", IDTERM, IDTRX: message.IDTRX, DEBITDATA: debitData(issued, issued.NTPSAM) };
      }
      case "t-response":
        return this.#complete(IDTERM, message.IDTRX, message.CARDRSP, message.SW);
      case "t-cancel":
        return { kind: "t-done", IDTERM, IDTRX: message.IDTRX, CC: "0000" };
      default:
        return { kind: "t-refusal", IDTERM, CC: "A00A" };
    }
  }

  #complete(IDTERM: string, IDTRX: string, CARDRSP: Uint8Array, SW: string): TerminalAnswer {
    const result = { kind: "t-result", IDTERM, IDTRX } as const;
    const issued = this.#open.get(IDTRX);
    if (this.confirmed.includes(IDTRX)) return { ...result, CC: "9416" };
    if (issued === undefined) return { ...result, CC: "9415" };
    if (CARDRSP.length === 0) return { ...result, CC: SW === "0000" ? "A010" : "9404" };
    if (!toHex(CARDRSP).endsWith("AAAAAAAAAAAAAAAA")) return { ...result, CC: "9302" };
    this.confirmed.push(IDTRX);
    return { ...result, CC: "0000", MSGRESULT: messageResult(issued) };
  }
}

export function messageResult({ IDTRX, MPDA, NTPSAM }: { IDTRX: string; MPDA: number; NTPSAM: number }): Uint8Array {
  const numbers = `${toHex(uintToBytes(NTPSAM, 4))} 123456 0000000042 0007 ${toHex(uintToBytes(MPDA, 4))}`;
  return fromHex(`${IDTRX} 0000 ${numbers} 0978 02`);
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

  constructor(parts: { clock: VirtualClock; database: PaymentDatabase }, over: Partial<PaymentServerOptions>) {
    this.clock = parts.clock;
    this.database = parts.database;
    this.terminals = over.terminals instanceof ScriptedTerminals ? over.terminals : new ScriptedTerminals();
    this.server = servePaymentServer({
      database: parts.database,
      terminalIds: [IDTERM],
      merchants: (IDMER) => contracts.get(IDMER),
      currencies: [{ CURR: "0978", CEXP: 2 }],
      clock: parts.clock,
      random: seededRandom("payment server"),
      trace: (event) => this.trace.push(event),
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

const contracts: ReadonlyMap<string, { KMER: Uint8Array; active: boolean }> = new Map([
  ["SHOP0001", { KMER, active: true }],
  ["SHOP0002", { KMER: fromHex("FFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0"), active: true }],
  ["CLOSED01", { KMER, active: false }],
]);

/** A bench on a database of its own, or on the one of an earlier bench. */
export async function openBench(over: Partial<PaymentServerOptions> = {}): Promise<PaymentBench> {
  const clock = over.clock instanceof VirtualClock ? over.clock : new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  const database = over.database ?? (await openDatabase("sqlite::memory:", clock));
  return new PaymentBench({ clock, database }, over);
}
