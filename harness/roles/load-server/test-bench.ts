/** A load server between a scripted head end and an HSM, for the tests of this folder. */
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { type LoadConfirmation, openLoadConfirmation } from "../../crypto/load-confirmation.ts";
import { memoryChannelPair } from "../../device/virtual/message-channel-pair.ts";
import { encodeHsmCommand, type HsmCommand } from "../../protocol/hsm/commands.ts";
import { encodeHsmFrame, parseHsmFrame } from "../../protocol/hsm/frame.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { type HsmRole, hsm } from "../hsm/model.ts";
import { HSM_KEYS } from "../hsm/testing/card.ts";
import { LayeredHeadEnd } from "../payment-server/testing/layered-head-end.ts";
import type { LoadDatabase, LoadName } from "./database/contracts.ts";
import { memoryLoadDatabases } from "./database/open-database.ts";
import type { AuthorisedLoad } from "./effects.ts";
import type { HsmAccess } from "./hsm-client.ts";
import type { HoldEnd, OwnAccounts } from "./own-accounts.ts";
import type { LoadServerOptions } from "./parts.ts";
import { type LoadServer, serveLoadServer } from "./serve.ts";
import { contractOf, IDTRX, SETTINGS, suiteOf } from "./testing/parties.ts";

/** What the HSM says in place of the true answer; undefined: silent. */
export type HsmScript = (command: HsmCommand, truly: string) => string | undefined;

/** The reference HSM, or what a script makes of it. */
export class ScriptedHsm implements HsmAccess {
  readonly asked: HsmCommand[] = [];
  script: HsmScript = (_, truly) => truly;
  readonly #role: HsmRole;

  constructor(role: HsmRole = hsm) {
    this.#role = role;
  }

  async ask(command: HsmCommand): Promise<string> {
    this.asked.push(command);
    const bytes = encodeHsmFrame({ header: "0000", code: command.code, body: encodeHsmCommand(command) });
    const [output] = this.#role.handle(HSM_KEYS, { kind: "frame", bytes, today: "20310506" }).outputs;
    const said = output?.kind === "send" ? this.script(command, parseHsmFrame(output.bytes)?.body ?? "") : undefined;
    if (said === undefined) throw new PursebenchError("DEVICE_SILENT", "the HSM is silent");
    return said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.asked.length = 0;
  }
}

/** Accounts that remember what became of their holds. */
export class ScriptedAccounts implements OwnAccounts {
  hold: AuthorisedLoad | undefined;
  old: readonly LoadName[] = [];
  readonly settled: (readonly [IDTRX: string, end: HoldEnd])[] = [];

  async authorised(): Promise<AuthorisedLoad | undefined> {
    return this.hold;
  }

  async settle({ IDTRX }: LoadName, end: HoldEnd): Promise<void> {
    this.settled.push([IDTRX, end]);
  }

  async heldBefore(): Promise<readonly LoadName[]> {
    return this.old;
  }
}

/** What a message from the load server says, with what is sealed in it opened. */
export type Said =
  | Message
  | { readonly kind: "result"; readonly CC: string; readonly confirmation: LoadConfirmation | null }
  | null;

const memory = memoryLoadDatabases();

export class LoadBench implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly database: LoadDatabase;
  readonly hsm = new ScriptedHsm();
  readonly accounts = new ScriptedAccounts();
  readonly server: LoadServer;
  readonly trace: TraceEvent[] = [];

  constructor(clock: VirtualClock, database: LoadDatabase, over: Partial<LoadServerOptions>) {
    this.clock = clock;
    this.database = database;
    this.server = serveLoadServer({
      settings: SETTINGS,
      contracts: contractOf,
      database,
      hsm: this.hsm,
      accounts: this.accounts,
      clock,
      random: seededRandom("load server"),
      trace: (event) => this.trace.push(event),
      ...over,
    });
  }

  connect(IDMER = "BANK0001", name = IDTRX): HeadEnd {
    return new HeadEnd(this, new LayeredHeadEnd(suiteOf(IDMER), IDMER, name));
  }

  /** Names of the log entries so far, in order. */
  entries(): readonly string[] {
    return this.trace.flatMap((event) => (event.kind === "log" ? [event.entry] : []));
  }

  /** The fields of the last entry of that name. */
  fields(entry: string) {
    const events = this.trace.flatMap((event) => (event.kind === "log" && event.entry === entry ? [event] : []));
    return events.at(-1)?.fields;
  }

  async status(IDMER = "BANK0001"): Promise<string | undefined> {
    return (await this.database.load({ IDMER, IDTRX }))?.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** One head end on link 236, under the encryption layer. */
export class HeadEnd {
  readonly layer: LayeredHeadEnd;
  readonly served: Promise<void>;
  readonly #near: ReturnType<typeof memoryChannelPair>[0];
  readonly #clock: VirtualClock;
  #hasOpened = false;

  constructor({ server, clock }: LoadBench, layer: LayeredHeadEnd) {
    const [near, far] = memoryChannelPair();
    this.layer = layer;
    this.#near = near;
    this.#clock = clock;
    this.served = server.serve(far).finally(() => far[Symbol.asyncDispose]());
    this.served.catch(() => undefined); // a test that expects a failure awaits `served` itself
  }

  /** As it stands. */
  async sendRaw(message: Message | Uint8Array): Promise<void> {
    await this.#near.send(message instanceof Uint8Array ? message : encodeMessage(message));
  }

  /** The first message in E4, each later one in E5. */
  async send(message: Message): Promise<void> {
    const sealed = this.#hasOpened ? this.layer.sealed(message) : this.layer.opening(message);
    this.#hasOpened = true;
    await this.sendRaw(sealed);
  }

  /** What the server says next, opened; `null` when it closed. */
  async next(): Promise<Said> {
    const bytes = await this.#near.receive(deadlineIn(this.#clock, 1_000_000));
    if (bytes === null) return null;
    const message = parseMessage(bytes);
    if (message.kind === "unrecognised") throw new Error(`the server sent no message: ${message.reason}`);
    if (message.kind === "sealed-results") return this.#result(message, message.CONF);
    if (message.kind !== "sealed") return message;
    return this.layer.opened(message, bytes.length > 0 ? this.#tagOf(message) : 0);
  }

  async say(message: Message): Promise<Said> {
    await this.send(message);
    return await this.next();
  }

  async hangUp(): Promise<void> {
    await this.#near[Symbol.asyncDispose]();
    await this.served;
  }

  #result(message: Message, CONF: Uint8Array): Said {
    const result = this.layer.opened(message, 0xac);
    const { suite, KDER, IDMER, IDTRX } = this.layer;
    const confirmation = openLoadConfirmation(suite, KDER, IDMER, IDTRX, CONF);
    return { kind: "result", CC: result.kind === "load-result" ? result.CC : "", confirmation };
  }

  #tagOf(message: Message): number {
    try {
      this.layer.opened(message, 0xa9);
      return 0xa9;
    } catch {
      return 0xaf;
    }
  }
}

/** A bench on a database of its own, or on the one of an earlier bench. */
export async function openBench(over: Partial<LoadServerOptions> = {}): Promise<LoadBench> {
  const clock = over.clock instanceof VirtualClock ? over.clock : new VirtualClock(new Date("2031-05-06T07:09:09Z"));
  return new LoadBench(clock, over.database ?? (await memory(clock)), over);
}
