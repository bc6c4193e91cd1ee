/** The devices of a bench that stay open for all its cases: reader, lines, the lab itself where one is needed. */

import type { Bench } from "../bench/schema.ts";
import { psamOf } from "../bench/serving.ts";
import { DEFAULT_BAUD, isOwnPsamCard } from "../bench/spec.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import type { DisposalStack } from "../core/disposal.ts";
import type { ByteStream, CardReader } from "../device/contracts.ts";
import { openSerial } from "../device/serial/open-serial.ts";
import type { SlotCard } from "../flows/devices.ts";
import { LabControl } from "../lab/control/client.ts";
import { takeLab } from "../lab/run-lab.ts";
import type { LabState } from "../lab/state-file.ts";
import { labDaemonScript } from "./lab-script.ts";
import { CARD_SLOT, type CardHand, openLabSlot } from "./lab-slot.ts";
import type { OpenOptions } from "./open-options.ts";
import { OperatorDesk } from "./operator-desk.ts";
import { openPcscReader } from "./pcsc-reader.ts";
import { noHand, PersonHand } from "./person-hand.ts";
import { isReal, openRealReader } from "./real-reader.ts";
import { openSlotInProcess } from "./slot-in-process.ts";
import { patienceOf, waitForCard } from "./wait-for-card.ts";

/** Slots of the virtual reader: in which a program may play the PSAM over vpcd, and the first of those for simulated ones. */
const VPCD_PSAM_SLOT = 1;
const FIRST_PSAM_SLOT = 2;
/** Raising the lab; opening one of its devices. */
const OPEN_MS = 30_000;

export interface LabDevices {
  readonly lab: LabState | undefined;
  readonly reader: CardReader;
  readonly hand: CardHand;
  /** Who serves the reader and switches terminals off and on where the bench cannot; absent where nobody is there. */
  readonly person?: Person | undefined;
  /** The lines to the terminals by IDTERM. */
  readonly lines: ReadonlyMap<string, LabLine>;
  /** The readers that hold PSAMs, where those are cards, by IDTERM. */
  readonly psamReaders: ReadonlyMap<string, PsamPlace>;
  /** Slots of the reader that the bench can put cards of its own into, opened as they are asked for; absent where it has none. */
  readonly slot?: ((index: number) => Promise<OwnSlot>) | undefined;
}

/** Somebody who can be asked. */
export interface Person {
  readonly desk: OperatorDesk;
  /** Where the card is in a real reader. */
  readonly hand?: PersonHand | undefined;
}

export interface OwnSlot {
  readonly reader: CardReader;
  insert(card: SlotCard): Promise<void>;
  remove(): Promise<void>;
}

export interface PsamPlace {
  readonly reader: CardReader;
  /** To be called when a system begins to use it. */
  readonly use: () => void;
  /** Where it is simulated and a system has used it: a new one for the next system, whose books are new as well. */
  readonly renew: () => Promise<void>;
}

export interface LabLine {
  readonly stream: ByteStream;
  /** Where a terminal that the harness plays is plugged in; undefined for one that is there. */
  readonly plug: string | undefined;
}

/** Opens everything onto `stack`: the lab, where one is needed (`takeLab`), and what it is to hold. */
export async function openLabDevices(options: OpenOptions, stack: DisposalStack): Promise<LabDevices> {
  const { bench } = options;
  const patience = patienceOf(options);
  const untold = { ...patience, tell: undefined }; // nobody has to bring what the bench inserts itself
  const lab = needsLab(options) ? await lease(options.lab, stack) : undefined;
  const control = lab && stack.use(await LabControl.open(lab.control, soon()));
  const slotReader = (slot: number) =>
    openPcscReader(lab?.readers[slot] ?? "", soon(), { pcscSocket: lab?.pcscSocket });
  const desk = deskOf(options);
  const { reader, hand } = options.readerInProcess
    ? await openSlotInProcess(bench.card, patience, stack)
    : await openCardReader();
  const { labReader } = options.variation;
  if (control && labReader) {
    await control.readerDefect(labReader, soon());
    stack.defer(() => control.readerDefect(undefined, soon()));
  }
  const hasSlots = control && lab && !options.readerInProcess;
  const slot = hasSlots ? ownSlots(control, { reader, hand, openSlot: slotReader }, stack) : undefined;
  const lines = await openLines(bench, lab, stack);
  const person = desk && { desk, hand: hand instanceof PersonHand ? hand : undefined };
  return { lab, reader, hand, person, lines, psamReaders: await openPsamReaders(), slot };

  async function openCardReader(): Promise<Pick<LabDevices, "reader" | "hand">> {
    const ofCard = isReal(bench.card) ? openRealReader(bench.card, soon()) : slotReader(CARD_SLOT);
    const reader = stack.use(await ofCard);
    if (control && !isReal(bench.card)) {
      return { reader, hand: await openLabSlot(control, bench.card, reader, patience) };
    }
    if (desk) {
      const hand = stack.use(new PersonHand({ reader, desk, cardsAtHand: bench.cardsAtHand, clock: systemClock }));
      await hand.begin();
      return { reader, hand };
    }
    await waitForCard(reader, bench.card, "card", patience);
    return { reader, hand: noHand };
  }

  async function openPsamReaders(): Promise<ReadonlyMap<string, PsamPlace>> {
    const readers = new Map<string, PsamPlace>();
    let slot = FIRST_PSAM_SLOT;
    for (const [index, terminal] of bench.terminals.entries()) {
      const psam = psamOf(terminal, index, bench.psam);
      if (!psam || psam.kind === "sim" || psam.kind === "serial") continue;
      if (psam.kind === "vpcd") await control?.insert(VPCD_PSAM_SLOT, { kind: "vpcd", port: psam.port }, soon());
      const own = slot;
      const kind = psam.kind === "javacard" ? "javacard-psam" : "psam";
      const fresh = { kind, index, fresh: true };
      const insert = async () => void (await control?.insert(own, fresh, soon()));
      if (isOwnPsamCard(psam)) await insert();
      const opened =
        psam.kind === "pcsc"
          ? openPcscReader(psam.reader, soon())
          : slotReader(psam.kind === "vpcd" ? VPCD_PSAM_SLOT : slot++);
      const holder = stack.use(await opened);
      await waitForCard(holder, psam, "psam", isOwnPsamCard(psam) ? untold : patience);
      let isUsed = false;
      readers.set(terminal.id, {
        reader: holder,
        use: () => {
          isUsed = true;
        },
        async renew() {
          if (!isUsed || !isOwnPsamCard(psam)) return;
          isUsed = false;
          if (kind === "psam" && (await control?.exchange(own, fresh, soon()))) return;
          await insert();
          await waitForCard(holder, psam, "psam", isOwnPsamCard(psam) ? untold : patience);
        },
      });
    }
    return readers;
  }
}

function deskOf({ operator, bench, signal }: OpenOptions): OperatorDesk | undefined {
  return operator && new OperatorDesk({ operator, clock: systemClock, withinMs: bench.handMs, signal });
}

interface SlotParts {
  readonly reader: CardReader;
  readonly hand: CardHand;
  readonly openSlot: (slot: number) => Promise<CardReader>;
}

/** Slot 0 is that of the card under test: its hand puts that one back. Readers stay open for the cases after. */
function ownSlots(
  control: LabControl,
  { reader, hand, openSlot }: SlotParts,
  stack: DisposalStack,
): (index: number) => Promise<OwnSlot> {
  const opened = new Map<number, Promise<CardReader>>([[CARD_SLOT, Promise.resolve(reader)]]);
  return async (index) => {
    const opening = opened.get(index) ?? openSlot(index).then((each) => stack.use(each));
    opened.set(index, opening);
    const held = await opening;
    let holds = false;
    return {
      reader: held,
      async insert(card) {
        if (index === CARD_SLOT) await hand.remove();
        else if (holds) await control.remove(index, soon());
        await control.insert(index, card, soon());
        holds = true;
      },
      async remove() {
        if (!holds) return;
        await control.remove(index, soon());
        holds = false;
        if (index === CARD_SLOT) hand.lost();
      },
    };
  };
}

/** A terminal that the harness plays sits on a line of the lab as long as there are lines; elsewhere it is played in this process alone. */
async function openLines(
  bench: Bench,
  lab: LabState | undefined,
  stack: DisposalStack,
): Promise<ReadonlyMap<string, LabLine>> {
  const free = [...(lab?.lines ?? [])];
  const wanted = bench.terminals.flatMap(({ id, terminal }) => {
    if (terminal.kind === "serial") return { id, path: terminal.path, baud: terminal.baud, plug: undefined };
    const own = free.shift();
    return own ? { id, path: own.line, baud: DEFAULT_BAUD, plug: own.plug } : [];
  });
  const opened = wanted.map(async ({ id, path, baud, plug }) => {
    return [id, { stream: stack.use(await openLine(path, baud)), plug }] as const;
  });
  return new Map(await Promise.all(opened));
}

function needsLab({ bench, readerInProcess }: OpenOptions): boolean {
  const psams = bench.terminals.map((terminal, index) => psamOf(terminal, index, bench.psam));
  return (
    bench.kind === "virtual-lab" ||
    !(isReal(bench.card) || readerInProcess) ||
    psams.some((psam) => psam !== undefined && (psam.kind === "vpcd" || isOwnPsamCard(psam)))
  );
}

async function lease(name: string | undefined, stack: DisposalStack): Promise<LabState> {
  const named = name === undefined ? {} : { name };
  return stack.use(await takeLab(soon(), { ...named, daemonScript: labDaemonScript() })).state;
}

function openLine(path: string, baudRate: number): Promise<ByteStream> {
  return openSerial({ path, baudRate, dataBits: 8, parity: "even", stopBits: 1 }, soon());
}

function soon() {
  return deadlineIn(systemClock, OPEN_MS);
}
