/** The devices of a bench that stay open for all its cases: reader, lines, the lab itself where one is needed. */
import type { Bench } from "../bench/schema.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import type { DisposalStack } from "../core/disposal.ts";
import type { ByteStream, CardReader } from "../device/contracts.ts";
import { openReader } from "../device/pcsc/open-reader.ts";
import { openSerial } from "../device/serial/open-serial.ts";
import { LabControl } from "../lab/control/client.ts";
import { takeLab } from "../lab/run-lab.ts";
import type { LabState } from "../lab/state-file.ts";
import { labDaemonScript } from "./lab-script.ts";
import { CARD_SLOT, type CardHand, openLabSlot } from "./lab-slot.ts";
import type { OpenOptions } from "./open-options.ts";
import { noHand } from "./person-hand.ts";
import { patienceOf, waitForCard } from "./wait-for-card.ts";

/** Slot of the virtual reader in which a program may play the PSAM over vpcd. */
const PSAM_SLOT = 1;
/** Raising the lab; opening one of its devices. */
const OPEN_MS = 30_000;

export interface LabDevices {
  readonly lab: LabState | undefined;
  readonly reader: CardReader;
  readonly hand: CardHand;
  /** Serial lines by IDTERM; the other terminals are played in this process. */
  readonly lines: ReadonlyMap<string, ByteStream>;
  /** The reader that holds the PSAM, where it is a card. */
  readonly psamReader: CardReader | undefined;
}

/** Opens everything onto `stack`: the lab, where one is needed (`takeLab`), and what it is to hold. */
export async function openLabDevices(options: OpenOptions, stack: DisposalStack): Promise<LabDevices> {
  const { bench } = options;
  const patience = patienceOf(options);
  const lab = needsLab(bench) ? await lease(options.lab, stack) : undefined;
  const control = lab && stack.use(await LabControl.open(lab.control, soon()));
  const slotReader = (slot: number) => openReader(lab?.readers[slot] ?? "", soon(), { pcscSocket: lab?.pcscSocket });
  const ofCard = bench.card.kind === "pcsc" ? openReader(bench.card.reader, soon()) : slotReader(CARD_SLOT);
  const reader = stack.use(await ofCard);
  const hand =
    control && bench.card.kind !== "pcsc" ? await openLabSlot(control, bench.card, reader, patience) : noHand;
  if (hand === noHand) await waitForCard(reader, bench.card, "card", patience);
  const lines = new Map<string, ByteStream>();
  for (const [index, { id, terminal }] of bench.terminals.entries()) {
    const at = terminal.kind === "serial" ? terminal : undefined;
    const path = at?.path ?? (index === 0 ? lab?.terminal : undefined);
    if (path !== undefined) lines.set(id, stack.use(await openLine(path, at?.baud ?? 9_600)));
  }
  return { lab, reader, hand, lines, psamReader: await openPsamReader() };

  async function openPsamReader(): Promise<CardReader | undefined> {
    const { psam } = bench;
    if (psam.kind === "sim" || psam.kind === "serial") return undefined;
    if (psam.kind === "vpcd") await control?.insert(PSAM_SLOT, { kind: "vpcd", port: psam.port }, soon());
    const holder = stack.use(await (psam.kind === "pcsc" ? openReader(psam.reader, soon()) : slotReader(PSAM_SLOT)));
    await waitForCard(holder, psam, "psam", patience);
    return holder;
  }
}

function needsLab(bench: Bench): boolean {
  return bench.kind === "virtual-lab" || bench.card.kind !== "pcsc" || bench.psam.kind === "vpcd";
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
