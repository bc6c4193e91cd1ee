/** A head end between a scripted set-top box, merchant and payment server, for the tests of this folder. */
import { fromHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { TraceEvent } from "../../core/trace.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import { inProcessEndpoint } from "../../device/virtual/in-process-endpoint.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { HeadEndOptions } from "./parts.ts";
import { serveHeadEnd } from "./serve.ts";

export const IDTRX = "00112233445566778899AABBCCDDEEFF";
export const IDMER = "MERCH001";
export const ORIGIN = "https://shop.test:8443";
export const CONF = new Uint8Array(77).fill(0xc0);

/** PPIEP 123456, IDIEP 42, AES, expires 2031-05-06, balance 12.50, EUR with 2 decimals, NTIEP 7. */
export function initResponse(over: { DEXPIEP?: string; BALIEP?: string; CURRIEP?: string; CEXPIEP?: string } = {}) {
  const { DEXPIEP = "310506", BALIEP = "000004E2", CURRIEP = "0978", CEXPIEP = "02" } = over;
  return fromHex(`123456 0000000042 05 ${DEXPIEP} ${BALIEP} ${CURRIEP} ${CEXPIEP} 01 0007 01 CAFEBABE`);
}

export const E1 = {
  kind: "selection",
  SESSION: "0123456789ABCDEF",
  SITE: "shop",
  ITEM: "map & more",
  QUANTITY: 2,
  PAYMENT: 1,
} as const;
export const E3 = { kind: "card-information", IDTRX, ATR: fromHex("3B00"), INITRSP: initResponse() } as const;
export const EB = { kind: "debit-command", IDTRX, DEBITDATA: new Uint8Array(53).fill(0xdd) } as const;
export const EC = {
  kind: "debit-response",
  IDTRX,
  CARDRSP: fromHex("0000 0007 00000000 AAAAAAAAAAAAAAAA"),
  SW: "9000",
  RECOVERED: 0,
} as const;
export const ED = { kind: "debit-result", IDTRX, IDMER, CONF } as const;

/** The merchant's page; values by parameter name. */
export function page(over: Readonly<Record<string, string>> = {}): string {
  const values = {
    "total-cost": "1250",
    currency: "978",
    "currency-exponent": "2",
    "payment-server-host": "payment.test",
    "payment-server-port": "7236",
    "transaction-id": IDTRX,
    "merchant-id": IDMER,
    "status-url": `${ORIGIN}/status?n=1`,
    "security-information": "0102030405060708",
    "release-level": "1.0",
    "encryption-method": "AES-128-GCM",
    title: "Weather map",
    ...over,
  };
  const params = Object.entries(values).map(([name, value]) => `<param name="${name}" value="${value}">`);
  return `<object type="application/x-purse-payment">${params.join("")}</object>`;
}

/** What a party does when it is its turn; `undefined` is silence. */
export type Reply = Message | Uint8Array | "close" | undefined;
export type Party = (heard: Message) => Reply;
export type Merchant = (request: HttpRequest) => HttpResponse | "silent" | "absent";

export const goodBox: Party = (heard) => (heard.kind === "page" ? E3 : heard.kind === "debit-command" ? EC : undefined);
export const goodPayment: Party = (heard) =>
  heard.kind === "draw-request" ? EB : heard.kind === "debit-response" ? ED : undefined;
export const goodMerchant: Merchant = ({ path }) =>
  path === "/checkout" ? answer(200, page()) : answer(200, "<p>sunny</p>");

export function answer(status: number, body = ""): HttpResponse {
  return { status, headers: {}, body };
}

export interface Parties {
  readonly box?: Party;
  readonly payment?: Party;
  readonly merchant?: Merchant;
  readonly first?: Message | Uint8Array;
  readonly options?: Partial<HeadEndOptions>;
}

export interface Run {
  /** What each party heard, in order. */
  readonly box: Message[];
  readonly payment: Message[];
  readonly posts: { origin: string; request: HttpRequest }[];
  readonly connected: string[];
  readonly logs: Extract<TraceEvent, { kind: "log" }>[];
  readonly tookMs: number;
  /** Entries of the log by name. */
  entry(name: string): readonly TraceEvent[];
}

/** One session from the set-top box's first message until the head end has closed the channel. */
export async function session(parties: Parties = {}): Promise<Run> {
  const clock = new VirtualClock(new Date("2031-05-06T23:00:00Z"));
  const [box, payment, connected]: [Message[], Message[], string[]] = [[], [], []];
  const posts: { origin: string; request: HttpRequest }[] = [];
  const logs: Extract<TraceEvent, { kind: "log" }>[] = [];
  const endpoint = inProcessEndpoint((channel) => play(channel, parties.payment ?? goodPayment, payment, clock));
  const http: HttpClient = async (origin, request, deadline) => {
    posts.push({ origin, request });
    const said = (parties.merchant ?? goodMerchant)(request);
    if (said === "absent") throw new PursebenchError("SERVICE_ABSENT", "no merchant");
    if (said !== "silent") return said;
    return await within(deadline, new Promise<never>(() => undefined), { what: "merchant", owner: "server" });
  };
  const connectPayment = (HOST: string, PORT: number) => {
    connected.push(`${HOST}:${PORT}`);
    return endpoint;
  };
  const trace = (event: TraceEvent): void => void (event.kind === "log" && logs.push(event));
  const sites = { shop: ORIGIN, other: "https://other.test" };
  const random = seededRandom("head-end");
  const headEnd = serveHeadEnd({ http, sites, connectPayment, clock, random, trace, ...parties.options });
  const cable = inProcessEndpoint(headEnd, { onFailure: (thrown) => logs.push(crash(thrown)) });
  const near = await cable.connect(deadlineIn(clock, 1));
  const first = parties.first ?? E1;
  await near.send(first instanceof Uint8Array ? first : encodeMessage(first));
  await play(near, parties.box ?? goodBox, box, clock);
  const tookMs = clock.monotonicMs();
  await cable[Symbol.asyncDispose]();
  const entry = (name: string) => logs.filter((log) => log.entry === name);
  return { box, payment, posts, connected, logs, tookMs, entry };
}

function crash(thrown: unknown): Extract<TraceEvent, { kind: "log" }> {
  return { kind: "log", role: "bench", entry: "crash", fields: { text: String(thrown) } };
}

/** Hears and answers until the peer closes or the script does. */
async function play(channel: MessageChannel, party: Party, heard: Message[], clock: VirtualClock): Promise<void> {
  for (;;) {
    const bytes = await channel.receive(deadlineIn(clock, 1e9));
    const message = bytes && parseMessage(bytes);
    if (!message || message.kind === "unrecognised") return;
    heard.push(message);
    const reply = party(message) ?? (message.kind === "notice" ? "close" : undefined);
    if (reply === "close") return await channel[Symbol.asyncDispose]();
    if (reply) await channel.send(reply instanceof Uint8Array ? reply : encodeMessage(reply));
  }
}
