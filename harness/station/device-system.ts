/** The devices of a bench as a case of a device suite works with them. */
import type { CardTear } from "../core/card-tear.ts";
import type { Clock } from "../core/clock.ts";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardReader } from "../device/contracts.ts";
import type { CardSession, DeviceSystem, PsamWish, ReaderSlot, TerminalDevice } from "../flows/devices.ts";
import type { Disturbance, RecordedEvent } from "../flows/observed.ts";
import type { RecordEvent } from "../flows/station.ts";
import type { CardKind, PsamTotals, PurseReading, SystemFacts } from "../flows/system.ts";
import { TerminalClient } from "../roles/terminal/client.ts";
import { openSession } from "./card-session.ts";
import type { DevicePlaces, PlacesUse } from "./device-places.ts";
import { Links } from "./links.ts";
import { readPurse } from "./read-purse.ts";
import { readerFor } from "./reader.ts";
import { readerSlot } from "./reader-slot.ts";
import { Recorder } from "./recorder.ts";
import { momentText, Tearing } from "./tearing.ts";
import { LineTerminal } from "./terminal-device.ts";

const LOOK_MS = 20_000;

export interface DeviceParts {
  readonly facts: SystemFacts;
  readonly caseId: string | undefined;
  readonly clock: Clock;
  readonly record: RecordEvent;
  readonly places: (use: PlacesUse) => Promise<DevicePlaces> | DevicePlaces;
}

export async function buildDevices(parts: DeviceParts): Promise<BenchDevices> {
  const recorder = new Recorder(parts.clock, parts.record, parts.caseId);
  const links = new Links(recorder.sink, []);
  const places = await parts.places({
    onSam: (inner) => links.exchange(inner, { link: "SAM", near: "terminal", far: "psam" }),
  });
  return new BenchDevices(parts, places, recorder, links);
}

export class BenchDevices implements DeviceSystem {
  readonly facts: SystemFacts;
  readonly #clock: Clock;
  readonly #places: DevicePlaces;
  readonly #recorder: Recorder;
  readonly #links: Links;
  readonly #stack = new DisposalStack();
  readonly #tearing: Tearing;
  readonly #terminals = new Map<string, LineTerminal>();
  readonly #psams = new Map<string, CardSession>();
  readonly #slots = new Map<number, ReaderSlot>();
  #card: CardSession | undefined;

  constructor({ facts, clock }: DeviceParts, places: DevicePlaces, recorder: Recorder, links: Links) {
    this.facts = facts;
    this.#clock = clock;
    this.#places = places;
    this.#recorder = recorder;
    this.#links = links;
    this.#stack.use(places);
    this.#tearing = new Tearing(places, (tear) => this.#did(`power of the card cut ${momentText(tear)}`));
  }

  async card(): Promise<CardSession> {
    await this.#tearing.ready();
    this.#card ??= await openSession(this.#recorded(this.#places.reader), this.#clock);
    return this.#card;
  }

  async readPurse(): Promise<PurseReading> {
    await this.#release();
    const channel = await this.#recorded(this.#places.reader).connect(this.#deadline());
    try {
      return await readPurse(channel, this.#deadline());
    } finally {
      await channel[Symbol.asyncDispose]();
    }
  }

  async insertCard(kind: CardKind): Promise<void> {
    await this.#release();
    await this.#places.insert(kind);
    this.#did(`card ${kind} inserted`);
  }

  async removeCard(): Promise<void> {
    await this.#places.remove();
    this.#did("card pulled");
    await this.#release();
  }

  tear(tear: CardTear): Disturbance {
    return this.#tearing.tear(tear);
  }

  async psam(wish: PsamWish = {}): Promise<CardSession> {
    const key = wish.kind ?? "";
    const open = this.#psams.get(key);
    if (open) return open;
    const reader = readerFor(
      await this.#places.psam(wish),
      { link: "SAM", near: "bench", far: "psam" },
      this.#links,
      this.#recorder.sink,
    );
    const session = this.#stack.use(await openSession(reader, this.#clock));
    this.#psams.set(key, session);
    return session;
  }

  slot(index: number): ReaderSlot {
    const known = this.#slots.get(index);
    if (known) return known;
    const slot = readerSlot(index, {
      place: async () => await this.#places.slot(index),
      recorded: (reader) => this.#recorded(reader),
      clock: this.#clock,
      did: (what) => this.#did(what),
    });
    this.#slots.set(index, this.#stack.use(slot));
    return slot;
  }

  async terminal(IDTERM = this.#firstTerminal()): Promise<TerminalDevice> {
    const known = this.#terminals.get(IDTERM);
    if (known) return known;
    const made = new LineTerminal({
      IDTERM,
      place: await this.#places.line(IDTERM),
      clock: this.#clock,
      onLink: (inner, ends) => this.#links.exchange(inner, ends),
    });
    this.#terminals.set(IDTERM, this.#stack.use(made));
    return made;
  }

  async readTotals(IDTERM = this.#firstTerminal()): Promise<PsamTotals> {
    const terminal = await this.terminal(IDTERM);
    const access = { exchange: (_: string, message: Uint8Array) => terminal.exchange(message) };
    return await new TerminalClient(access, IDTERM).readTotals(this.#deadline());
  }

  disturbSam(fault: Parameters<DeviceSystem["disturbSam"]>[0]): Disturbance {
    return this.#links.board.add({ link: "SAM", ...fault });
  }

  events(since?: number): readonly RecordedEvent[] {
    return this.#recorder.since(since);
  }

  async pass(ms: number): Promise<void> {
    await this.#clock.timer(ms).elapsed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#release();
    await this.#stack[Symbol.asyncDispose]();
  }

  #recorded(reader: CardReader): CardReader {
    return readerFor(reader, { link: "235", near: "bench", far: "card" }, this.#links, this.#recorder.sink);
  }

  async #release(): Promise<void> {
    const card = this.#card;
    this.#card = undefined;
    try {
      await card?.[Symbol.asyncDispose]();
    } catch {
      // a card that was pulled has no channel to close
    }
  }

  #firstTerminal(): string {
    const [first] = this.facts.terminals;
    if (first) return first.IDTERM;
    throw new PursebenchError("USAGE", `the bench ${this.facts.bench} has no terminal`, { mend: "describe one" });
  }

  #did(what: string): void {
    this.#recorder.sink({ kind: "fault", link: "235", what });
  }

  #deadline(): Deadline {
    return deadlineIn(this.#clock, LOOK_MS);
  }
}
