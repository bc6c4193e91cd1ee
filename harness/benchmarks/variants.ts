/** FIG 4 to 7 side by side on virtual time: how often the parties speak, what passes, how long a terminal is taken, what it earns. */

import { loadBench } from "../bench/load.ts";
import type { Bench } from "../bench/schema.ts";
import { PursebenchError } from "../core/errors.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { PurseSystem, RecordedEvent } from "../flows/system.ts";
import { openStation } from "../station/index.ts";
import { countingRecord } from "../station/recorder.ts";
import { type CountedLink, type LinkTraffic, trafficOn } from "./traffic.ts";

export const FIGURES = ["FIG 4", "FIG 5", "FIG 6", "FIG 7"] as const;
export type Figure = (typeof FIGURES)[number];

/** Site of the bench `inproc` that sells by the figure, with nothing else agreed. */
const SITE_OF: Readonly<Record<Figure, string>> = {
  "FIG 4": "shop",
  "FIG 5": "fig5",
  "FIG 6": "fig6",
  "FIG 7": "fig7",
};

/** The one terminal of these measurements. */
const IDTERM = "00000001";
/** No wait of a role may end one of the many that wait for one terminal. */
const PATIENCE_MS = 600_000;

export interface VariantOptions {
  /** Of the terminal's line, bit/s. */
  readonly lineBauds: readonly number[];
  /** Of cable, 234 and 236, ms. */
  readonly networkRoundTripsMs: readonly number[];
  /** What a card takes for its debit, ms. */
  readonly cardDebitMs: number;
  /** Set-top boxes that buy at the same moment. */
  readonly boxes: number;
}

/** One figure at one speed of line and network. */
export interface VariantFigures {
  readonly figure: Figure;
  readonly lineBaud: number;
  readonly networkRoundTripMs: number;
  readonly traffic: Readonly<Record<CountedLink, LinkTraffic>>;
  /** From "terminal selected" to "terminal released" of one purchase, ms. */
  readonly occupancyMs: number;
  /** 1 - occupancy over that of FIG 4 at the same speeds. */
  readonly belowFig4: number;
  /** Sales a second of one terminal for which set-top boxes queue. */
  readonly salesPerSecond: number;
}

export interface VariantTable {
  readonly cardDebitMs: number;
  readonly boxes: number;
  readonly figures: readonly VariantFigures[];
}

type Alone = Omit<VariantFigures, "belowFig4">;

/** Every figure at every speed. `INTERNAL` when a purchase fails. */
export async function measureVariants(options: VariantOptions): Promise<VariantTable> {
  const figures: VariantFigures[] = [];
  for (const lineBaud of options.lineBauds) {
    for (const networkRoundTripMs of options.networkRoundTripsMs) {
      const here: Alone[] = [];
      for (const figure of FIGURES) here.push(await measureOne(figure, { ...options, lineBaud, networkRoundTripMs }));
      const base = here[0]?.occupancyMs ?? Number.NaN;
      figures.push(...here.map((each) => ({ ...each, belowFig4: 1 - each.occupancyMs / base })));
    }
  }
  return { cardDebitMs: options.cardDebitMs, boxes: options.boxes, figures };
}

interface Setting {
  readonly lineBaud: number;
  readonly networkRoundTripMs: number;
  readonly cardDebitMs: number;
  readonly boxes: number;
}

async function measureOne(figure: Figure, { boxes: count, ...speeds }: Setting): Promise<Alone> {
  const { lineBaud, networkRoundTripMs } = speeds;
  const SITE = SITE_OF[figure];
  let lineBytes = 0;
  const onLine = (_: string, bytes: Uint8Array) => {
    lineBytes += bytes.length;
  };
  const bench = benchOf(SITE);
  await using station = await openStation(
    { bench, iut: "card", variation: REFERENCE, pace: { ...speeds, onLine } },
    countingRecord(),
  );
  await using system = await station.systemFor("benchmark");
  const boxes = await system.boxes(count);
  await buyAtOnce(system, boxes.slice(0, 1), SITE); // opens the line and selects the PSAM's purse, once
  lineBytes = 0;
  const alone = await buyAtOnce(system, boxes.slice(0, 1), SITE);
  const traffic = trafficOf(alone, lineBytes);
  const crowd = await buyAtOnce(system, boxes, SITE);
  return {
    figure,
    lineBaud,
    networkRoundTripMs,
    traffic,
    occupancyMs: spanMs(alone),
    salesPerSecond: (count * 1000) / spanMs(crowd),
  };
}

/** What is recorded while each of `boxes` buys once, all from the same moment on. */
async function buyAtOnce(
  system: PurseSystem,
  boxes: Awaited<ReturnType<PurseSystem["boxes"]>>,
  SITE: string,
): Promise<readonly RecordedEvent[]> {
  const since = system.events().at(-1)?.n ?? 0;
  const outcomes = await Promise.all(boxes.map((box) => box.purchase({ SITE })));
  await system.idle();
  const failed = outcomes.find(({ CC }) => CC !== "0000");
  if (failed) throw new PursebenchError("INTERNAL", `a purchase at ${SITE} ended with ${failed.CC}`);
  return system.events(since);
}

/** From the first selection of a terminal to the last release, ms. */
function spanMs(events: readonly RecordedEvent[]): number {
  const first = events.find((event) => event.kind === "log" && event.entry === "terminal-selected");
  const last = events.findLast((event) => event.kind === "log" && event.entry === "terminal-released");
  if (!first || !last) throw new PursebenchError("INTERNAL", "no terminal was selected and released");
  return last.atMs - first.atMs;
}

function trafficOf(events: readonly RecordedEvent[], lineBytes: number): VariantFigures["traffic"] {
  return {
    cable: trafficOn(events, "cable"),
    "234": trafficOn(events, "234"),
    "236": trafficOn(events, "236"),
    LAN: trafficOn(events, "LAN"),
    line: { ...trafficOn(events, "line"), bytes: lineBytes },
  };
}

/** One site, one terminal, and nobody loses patience. */
function benchOf(SITE: string): Bench {
  const { bench } = loadBench("inproc");
  return {
    ...bench,
    sites: bench.sites.filter((site) => site.SITE === SITE),
    catalogue: bench.catalogue.filter((item) => item.SITE === SITE),
    terminals: bench.terminals.filter(({ id }) => id === IDTERM),
    timeouts: {
      paymentServerQueueMs: PATIENCE_MS,
      paymentServerDebitResponseMs: PATIENCE_MS,
      paymentServerFirstMessageMs: PATIENCE_MS,
      headEndServerMs: PATIENCE_MS,
      headEndSetTopBoxMs: PATIENCE_MS,
      setTopBoxHeadEndMs: PATIENCE_MS,
    },
  };
}
