/** The system that a case works with: flows and looks over whatever carries them. */
import type { CardTear } from "../core/card-tear.ts";
import type { Clock } from "../core/clock.ts";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import type { CardChannel, CardReader, MessageChannel } from "../device/contracts.ts";
import type {
  AccountBalance,
  AccountEntry,
  HeldLoadRow,
  LoadObservation,
  LoadOrder,
  LoadRow,
} from "../flows/loading.ts";
import type { MoneyBooks } from "../flows/money.ts";
import type {
  Box,
  CardKind,
  Disturbance,
  LinkFault,
  NextMessage,
  Order,
  PaymentServerName,
  PsamTotals,
  PurchaseObservation,
  PurseReading,
  PurseSystem,
  RecordedEvent,
  SaleRecord,
  ServerRole,
  StoreRecord,
  SystemFacts,
  TransactionRow,
} from "../flows/system.ts";
import type { FaultBoard } from "../link/fault-board.ts";
import type { SetTopBox } from "../roles/set-top-box/serve.ts";
import type { SessionResult } from "../roles/set-top-box/session.ts";
import { TerminalClient } from "../roles/terminal/client.ts";
import { BenchClearing } from "./bench-clearing.ts";
import { BenchLoading, loadOrderOf } from "./bench-loading.ts";
import type { Boxes } from "./boxes.ts";
import { commonTerminals } from "./common-terminals.ts";
import type { Hardware } from "./hardware.ts";
import type { Insides } from "./insides.ts";
import { lookAtMoney } from "./money-look.ts";
import { orderOf } from "./order.ts";
import { readPurse } from "./read-purse.ts";
import type { Recorder } from "./recorder.ts";
import type { Servers } from "./servers.ts";
import { momentText, Tearing } from "./tearing.ts";
import { troubleOf } from "./trouble.ts";

/** How long the harness's own looks at a device may take. */
const LOOK_MS = 20_000;

export interface SystemParts {
  readonly facts: SystemFacts;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly board: FaultBoard;
  readonly hardware: Hardware;
  /** The reader as the harness itself uses it. */
  readonly ownReader: CardReader;
  readonly servers: Servers;
  readonly setTopBox: SetTopBox;
  readonly boxes: Boxes;
  readonly insides: Insides | undefined;
  readonly dispose: () => Promise<void>;
}

export class BenchSystem implements PurseSystem {
  readonly facts: SystemFacts;
  readonly #parts: SystemParts;
  /** What the bench itself did to devices; trouble that comes of it is of its own making. */
  #doings = 0;
  #oddCard = false;
  #card: CardChannel | undefined;
  readonly #tearing: Tearing;
  readonly #loading: BenchLoading;
  readonly clearing: BenchClearing;

  constructor(parts: SystemParts) {
    this.facts = parts.facts;
    this.#parts = parts;
    this.#loading = new BenchLoading(parts.servers);
    this.clearing = new BenchClearing(parts.servers, () => this.#deadline());
    this.#tearing = new Tearing(parts.hardware, (tear) => {
      this.#doings++;
      this.#note(`power of the card cut ${momentText(tear)}`);
    });
  }

  async purchase(order: Order = {}): Promise<PurchaseObservation> {
    await this.#releaseOwnCard();
    return await this.#observe(() => this.#parts.setTopBox.purchase(orderOf(this.facts, order)));
  }

  async load(order: LoadOrder = {}): Promise<LoadObservation> {
    await this.#releaseOwnCard();
    let MLDA: number | undefined;
    const { outcome, events, trouble } = await this.#observe(async () => {
      const result = await this.#parts.setTopBox.load(loadOrderOf(this.facts, order));
      ({ MLDA } = result);
      return result;
    });
    return { outcome: { ...outcome, MLDA }, events, trouble };
  }

  async showLog(): Promise<readonly string[]> {
    await this.#releaseOwnCard();
    return (await this.#parts.setTopBox.showLog()).shown;
  }

  loads(): Promise<readonly LoadRow[]> {
    return this.#loading.loads();
  }

  heldLoads(): Promise<readonly HeldLoadRow[]> {
    return this.#loading.heldLoads();
  }

  accounts(): Promise<readonly AccountBalance[]> {
    return this.#loading.accounts();
  }

  entries(account: string): Promise<readonly AccountEntry[]> {
    return this.#loading.entries(account);
  }

  async settleHolds(): Promise<void> {
    await this.#loading.settleHolds();
    await this.#parts.servers.idle();
  }

  async loadSession(messages: readonly (Uint8Array | NextMessage)[]): Promise<readonly (Uint8Array | null)[]> {
    return await this.#session(await this.#parts.servers.loading.channel(this.#deadline()), messages);
  }

  hsm(frame: Uint8Array): Promise<Uint8Array | null> {
    return this.#loading.hsm(frame, this.#deadline());
  }

  async recover(): Promise<PurchaseObservation | undefined> {
    if (this.#parts.setTopBox.pending().length === 0) return undefined;
    await this.#releaseOwnCard();
    return await this.#observe(async () => (await this.#parts.setTopBox.recoverPending()).at(-1));
  }

  async readPurse(): Promise<PurseReading> {
    return await readPurse(await this.#ownCard(), this.#deadline());
  }

  async apdu(command: Uint8Array): Promise<Uint8Array> {
    return await (await this.#ownCard()).transmit(command, this.#deadline());
  }

  async resetCard(kind: "warm" | "cold"): Promise<Uint8Array> {
    return await (await this.#ownCard()).reset(kind, this.#deadline());
  }

  async cardProtocol(): Promise<"T=0" | "T=1"> {
    return (await this.#ownCard()).protocol;
  }

  terminals(): readonly string[] {
    return commonTerminals(this.facts);
  }

  async readStore(IDTERM: string): Promise<readonly StoreRecord[]> {
    return await new TerminalClient(this.#parts.servers.ownTerminals, IDTERM).readStore(this.#deadline());
  }

  async readTotals(IDTERM: string): Promise<PsamTotals> {
    return await new TerminalClient(this.#parts.servers.ownTerminals, IDTERM).readTotals(this.#deadline());
  }

  terminalMessage(IDTERM: string, message: Uint8Array): Promise<Uint8Array> {
    return this.#parts.servers.ownTerminals.exchange(IDTERM, message, this.#deadline());
  }

  async transaction(IDTRX: string): Promise<TransactionRow | undefined> {
    const found = this.#parts.servers.databases().map((database) => database.transactionsWith(IDTRX));
    return (await Promise.all(found)).flat()[0];
  }

  async transactions(server: PaymentServerName = "payment-server"): Promise<readonly TransactionRow[]> {
    const all = this.#parts.servers.databases(server).map((database) => database.transactions());
    return (await Promise.all(all)).flat();
  }

  sale(IDTRX: string): Promise<SaleRecord | undefined> {
    return this.#parts.servers.sites.sale(IDTRX);
  }

  async http(
    SITE: string,
    { method, path, body = "", session }: { method: "GET" | "POST"; path: string; body?: string; session?: string },
  ): Promise<{ status: number; body: string }> {
    const headers: Record<string, string> = {};
    if (method === "POST") headers["content-type"] = "application/x-www-form-urlencoded";
    if (session !== undefined) headers.cookie = `session=${session}`;
    return await this.#parts.servers.http(SITE, { method, path, headers, body }, this.#deadline());
  }

  async paymentSession(
    messages: readonly (Uint8Array | NextMessage)[],
    server: PaymentServerName = "payment-server",
  ): Promise<readonly (Uint8Array | null)[]> {
    return await this.#session(await this.#parts.servers.paymentChannel(server, this.#deadline()), messages);
  }

  /** Messages one by one, and the answer to each; until the other side closes the channel. */
  async #session(
    channel: MessageChannel,
    messages: readonly (Uint8Array | NextMessage)[],
  ): Promise<readonly (Uint8Array | null)[]> {
    const answers: (Uint8Array | null)[] = [];
    try {
      for (const next of messages) {
        const message = next instanceof Uint8Array ? next : next(answers);
        const answer = await ask(channel, message, this.#deadline());
        answers.push(answer);
        if (answer === null) break;
      }
    } finally {
      await channel[Symbol.asyncDispose]();
    }
    await this.#parts.servers.idle();
    return answers;
  }

  events(since?: number): readonly RecordedEvent[] {
    return this.#parts.recorder.since(since);
  }

  disturb(fault: LinkFault): Disturbance {
    return this.#parts.board.add(fault);
  }

  when(match: Parameters<PurseSystem["when"]>[0], act: () => Promise<void> | void): Disturbance {
    return this.#parts.board.when(match, act);
  }

  async insertCard(kind: CardKind): Promise<void> {
    if (kind === "virtual" || this.#parts.hardware.exchanges) await this.#setCardAside();
    else await this.removeCard();
    this.#oddCard = kind !== "specimen" && kind !== "second" && kind !== "virtual";
    await this.#parts.hardware.insert(kind);
    this.#note(`card in the reader: ${kind}`);
  }

  async removeCard(): Promise<void> {
    await this.#setCardAside();
    await this.#parts.hardware.remove();
    this.#note("card pulled");
  }

  tear(moment: CardTear): Disturbance {
    return this.#tearing.tear(moment);
  }

  sales(): Promise<readonly SaleRecord[]> {
    return this.#parts.servers.sites.sales();
  }

  async boxes(count: number): Promise<readonly Box[]> {
    return this.#parts.boxes.take(count);
  }

  idle(): Promise<void> {
    return this.#parts.servers.idle();
  }

  money(): Promise<MoneyBooks> {
    return lookAtMoney(this.#parts.servers, this.#parts.insides);
  }

  async restart(role: ServerRole): Promise<void> {
    this.#doings++;
    this.#note(`${role} killed and started again`);
    if (role === "terminal") await this.#parts.hardware.powerCycle();
    else await this.#parts.servers.restart(role);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#releaseOwnCard();
    await this.#parts.dispose();
  }

  async #observe(work: () => Promise<SessionResult>): Promise<PurchaseObservation>;
  async #observe(work: () => Promise<SessionResult | undefined>): Promise<PurchaseObservation | undefined>;
  async #observe(work: () => Promise<SessionResult | undefined>): Promise<PurchaseObservation | undefined> {
    const { recorder, board, servers } = this.#parts;
    const since = recorder.last;
    const wasArmed = board.isArmed || this.#oddCard;
    const done = this.#doings + board.hits;
    await this.#tearing.ready();
    const result = await work();
    await servers.idle();
    if (!result) return undefined;
    const { CC, IDTRX, CONTENT, shown, trouble } = result;
    const isOfOurMaking = wasArmed || this.#doings + board.hits !== done;
    return {
      outcome: { CC, IDTRX, CONTENT, shown },
      events: recorder.since(since),
      trouble: isOfOurMaking ? [] : troubleOf(CC, trouble),
    };
  }

  /** Whatever happens to the card next is of the bench's own making. */
  async #setCardAside(): Promise<void> {
    this.#doings++;
    await this.#tearing.ready();
    await this.#releaseOwnCard();
  }

  async #ownCard(): Promise<CardChannel> {
    await this.#tearing.ready();
    if (this.#card) return this.#card;
    await this.#parts.setTopBox.releaseCard();
    const deadline = this.#deadline();
    if (!this.#parts.ownReader.isCardPresent()) {
      await this.#readerIsThere();
      throw new PursebenchError("DEVICE_ABSENT", `no card in ${this.#parts.ownReader.name}`, {
        owner: "card",
        mend: "put the card into the reader",
      });
    }
    this.#card = await this.#parts.ownReader.connect(deadline);
    return this.#card;
  }

  /** Rejects with what became of a reader that has gone: an empty one only has no card. */
  async #readerIsThere(): Promise<void> {
    try {
      await this.#parts.ownReader.waitForCard(deadlineIn(this.#parts.clock, 1));
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError) || (thrown.code !== "DEVICE_ABSENT" && thrown.code !== "DEVICE_SILENT"))
        throw thrown;
    }
  }

  async #releaseOwnCard(): Promise<void> {
    const card = this.#card;
    this.#card = undefined;
    try {
      await card?.[Symbol.asyncDispose]();
    } catch (thrown) {
      this.#note(`the harness's own channel to the card did not close: ${messageOf(thrown)}`);
    }
  }

  #deadline(): Deadline {
    return deadlineIn(this.#parts.clock, LOOK_MS);
  }

  #note(text: string): void {
    this.#parts.recorder.sink({ kind: "note", text });
  }
}

/** The answer, or null when the other side has closed the channel, also when that shows only as it is written to. */
async function ask(channel: MessageChannel, message: Uint8Array, deadline: Deadline): Promise<Uint8Array | null> {
  try {
    await channel.send(message);
    return await channel.receive(deadline);
  } catch (thrown) {
    if (thrown instanceof PursebenchError && thrown.code === "DEVICE_LOST") return null;
    throw thrown;
  }
}
