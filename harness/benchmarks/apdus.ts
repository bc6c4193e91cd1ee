/** What the harness costs a command APDU: its whole stack with evidence, against a plain C loop on the same reader. */
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardChannel, CardReader } from "../device/contracts.ts";
import { openReader } from "../device/pcsc/open-reader.ts";
import type { RecordEvent } from "../flows/station.ts";
import { LabControl } from "../lab/control/client.ts";
import type { LabState } from "../lab/state-file.ts";
import { encodeGetBalanceCommand, parseGetBalanceResponse } from "../protocol/messages/get-balance.ts";
import { encodeSelectCommand } from "../protocol/messages/select-purse.ts";
import { Links } from "../station/links.ts";
import { readerFor } from "../station/reader.ts";
import { Recorder } from "../station/recorder.ts";
import { scratchDirectory, scratchEvidence } from "./scratch.ts";
import { median } from "./statistics.ts";
import { compileYardstick, type Yardstick } from "./yardstick.ts";

export interface ApduRate {
  readonly apdusPerRun: number;
  readonly runs: number;
  /** APDUs a second of the C loop; median of the runs. */
  readonly c: number;
  /** APDUs a second through reader, recorder, fault board and evidence; median of the runs. */
  readonly harness: number;
  /** `harness` over `c`, each pair of runs by itself; median. */
  readonly ratio: number;
}

interface Pair {
  readonly c: number;
  readonly harness: number;
}

const SLOT = 0;
const PATIENCE_MS = 60_000;
/** What a set-top box grants a card. */
const CARD_MS = 5_000;

/**
 * `runs` times C and harness in turn, `count` APDUs each, on a card in the first slot of `lab`. Neighbours on the machine
 * slow both of a pair alike, so the pairs are compared, not the sums.
 */
export async function measureApdus(lab: LabState, count: number, runs: number): Promise<ApduRate> {
  using folder = scratchDirectory();
  const yardstick = await compileYardstick(folder.path);
  await using control = await LabControl.open(lab.control, patience());
  await control.insert(SLOT, { kind: "sim", fresh: true }, patience());
  const name = lab.readers[SLOT] ?? "";
  await using reader = await openReader(name, patience(), { pcscSocket: lab.pcscSocket });
  await reader.waitForCard(patience());
  const pairs: Pair[] = [];
  for (let run = 0; run < runs; run++) pairs.push(await measurePair({ yardstick, reader, lab, count }));
  return {
    apdusPerRun: count,
    runs,
    c: median(pairs.map(({ c }) => c)),
    harness: median(pairs.map(({ harness }) => harness)),
    ratio: median(pairs.map(({ c, harness }) => harness / c)),
  };
}

interface PairParts {
  readonly yardstick: Yardstick;
  readonly reader: CardReader;
  readonly lab: LabState;
  readonly count: number;
}

async function measurePair({ yardstick, reader, lab, count }: PairParts): Promise<Pair> {
  const c = await yardstick.apdusPerSecond(lab.pcscSocket, reader.name, count);
  await using scratch = scratchEvidence("virtual-lab");
  const harness = await throughHarness(reader, scratch.evidence.record, count);
  await scratch.evidence.flush();
  return { c, harness };
}

/** Decorated as every system of the station decorates its reader. */
async function throughHarness(reader: CardReader, record: RecordEvent, count: number): Promise<number> {
  const { sink } = new Recorder(systemClock, record, "benchmark");
  const view = readerFor(reader, { link: "235", near: "set-top-box", far: "card" }, new Links(sink, []), sink);
  await using channel = await view.connect(patience());
  await ask(channel, encodeSelectCommand());
  const command = encodeGetBalanceCommand();
  const before = performance.now();
  let answer: Uint8Array = command;
  for (let n = 0; n < count; n++) answer = await ask(channel, command);
  const seconds = (performance.now() - before) / 1000;
  const balance = parseGetBalanceResponse(answer);
  if (balance.kind !== "answer") throw new PursebenchError("INTERNAL", "GET BALANCE was not answered with a balance");
  return count / seconds;
}

function ask(channel: CardChannel, command: Uint8Array): Promise<Uint8Array> {
  return channel.transmit(command, deadlineIn(systemClock, CARD_MS));
}

function patience() {
  return deadlineIn(systemClock, PATIENCE_MS);
}
