import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { PursebenchError } from "../core/errors.ts";
import { benchFlaws } from "./flaws.ts";
import { didYouMean } from "./nearest.ts";
import { packageRoot } from "./package-root.ts";
import { type Bench, BenchSchema } from "./schema.ts";
import { type DeviceSpec, parseSpec } from "./spec.ts";
import { readYamlFile } from "./yaml-file.ts";

export interface LoadedBench {
  readonly bench: Bench;
  readonly file: string;
}

/** What a command line puts in place of what the file says. */
export interface BenchOverrides {
  readonly card?: string | undefined;
  readonly psam?: string | undefined;
  /** Goes to the first terminal. */
  readonly terminal?: string | undefined;
  /** Seconds, 1 to 600: how long to wait for a card that is not there yet. */
  readonly wait?: string | undefined;
  readonly goldenCard?: string | undefined;
  readonly goldenPsam?: string | undefined;
}

/**
 * The bench that `which` names: a file, or one of those that come along ("inproc", "virtual-lab"). Throws `USAGE` with
 * file, line, field, found, expected.
 */
export function loadBench(which: string, overrides: BenchOverrides = {}): LoadedBench {
  const file = benchFile(which);
  const bench = overridden(readYamlFile(file, BenchSchema, "bench description"), overrides);
  const [flaw] = benchFlaws(bench);
  if (flaw) throw new PursebenchError("USAGE", `${flaw.path.map(String).join(".")} for ${file}: ${flaw.message}`);
  const keys = bench.keys === undefined ? {} : { keys: resolve(dirname(file), bench.keys) };
  return { bench: { ...bench, ...keys }, file };
}

/** Names of the descriptions that come along. */
export function knownBenches(): string[] {
  const files = readdirSync(join(packageRoot(), "fixtures", "benches"));
  return files.filter((file) => file.endsWith(".yaml")).map((file) => basename(file, ".yaml"));
}

function benchFile(which: string): string {
  if (existsSync(which)) return which;
  const own = join(packageRoot(), "fixtures", "benches", `${which}.yaml`);
  if (/^[a-z0-9-]+$/.test(which) && existsSync(own)) return own;
  const known = knownBenches();
  throw new PursebenchError("USAGE", `no bench "${which}"${didYouMean(which, known)}`, {
    mend: `name a file, or one of: ${known.join(", ")}`,
  });
}

function overridden(bench: Bench, overrides: BenchOverrides): Bench {
  const { card, psam, terminal, wait } = overrides;
  return {
    ...bench,
    golden: goldenOf(bench, overrides),
    ...(card === undefined ? {} : withCard(bench, parseSpec(card, "card"))),
    ...(psam === undefined ? {} : { psam: parseSpec(psam, "psam") }),
    ...(terminal === undefined ? {} : { terminals: withFirst(bench, parseSpec(terminal, "terminal")) }),
    ...(wait === undefined ? {} : { waitForCardMs: parseSeconds(wait) * 1_000 }),
  };
}

function goldenOf({ golden }: Bench, { goldenCard, goldenPsam }: BenchOverrides): Bench["golden"] {
  return {
    ...golden,
    ...(goldenCard === undefined ? {} : { card: parseSpec(goldenCard, "card") }),
    ...(goldenPsam === undefined ? {} : { psam: parseSpec(goldenPsam, "psam") }),
  };
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= 600) return seconds;
  throw new PursebenchError("USAGE", `--wait: found "${text}", expected a number of seconds from 1 to 600`, {
    mend: "for example: --wait 60",
  });
}

/** Cards at hand are for a reader that a person serves. */
function withCard({ cardsAtHand }: Bench, card: DeviceSpec): Pick<Bench, "card" | "cardsAtHand"> {
  return { card, cardsAtHand: card.kind === "pcsc" || card.kind === "serial" ? cardsAtHand : [] };
}

function withFirst({ terminals }: Bench, spec: DeviceSpec): Bench["terminals"] {
  return terminals.map((each, index) => (index === 0 ? { ...each, terminal: spec } : each));
}
