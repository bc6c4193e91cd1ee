import { type Ledger, ledgerIn, world } from "../../accounts/ledger.ts";
import { poolAccount } from "../../accounts/names.ts";
import { LEDGER_TABLES, type LedgerSchema } from "../../accounts/tables.ts";
import { VirtualClock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { TraceEvent } from "../../core/trace.ts";
import type { HttpClient, HttpHandler, HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { DataStoreRecord } from "../../protocol/messages/store-record.ts";
import { openStore } from "../../sql/open-store.ts";
import { type ClearingSystem, serveClearing } from "../clearing-system/serve.ts";
import type { ClearingStore } from "../clearing-system/store/contracts.ts";
import { openClearingStore } from "../clearing-system/store/sql-clearing.ts";
import { type ConcentrationPoint, serveConcentrationPoint } from "../concentration-point/serve.ts";
import type { QueueStore } from "../concentration-point/store/contracts.ts";
import { openQueue } from "../concentration-point/store/sql-queue.ts";
import type { PaymentDatabase } from "../payment-server/database/contracts.ts";
import { openDatabase } from "../payment-server/database/open-database.ts";
import { type PaymentServer, servePaymentServer } from "../payment-server/serve.ts";
import { CollectingTerminal, CollectingTerminals } from "../payment-server/testing/collecting-terminals.ts";
import { MKC } from "./batches.ts";

export const EUR = { CURR: "0978", CEXP: 2 } as const;

/** What may happen to one request on link batch and its answer. */
export type Trouble = "none" | "request lost" | "answer lost" | "request altered" | "answer altered" | "repeated";

/** Two terminals, a payment server, a concentration point, a clearing system and its ledger; any server can be restarted. */
export class ClearingChain {
  readonly clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  readonly trace: TraceEvent[] = [];
  readonly terminals = new CollectingTerminals(
    new CollectingTerminal("00000001", "00A10001"),
    new CollectingTerminal("00000002", "00A10002"),
  );
  /** For the next requests on link batch. */
  troubles: Trouble[] = [];
  readonly isDirect: boolean;
  database!: PaymentDatabase;
  queue!: QueueStore;
  books!: ClearingStore;
  ledger!: Ledger;
  #ledgerStore: AsyncDisposable | undefined;
  server!: PaymentServer;
  point!: ConcentrationPoint;
  clearing!: ClearingSystem;

  private constructor(isDirect: boolean) {
    this.isDirect = isDirect;
  }

  /** `urlOf`: where each of the four databases is. */
  static async open(isDirect = false, urlOf = (_name: string) => "sqlite::memory:"): Promise<ClearingChain> {
    const chain = new ClearingChain(isDirect);
    const { clock } = chain;
    chain.database = await openDatabase(urlOf("payment"), clock);
    chain.queue = await openQueue(urlOf("queue"), clock);
    chain.books = await openClearingStore(urlOf("clearing"), clock);
    const store = await openStore<LedgerSchema>(urlOf("ledger"), clock, { what: "ledger", tables: [LEDGER_TABLES] });
    chain.#ledgerStore = store;
    chain.ledger = ledgerIn(store);
    const account = poolAccount("000123");
    await chain.ledger.openAccounts([world(EUR), { account, ...EUR }]);
    await chain.ledger.transfer({ reference: "begin", from: "world", to: account, amount: 1_000_000_000, ...EUR });
    chain.restart("payment-server");
    chain.restart("concentration-point");
    chain.restart("clearing-system");
    return chain;
  }

  restart(which: "payment-server" | "concentration-point" | "clearing-system"): void {
    const { clock } = this;
    const trace = (event: TraceEvent) => void this.trace.push(event);
    if (which === "payment-server") this.server = this.#paymentServer();
    if (which === "concentration-point") {
      const http = this.#http(() => this.clearing.handler);
      this.point = serveConcentrationPoint({ senders: ["PS1"], store: this.queue, http, clearing: "c", clock, trace });
    }
    if (which === "clearing-system") {
      const parties = {
        senders: ["PS1"],
        psams: this.terminals.terminals.map(({ psam }) => ({ ...psam, IDACQUIRER: "00000021", sender: "PS1" })),
        merchants: [
          { IDMER: "SHOP0001", IDACQUIRER: "00000021" },
          { IDMER: "SHOP0002", IDACQUIRER: "00000021" },
        ],
        issuers: [{ PPIEP: "000123", ...EUR }],
      };
      this.clearing = serveClearing({ parties, MKC, store: this.books, ledger: this.ledger, clock, trace });
    }
  }

  /** A transaction that is confirmed in the database and in the terminal. */
  async sell(place: number, record: DataStoreRecord, COMPARE: number | null = null): Promise<void> {
    const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP } = record;
    const terminal = this.terminals.terminals[place];
    if (terminal === undefined) throw new Error(`no terminal ${place}`);
    const { IDTERM } = terminal;
    const row = { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, COMPARE, status: "received" } as const;
    await this.database.insertTransaction(row);
    const debitResponse = "00000001000003E8AAAAAAAAAAAAAAAA";
    await this.database.updateTransaction(IDMER, IDTRX, { status: "confirmed", IDTERM, debitResponse });
    terminal.sell(record);
    if (COMPARE !== null) terminal.issued.add(IDTRX);
  }

  /** Closes every database. */
  async close(): Promise<void> {
    for (const each of [this.database, this.queue, this.books, this.#ledgerStore]) await each?.[Symbol.asyncDispose]();
  }

  entries(): readonly string[] {
    return this.trace.flatMap((event) => (event.kind === "log" ? [event.entry] : []));
  }

  #paymentServer(): PaymentServer {
    const origin = "batches";
    const http = this.#http(() => (this.isDirect ? this.clearing.handler : this.point.handler));
    return servePaymentServer({
      database: this.database,
      terminals: this.terminals,
      terminalIds: this.terminals.terminals.map(({ IDTERM }) => IDTERM),
      merchants: () => undefined,
      currencies: [],
      clock: this.clock,
      random: seededRandom("clearing chain"),
      trace: (event) => this.trace.push(event),
      collection: { IDCP: "PS1", IDACQUIRER: "00000021", http, origin, isDirect: this.isDirect },
    });
  }

  #http(handler: () => HttpHandler): HttpClient {
    return async (_origin, request) => {
      const trouble = this.troubles.shift() ?? "none";
      if (trouble === "request lost") throw new PursebenchError("SERVICE_ABSENT", "nobody is there");
      const sent = trouble === "request altered" ? altered(request) : request;
      const response = await handler()(sent);
      if (trouble === "repeated") return await handler()(sent);
      if (trouble === "answer lost") throw new PursebenchError("DEVICE_SILENT", "nobody answered");
      return trouble === "answer altered" ? altered(response) : response;
    };
  }
}

/** The last byte of the body is another one: of a batch that is in S4, of an acknowledgement in S5, of an update in S6. */
function altered<T extends HttpRequest | HttpResponse>(message: T): T {
  const last = Number.parseInt(message.body.slice(-2), 16);
  if (Number.isNaN(last)) return message;
  const other = (last ^ 1).toString(16).toUpperCase().padStart(2, "0");
  return { ...message, body: message.body.slice(0, -2) + other };
}
