/** The real stack with virtual hardware at its ends: pcscd and its serial driver, pseudo terminals, sockets. */
import { CARD_KINDS } from "../bench/card-kinds.ts";
import type { Bench } from "../bench/schema.ts";
import { systemClock } from "../core/clock.ts";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { systemRandom } from "../core/random.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { ByteStream, CardReader } from "../device/contracts.ts";
import { createTestCa } from "../device/network/test-ca.ts";
import { openReader } from "../device/pcsc/open-reader.ts";
import { openSerial } from "../device/serial/open-serial.ts";
import type { Preflight, RecordEvent, Station } from "../flows/station.ts";
import type { CardKind, SystemFacts } from "../flows/system.ts";
import { LabControl } from "../lab/control/client.ts";
import { labDown, labUp } from "../lab/lab.ts";
import type { LabState } from "../lab/state-file.ts";
import { plugTerminal } from "../lab/terminal-plug.ts";
import { serveT1 } from "../link/serve-t1.ts";
import { t1Link } from "../link/t1-link.ts";
import { openDatabase } from "../roles/payment-server/database/open-database.ts";
import { buildSystem } from "./build-system.ts";
import { factsOf } from "./facts.ts";
import { psamData, testKeys } from "./fixtures.ts";
import type { Hardware, HardwareUse } from "./hardware.ts";
import { labDaemonScript } from "./lab-script.ts";
import type { OpenOptions } from "./open-options.ts";
import { preflightOf } from "./preflight.ts";
import { socketCarriers } from "./socket-carriers.ts";
import { simulatedTerminal } from "./terminals.ts";
import { type SystemTimeouts, timeoutsOf } from "./timeouts.ts";

/** Slot of the virtual reader that the set-top box uses. */
const SLOT = 0;
/** Raising the lab, opening its devices. */
const OPEN_MS = 30_000;
/** A card that another program plays may take its time to connect. */
const CARD_MS = 60_000;
/** An insertion is seen when pcscd has looked twice, which takes up to 1.2 s. */
const HAND_MS = 10_000;

export async function openVirtualLab(options: OpenOptions, record: RecordEvent): Promise<Station> {
  const stack = new DisposalStack();
  try {
    return await openParts(options, record, stack);
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function openParts(options: OpenOptions, record: RecordEvent, stack: DisposalStack): Promise<Station> {
  const { bench, variation } = options;
  const deadline = deadlineIn(systemClock, OPEN_MS);
  const keys = testKeys(bench.keys);
  const lab = await raise(options.lab, deadline, stack);
  const slot = new Slot(stack.use(await LabControl.open(lab.control, deadline)), bench);
  const reader = stack.use(await openReaderOf(bench, lab, deadline));
  await slot.bringSpecimen(reader);
  const line = stack.use(await openLine(lab.terminal, deadline));
  const ca = await createTestCa({ now: systemClock.wall() });
  const onFailure = (thrown: unknown) =>
    void record({ kind: "note", text: `a server session ended with ${messageOf(thrown)}` }, moment());
  const tls = await ca.issue();
  const carriers = stack.use(socketCarriers({ clock: systemClock, ca: ca.certificate, tls, onFailure }));
  const database = stack.use(await openDatabase(bench.database, systemClock));
  const facts = labFacts(bench, keys);
  const timeouts = timeoutsOf(bench.timeouts);
  const parts: LabParts = { options, keys, timeouts, lab, slot, reader, line };
  const systemFor = async (caseId: string | undefined) => {
    await slot.restore(reader);
    return await buildSystem({
      bench,
      facts,
      caseId,
      clock: systemClock,
      random: systemRandom,
      record,
      keys,
      currencies: psamData("psam-1").currencies,
      variation,
      timeouts,
      carriers,
      hardware: (use) => labHardware(parts, use),
      database: async () => database,
    });
  };
  return {
    facts,
    keys,
    identity: {
      bench: bench.name,
      iut: { role: options.iut, description: describeCard(bench) },
      devices: lab.readers.slice(0, 1).map((name) => ({ name, version: "pcsc-lite, serial CCID driver" })),
    },
    preflight: async (): Promise<Preflight> => {
      try {
        await using system = await systemFor(undefined);
        return await preflightOf(system);
      } catch (thrown) {
        const known = thrown instanceof PursebenchError ? thrown : undefined;
        const mend = known?.mend ?? "run `pursebench doctor` and mend what it names";
        return { ok: false, owner: known?.owner ?? "bench", reason: messageOf(thrown), mend };
      }
    },
    systemFor,
    release: async (system) => await system[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

interface LabParts {
  readonly options: OpenOptions;
  readonly keys: TestKeySet;
  readonly timeouts: SystemTimeouts;
  readonly lab: LabState;
  readonly slot: Slot;
  readonly reader: CardReader;
  readonly line: ByteStream;
}

/** A lab that runs is used as it is; one that had to be raised ends with the station. */
async function raise(name: string | undefined, deadline: Deadline, stack: DisposalStack): Promise<LabState> {
  const named = name === undefined ? {} : { name };
  const { state, wasRunning } = await labUp(deadline, { ...named, daemonScript: labDaemonScript() });
  if (!wasRunning) {
    stack.defer(async () => {
      await labDown(deadlineIn(systemClock, OPEN_MS), named);
    });
  }
  return state;
}

/** The lab's own reader, or one that the system's PC/SC daemon knows. */
function openReaderOf(bench: Bench, lab: LabState, deadline: Deadline): Promise<CardReader> {
  if (bench.card.kind === "pcsc") return openReader(bench.card.reader, deadline);
  return openReader(lab.readers[SLOT] ?? "", deadline, { pcscSocket: lab.pcscSocket });
}

function openLine(path: string, deadline: Deadline): Promise<ByteStream> {
  return openSerial({ path, baudRate: 9_600, dataBits: 8, parity: "even", stopBits: 1 }, deadline);
}

/** The hand that puts cards into the lab's slot and takes them out. */
class Slot {
  readonly #control: LabControl;
  readonly #bench: Bench;
  #holds: CardKind | undefined;
  #pulled = false;

  constructor(control: LabControl, bench: Bench) {
    this.#control = control;
    this.#bench = bench;
  }

  /** The card under test for the first time: fresh where it is our own, waited for where another program plays it. */
  async bringSpecimen(reader: CardReader): Promise<void> {
    const { card } = this.#bench;
    if (card.kind === "pcsc") return await reader.waitForCard(deadlineIn(systemClock, HAND_MS));
    const deadline = deadlineIn(systemClock, HAND_MS);
    if (card.kind === "vpcd") await this.#control.insert(SLOT, { kind: "vpcd", port: card.port }, deadline);
    else
      await this.#control.insert(
        SLOT,
        { kind: "sim", card: card.kind === "sim" ? (card.card ?? "specimen") : "specimen", fresh: true },
        deadline,
      );
    this.#holds = "specimen";
    await reader.waitForCard(deadlineIn(systemClock, card.kind === "vpcd" ? CARD_MS : HAND_MS));
  }

  /** The specimen in its slot, as every case expects it at its start. */
  async restore(reader: CardReader): Promise<void> {
    if (this.#bench.card.kind === "pcsc") return;
    if (this.#holds !== "specimen" && !this.#pulled) await this.#control.remove(SLOT, deadlineIn(systemClock, HAND_MS));
    if (this.#holds !== "specimen" || this.#pulled) await this.insert("specimen", reader);
  }

  async insert(kind: CardKind, reader: CardReader): Promise<void> {
    const deadline = deadlineIn(systemClock, HAND_MS);
    if (this.#pulled && this.#holds === kind) await this.#control.push(SLOT, deadline);
    else await this.#control.insert(SLOT, { kind: "sim", card: this.#simulated(kind) }, deadline);
    this.#holds = kind;
    this.#pulled = false;
    await reader.waitForCard(deadline);
  }

  async remove(): Promise<void> {
    if (this.#bench.card.kind === "pcsc") {
      throw new PursebenchError("DEVICE_ABSENT", "the bench has no hand to pull a card out of a real reader", {
        mend: "run the case on the virtual lab",
      });
    }
    if (this.#pulled) return;
    await this.#control.pull(SLOT, deadlineIn(systemClock, HAND_MS));
    this.#pulled = true;
  }

  #simulated(kind: CardKind): CardKind {
    const { card } = this.#bench;
    return kind === "specimen" && card.kind === "sim" ? (card.card ?? kind) : kind;
  }
}

/** Terminal 1 of the bench is on the lab's line, the others are in this process behind the same concentrator. */
async function labHardware(parts: LabParts, use: HardwareUse): Promise<Hardware> {
  const { options, keys, timeouts, lab, slot, reader, line } = parts;
  const { bench, variation } = options;
  const stack = new DisposalStack();
  const terminalParts = { keys, clock: systemClock, variation, timeouts };
  const plug = stack.use(await plugTerminal(lab.terminalPlug, deadlineIn(systemClock, HAND_MS)));
  const lines = new Map(
    bench.terminals.map(({ id }, index) => {
      const terminal = simulatedTerminal(terminalParts, use, id, index);
      if (index > 0) return [id, use.onLink(terminal, LINE)];
      stack.use(serveT1(plug, terminal, systemClock));
      return [id, use.onLink(stack.use(t1Link(line, systemClock)), LINE)];
    }),
  );
  const varied = variation.reader?.(reader) ?? reader;
  return {
    reader: varied,
    cards: cardsOf(bench),
    insert: (kind) => slot.insert(kind, reader),
    remove: () => slot.remove(),
    lines,
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

const LINE = { link: "line", near: "concentrator", far: "terminal" } as const;

function cardsOf(bench: Bench): readonly CardKind[] {
  return bench.card.kind === "sim" ? CARD_KINDS : ["specimen"];
}

function labFacts(bench: Bench, keys: TestKeySet): SystemFacts {
  const facts = factsOf(bench, systemClock, keys);
  return { ...facts, offers: { ...facts.offers, cards: cardsOf(bench), removal: bench.card.kind !== "pcsc" } };
}

function describeCard({ card }: Bench): string {
  switch (card.kind) {
    case "sim":
      return `simulated card (${card.card ?? "specimen"}) in the virtual reader`;
    case "pcsc":
      return `card in the reader "${card.reader}"`;
    case "vpcd":
      return `card that another program plays over vpcd, port ${card.port}`;
    case "serial":
      return `card behind ${card.path}`;
    default:
      return "card";
  }
}

function moment() {
  return { atMs: systemClock.monotonicMs(), wall: systemClock.wall() };
}
