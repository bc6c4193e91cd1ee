/** The devices of a lab one by one, as a device system uses them. */
import { terminalPlace } from "../bench/picture.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import type { SlotCard } from "../flows/devices.ts";
import type { CardKind } from "../flows/system.ts";
import { plugTerminal } from "../lab/terminal-plug.ts";
import { serveT1 } from "../link/serve-t1.ts";
import { countedLine } from "./counted-line.ts";
import type { DevicePlaces, LinePlace, PlacesUse, SlotPlace } from "./device-places.ts";
import type { LabDevices } from "./lab-devices.ts";
import type { LabParts } from "./lab-hardware.ts";
import { CARD_SLOT } from "./lab-slot.ts";
import { onDemand } from "./on-demand.ts";
import { lineOptions, playTerminal } from "./played-terminals.ts";
import { psamCard, psamInReader } from "./psam-exchange.ts";
import { simulatedPsam } from "./terminals.ts";

const HAND_MS = 10_000;

export function labPlaces(parts: LabParts, use: PlacesUse): DevicePlaces {
  const { devices, options } = parts;
  const { hand } = devices;
  const stack = new DisposalStack();
  let isIn = true;
  return {
    reader: options.variation.reader?.(devices.reader) ?? devices.reader,
    async insert(kind: CardKind) {
      if (isIn && !hand.exchanges) await hand.remove();
      await hand.insert(kind);
      isIn = true;
    },
    async remove() {
      await hand.remove();
      isIn = false;
    },
    tear: (tear, onTorn) =>
      hand.tear(tear, () => {
        isIn = false;
        onTorn();
      }),
    async psam({ kind }) {
      const [place] = devices.psamReaders.values();
      if (place && kind === undefined) {
        place.use();
        return place.reader;
      }
      const { keys } = parts;
      const card = psamCard(simulatedPsam({ keys, variation: options.variation }, 0, kind));
      return stack.use(virtualReader({ name: "PSAM in process", card }));
    },
    slot: (index) => labSlot(parts, index, stack),
    line: (IDTERM) => labLine(parts, use, IDTERM, stack),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

async function labSlot({ devices }: LabParts, index: number, stack: DisposalStack): Promise<SlotPlace> {
  if (!devices.slot) return heldSlot(devices, index);
  const slot = await devices.slot(index);
  stack.defer(() => slot.remove());
  return {
    reader: slot.reader,
    insert: (card: SlotCard) => slot.insert(card),
    remove: () => slot.remove(),
  };
}

/** The one slot of a bench that has no hand of its own: whatever card a person has put into it, or puts there when asked. */
function heldSlot({ reader, person }: LabDevices, index: number): SlotPlace {
  const refused = () =>
    new PursebenchError("USAGE", "the bench has no slots of its own", { mend: "use the virtual lab" });
  if (index !== CARD_SLOT) throw refused();
  const hand = person?.hand;
  if (hand) return { reader, insert: (card) => hand.insertPlain(card), remove: () => hand.removePlain() };
  const noHand = () => Promise.reject(refused());
  return { reader, insert: noHand, remove: noHand };
}

/** Off and on, a step each; undefined where nobody is there. */
function powerByHand({ person }: LabDevices, IDTERM: string): (() => Promise<void>) | undefined {
  if (!person) return undefined;
  const place = terminalPlace(IDTERM);
  return async () => {
    await person.desk.ask({ kind: "power-off", text: `Switch ${place} off`, place });
    await person.desk.ask({ kind: "power-on", text: `Switch ${place} on, and answer when it is ready`, place });
  };
}

async function labLine(parts: LabParts, use: PlacesUse, IDTERM: string, stack: DisposalStack): Promise<LinePlace> {
  const { devices, options, keys, timeouts } = parts;
  const { bench, variation } = options;
  const index = bench.terminals.findIndex(({ id }) => id === IDTERM);
  const fields = bench.terminals[index];
  const line = devices.lines.get(IDTERM);
  if (!fields || !line) {
    throw new PursebenchError("USAGE", `terminal ${IDTERM} is on no line of the bench ${bench.name}`, {
      mend: "name a terminal that is on one",
    });
  }
  if (fields.terminal.kind !== "sim" || line.plug === undefined) {
    return { stream: line.stream, powerCycle: powerByHand(devices, IDTERM) };
  }
  const holder = devices.psamReaders.get(IDTERM);
  const psam =
    holder &&
    onDemand(() => {
      holder.use();
      return psamInReader(holder.reader, stack, systemClock);
    });
  const wiring: Parameters<typeof playTerminal>[1] = { trace: () => undefined, onLink: (inner) => use.onSam(inner) };
  const played = playTerminal({ keys, clock: systemClock, variation, timeouts }, wiring, fields, index, psam);
  const plugged = stack.use(await plugTerminal(line.plug, deadlineIn(systemClock, HAND_MS)));
  const { near, far, arrived } = countedLine(line.stream, plugged, systemClock);
  const serve = () => serveT1(far, played.terminal, systemClock, lineOptions(variation));
  let serving = serve();
  stack.defer(async () => await serving[Symbol.asyncDispose]());
  return {
    stream: near,
    async powerCycle() {
      await serving[Symbol.asyncDispose]();
      const undo = far.onBytes(() => undefined); // without power nothing is heard
      await arrived();
      undo();
      await played.cutPower();
      serving = serve();
    },
  };
}
