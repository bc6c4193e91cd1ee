/** A bench as boxes and places, for people who have to find the right one: drawn as text (`picture-text.ts`) and as SVG (`picture-svg.ts`). */
import type { Bench } from "./schema.ts";
import { psamOf } from "./serving.ts";
import type { TerminalFields } from "./site-fields.ts";
import { type DeviceSpec, isOwnPsamCard } from "./spec.ts";

/** One thing on the table. */
export interface PictureBox {
  readonly kind: "reader" | "slot" | "terminal" | "psam" | "table" | "card";
  /** What it is called in prompts, e.g. "slot 1", "terminal 00000001"; unique in a picture. */
  readonly place: string;
  /** What it says on it, or what is in it. */
  readonly label: string;
  /** What joins it to the PC, e.g. "PC/SC", "/dev/ttyUSB0 at 9600 baud"; absent for what lies in another box or on the table. */
  readonly wire?: string;
  readonly holds: readonly PictureBox[];
}

export interface BenchPicture {
  /** The bench's name. */
  readonly name: string;
  /** What the PC plays by itself, a line each. */
  readonly pc: readonly string[];
  /** From top to bottom. */
  readonly boxes: readonly PictureBox[];
}

/** Where the card under test goes. */
export const CARD_PLACE = "slot 1";
/** Where cards lie that are not in a reader. */
export const TABLE_PLACE = "the table";

/** The place of a terminal, as prompts and pictures name it. */
export function terminalPlace(IDTERM: string): string {
  return `terminal ${IDTERM}`;
}

/** The place of the security card that terminal uses, where it is a card of its own in a reader. */
export function psamPlace(IDTERM: string): string {
  return `PSAM of terminal ${IDTERM}`;
}

/** The picture of a bench. What is played without a device of its own is named in the PC's box. */
export function pictureOf(bench: Bench): BenchPicture {
  const psams = bench.terminals.flatMap((each, index) => {
    const psam = psamOf(each, index, bench.psam);
    return psam ? [{ IDTERM: each.id, psam }] : [];
  });
  const inLab = psams.filter(({ psam }) => psam.kind === "vpcd" || isOwnPsamCard(psam));
  return {
    name: bench.name,
    pc: playedBy(bench),
    boxes: [
      ...cardReader(bench, inLab),
      ...psams.flatMap(({ IDTERM, psam }) => (psam.kind === "pcsc" ? [psamReader(IDTERM, psam.reader)] : [])),
      ...bench.terminals.flatMap(realTerminal),
      ...table(bench),
    ],
  };
}

/** Every box of a picture, those inside of others too. */
export function boxesOf({ boxes }: Pick<BenchPicture, "boxes">): readonly PictureBox[] {
  return boxes.flatMap((box) => [box, ...boxesOf({ boxes: box.holds })]);
}

function playedBy(bench: Bench): readonly string[] {
  const sims = bench.terminals.filter(({ terminal }) => terminal.kind === "sim").length;
  const isInside = bench.kind === "inproc" || (bench.card.kind === "sim" && bench.kind === "lab");
  return [
    "set-top box, head end",
    "servers",
    ...(sims > 0 ? [sims === 1 ? "1 terminal" : `${sims} terminals`] : []),
    ...(isInside ? [`card (${playedLabel(bench.card)})`] : []),
  ];
}

interface OwnPsam {
  readonly IDTERM: string;
  readonly psam: DeviceSpec;
}

function cardReader(bench: Bench, inLab: readonly OwnPsam[]): PictureBox[] {
  const { card, kind } = bench;
  if (kind === "inproc") return [];
  const psams = inLab.map(({ IDTERM, psam }): PictureBox => {
    return { kind: "psam", place: psamPlace(IDTERM), label: playedLabel(psam), holds: [] };
  });
  if (card.kind === "pcsc" || card.kind === "serial") {
    const wire = card.kind === "pcsc" ? "PC/SC" : serialWire(card);
    const label = card.kind === "pcsc" ? card.reader : "card interface";
    const own = readerBox("reader", label, wire, [slotBox("card under test")]);
    return psams.length === 0 ? [own] : [own, readerBox("virtual reader", "virtual reader", "PC/SC", psams)];
  }
  if (kind === "lab" && card.kind === "sim" && psams.length === 0) return [];
  return [readerBox("reader", "virtual reader", "PC/SC", [slotBox(playedLabel(card)), ...psams])];
}

function readerBox(place: string, label: string, wire: string, holds: readonly PictureBox[]): PictureBox {
  return { kind: "reader", place, label, wire, holds };
}

function slotBox(label: string): PictureBox {
  return { kind: "slot", place: CARD_PLACE, label, holds: [] };
}

function psamReader(IDTERM: string, reader: string): PictureBox {
  const slot: PictureBox = { kind: "psam", place: psamPlace(IDTERM), label: "security card", holds: [] };
  return readerBox(`reader of the ${psamPlace(IDTERM)}`, reader, "PC/SC", [slot]);
}

function realTerminal({ id, terminal }: TerminalFields): PictureBox[] {
  if (terminal.kind !== "serial") return [];
  const label = "with its own security card inside";
  return [{ kind: "terminal", place: terminalPlace(id), label, wire: serialWire(terminal), holds: [] }];
}

function table({ cardsAtHand }: Bench): PictureBox[] {
  if (cardsAtHand.length === 0) return [];
  const holds = cardsAtHand.map(({ kind, label }): PictureBox => {
    return { kind: "card", place: `card ${kind}`, label, holds: [] };
  });
  return [{ kind: "table", place: TABLE_PLACE, label: "cards at hand", holds }];
}

function serialWire({ path, baud }: Extract<DeviceSpec, { kind: "serial" }>): string {
  return `${path} at ${baud} baud`;
}

function playedLabel(spec: DeviceSpec): string {
  switch (spec.kind) {
    case "sim":
      return `simulated, ${spec.card ?? "specimen"}`;
    case "javacard":
      return "test applet in a Java Card runtime";
    case "reader":
      return "simulated security card";
    case "vpcd":
      return `program at TCP port ${spec.port}`;
    case "pcsc":
      return spec.reader;
    case "serial":
      return spec.path;
  }
}
