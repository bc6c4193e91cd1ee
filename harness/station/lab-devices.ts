/** The devices of a bench that stay open for all its cases: reader, lines, the lab itself where one is needed. */
import type { Bench } from "../bench/schema.ts";
import { systemClock } from "../core/clock.ts";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import type { DisposalStack } from "../core/disposal.ts";
import type { ByteStream, CardReader } from "../device/contracts.ts";
import { openReader } from "../device/pcsc/open-reader.ts";
import { openSerial } from "../device/serial/open-serial.ts";
import { LabControl } from "../lab/control/client.ts";
import { labDown, labUp } from "../lab/lab.ts";
import type { LabState } from "../lab/state-file.ts";
import { labDaemonScript } from "./lab-script.ts";
import { CARD_SLOT, type CardHand, openLabSlot } from "./lab-slot.ts";
import { noHand } from "./person-hand.ts";

/** Slot of the virtual reader in which a program may play the PSAM over vpcd. */
const PSAM_SLOT = 1;
/** Raising the lab, opening its devices. */
const OPEN_MS = 30_000;
/** A PSAM that another program plays may take its time to connect. */
const VPCD_MS = 60_000;

export interface LabDevices {
  readonly lab: LabState | undefined;
  readonly reader: CardReader;
  readonly hand: CardHand;
  /** Serial lines by IDTERM; the other terminals are played in this process. */
  readonly lines: ReadonlyMap<string, ByteStream>;
  /** The reader that holds the PSAM, where it is a card. */
  readonly psamReader: CardReader | undefined;
}

/** Opens everything onto `stack`. A lab that runs is used as it is; one that had to be raised ends with the stack. */
export async function openLabDevices(
  bench: Bench,
  name: string | undefined,
  stack: DisposalStack,
): Promise<LabDevices> {
  const deadline = deadlineIn(systemClock, OPEN_MS);
  const lab = needsLab(bench) ? await raise(name, deadline, stack) : undefined;
  const control = lab && stack.use(await LabControl.open(lab.control, deadline));
  const slotReader = (slot: number) => openReader(lab?.readers[slot] ?? "", deadline, { pcscSocket: lab?.pcscSocket });
  const ofCard = bench.card.kind === "pcsc" ? openReader(bench.card.reader, deadline) : slotReader(CARD_SLOT);
  const reader = stack.use(await ofCard);
  const hand = control && bench.card.kind !== "pcsc" ? await openLabSlot(control, bench.card, reader) : noHand;
  if (hand === noHand) await reader.waitForCard(deadline);
  const lines = new Map<string, ByteStream>();
  for (const [index, { id, terminal }] of bench.terminals.entries()) {
    const at = terminal.kind === "serial" ? terminal : undefined;
    const path = at?.path ?? (index === 0 ? lab?.terminal : undefined);
    if (path !== undefined) lines.set(id, stack.use(await openLine(path, at?.baud ?? 9_600, deadline)));
  }
  return { lab, reader, hand, lines, psamReader: await openPsamReader() };

  async function openPsamReader(): Promise<CardReader | undefined> {
    const { psam } = bench;
    if (psam.kind === "pcsc") return stack.use(await openReader(psam.reader, deadline));
    if (psam.kind !== "vpcd" || !control) return undefined;
    await control.insert(PSAM_SLOT, { kind: "vpcd", port: psam.port }, deadline);
    const holder = stack.use(await slotReader(PSAM_SLOT));
    await holder.waitForCard(deadlineIn(systemClock, VPCD_MS));
    return holder;
  }
}

function needsLab(bench: Bench): boolean {
  return bench.kind === "virtual-lab" || bench.card.kind !== "pcsc" || bench.psam.kind === "vpcd";
}

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

function openLine(path: string, baudRate: number, deadline: Deadline): Promise<ByteStream> {
  return openSerial({ path, baudRate, dataBits: 8, parity: "even", stopBits: 1 }, deadline);
}
