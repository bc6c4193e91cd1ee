/** A bench with its devices replaced by the harness's own, one at a time: whose a failure is, is whose replacement heals it. */
import type { Bench } from "../bench/schema.ts";
import { type DeviceSpec, isPlayed } from "../bench/spec.ts";
import type { Variation } from "../defects/variation.ts";
import type { ReplacedDevice } from "../flows/station.ts";
import type { OpenOptions } from "./open-options.ts";
import { isReal } from "./real-reader.ts";

export interface ReplacedBench {
  readonly devices: readonly ReplacedDevice[];
  readonly by: string;
  readonly options: OpenOptions;
}

/** What of a variation makes which device another than the reference. */
const VARIED: Readonly<Record<ReplacedDevice, readonly (keyof Variation)[]>> = {
  card: ["card", "cardWriteOrder"],
  reader: ["reader", "readerT1"],
  psam: ["psam", "psamReader"],
  terminal: ["terminal", "terminalLine"],
};

/** PSAMs that are the reference itself. */
const OURS: readonly DeviceSpec["kind"][] = ["sim", "reader"];

/** One for each device of `options` that is not the reference itself, in the order in which they are tried. */
export function replacementsOf(options: OpenOptions): readonly ReplacedBench[] {
  return [cardReplaced(options), readerReplaced(options), psamReplaced(options), terminalReplaced(options)].filter(
    (each) => each !== undefined,
  );
}

function cardReplaced(options: OpenOptions): ReplacedBench | undefined {
  const { card } = options.bench;
  if (card.kind === "sim" && !isVaried(options, "card")) return undefined;
  const sim = { ...options.bench, card: { kind: "sim", card: isPlayed(card) ? card.card : undefined } } as const;
  if (!isReal(card)) return { devices: ["card"], by: "the harness's own card", options: without(options, "card", sim) };
  const replaced = without(options, "card", sim);
  const by = "the harness's own card in a reader of its own, since it cannot put one into yours";
  return { devices: ["card", "reader"], by, options: { ...replaced, readerInProcess: true } };
}

/** A reader that a person serves holds the card alone: there is no other for it. */
function readerReplaced(options: OpenOptions): ReplacedBench | undefined {
  const { bench, readerInProcess } = options;
  const by = "a reader in this process";
  if (bench.kind === "inproc") {
    return isVaried(options, "reader")
      ? { devices: ["reader"], by, options: without(options, "reader", bench) }
      : undefined;
  }
  if (isReal(bench.card) || readerInProcess) return undefined;
  const replaced = without(options, "reader", bench);
  if (!isAllOurs(bench)) return { devices: ["reader"], by, options: { ...replaced, readerInProcess: true } };
  return { devices: ["reader"], by, options: { ...replaced, bench: { ...bench, kind: "inproc" } } };
}

function psamReplaced(options: OpenOptions): ReplacedBench | undefined {
  const { bench } = options;
  const isOurs = [bench, ...bench.terminals].every(({ psam }) => OURS.includes(psam?.kind ?? "sim"));
  if (isOurs && !isVaried(options, "psam")) return undefined;
  const terminals = bench.terminals.map(({ psam: _, ...terminal }) => terminal);
  const sim: Bench = { ...bench, psam: { kind: "sim" }, terminals };
  return { devices: ["psam"], by: "the harness's own PSAM", options: without(options, "psam", sim) };
}

function terminalReplaced(options: OpenOptions): ReplacedBench | undefined {
  const { bench } = options;
  const isOurs = bench.terminals.every(({ terminal }) => terminal.kind === "sim");
  if (isOurs && !isVaried(options, "terminal")) return undefined;
  const terminals = bench.terminals.map((each) => ({ ...each, terminal: { kind: "sim" } as const }));
  const by = isOurs ? "the harness's own terminal" : "the harness's own terminal with a PSAM of its own";
  return {
    devices: isOurs ? ["terminal"] : ["terminal", "psam"],
    by,
    options: without(options, "terminal", { ...bench, terminals }),
  };
}

/** Every device but the reader is played in this process, or could be. */
function isAllOurs({ card, psam, terminals }: Bench): boolean {
  const specs = [card, psam, ...terminals.flatMap((each) => [each.terminal, each.psam ?? each.terminal])];
  return specs.every(({ kind }) => kind === "sim");
}

function isVaried({ variation }: OpenOptions, device: ReplacedDevice): boolean {
  const says = variation.says?.some(({ from }) => from === device) ?? false;
  return says || VARIED[device].some((key) => variation[key] !== undefined);
}

function without(options: OpenOptions, device: ReplacedDevice, bench: Bench): OpenOptions {
  const kept = Object.entries(options.variation).filter(([key]) => !VARIED[device].some((each) => each === key));
  const says = options.variation.says?.filter(({ from }) => from !== device);
  const variation: Variation = { ...Object.fromEntries(kept), ...(says === undefined ? {} : { says }) };
  return { ...options, bench, variation };
}
