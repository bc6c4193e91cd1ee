/** Every link of one system, decorated the same way, from the inside out: carrier, defects of the far role, faults of the bench, recorder, defects of the near role. */
import { type LinkName, nowhere, type RoleName, type TraceSink } from "../core/trace.ts";
import type { CardChannel, Connector } from "../device/contracts.ts";
import type { LinkFault } from "../flows/system.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange, HttpClient } from "../link/exchange.ts";
import { FaultBoard } from "../link/fault-board.ts";
import { faultyCard, faultyConnector, faultyExchange, faultyHttp } from "../link/faulty.ts";
import { recordCard, recordConnector, recordExchange, recordHttp } from "../link/record.ts";

/** Who may connect or ask on each link, and so stands on the recorder's side. */
const NEAR: Readonly<Record<LinkName, readonly RoleName[]>> = {
  "235": ["set-top-box"],
  cable: ["set-top-box"],
  "234": ["head-end"],
  "236": ["head-end", "bank-server"],
  "237": ["head-end"],
  "238": ["payment-server"],
  LAN: ["payment-server", "head-end-payment-server"],
  line: ["concentrator", "payment-server", "head-end-payment-server"],
  SAM: ["terminal"],
  HSM: ["load-server"],
  batch: ["payment-server", "head-end-payment-server", "concentration-point"],
  ui: ["user"],
};

export class Links {
  /** Faults that cases put on the links; recorded as such. */
  readonly board: FaultBoard;
  readonly #trace: TraceSink;
  /** What a defective role says: to the recorder it looks as if the role itself had said it. */
  readonly #saidNear = new FaultBoard(nowhere);
  readonly #saidFar = new FaultBoard(nowhere);

  constructor(trace: TraceSink, said: readonly LinkFault[]) {
    this.#trace = trace;
    this.board = new FaultBoard(trace);
    for (const fault of said) (NEAR[fault.link].includes(fault.from) ? this.#saidNear : this.#saidFar).add(fault);
  }

  exchange(inner: Exchange, ends: Ends): Exchange {
    return this.#between(inner, ends, faultyExchange, recordExchange);
  }

  connector(inner: Connector, ends: Ends): Connector {
    return this.#between(inner, ends, faultyConnector, recordConnector);
  }

  http(inner: HttpClient, ends: Ends): HttpClient {
    return this.#between(inner, ends, faultyHttp, recordHttp);
  }

  card(inner: CardChannel, ends: Ends): CardChannel {
    return this.#between(inner, ends, faultyCard, recordCard);
  }

  /** Boards of defective roles are complete when links are made: one that is empty then stays so and needs no decorator. */
  #between<L>(
    inner: L,
    ends: Ends,
    faulty: (inner: L, ends: Ends, board: FaultBoard) => L,
    record: (inner: L, ends: Ends, trace: TraceSink) => L,
  ): L {
    const far = this.#saidFar.isArmed ? faulty(inner, ends, this.#saidFar) : inner;
    const heard = record(faulty(far, ends, this.board), ends, this.#trace);
    return this.#saidNear.isArmed ? faulty(heard, ends, this.#saidNear) : heard;
  }
}
