/** A bench in one process: nothing but Node, virtual time, the same every time. Every case gets a system of its own. */
import { VirtualClock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { type Random, seededRandom } from "../core/random.ts";
import type { Preflight, PreflightNeeds, RecordEvent, Station } from "../flows/station.ts";
import { bookOpener, databaseOpener } from "./books.ts";
import { buildSystem } from "./build-system.ts";
import { buildDevices } from "./device-system.ts";
import { factsOf } from "./facts.ts";
import { psamData, testKeys } from "./fixtures.ts";
import { inProcessCarriers } from "./inproc-carriers.ts";
import { inprocDevices } from "./inproc-devices.ts";
import { inprocHardware } from "./inproc-hardware.ts";
import { Insides } from "./insides.ts";
import type { OpenOptions } from "./open-options.ts";
import { preflightOf } from "./preflight.ts";
import { devicesPreflight } from "./preflight-devices.ts";
import { timeoutsOf } from "./timeouts.ts";

const START = new Date("2026-08-02T10:15:00Z");

export async function openInproc(options: OpenOptions, record: RecordEvent): Promise<Station> {
  const { bench, variation, pace, keepsEvents } = options;
  const keys = testKeys(bench.keys);
  const start = bench.clockStart === undefined ? START : new Date(bench.clockStart);
  const facts = factsOf(bench, new VirtualClock(start), keys);
  const timeouts = timeoutsOf(bench.timeouts);
  const { currencies } = psamData("psam-1");
  const books = bookOpener(bench);
  const databases = databaseOpener(bench);
  const systemFor = (caseId: string | undefined) => {
    const clock = new VirtualClock(start);
    const random = randomOf(bench, caseId);
    const insides = new Insides();
    const { onCard, onPsam } = insides;
    return buildSystem({
      bench,
      facts,
      caseId,
      clock,
      random,
      record,
      keys,
      currencies,
      variation,
      timeouts,
      carriers: inProcessCarriers(),
      hardware: (use) => inprocHardware({ bench, keys, clock, random, variation, timeouts, pace, onCard, onPsam }, use),
      databases: (stack) => databases(clock, stack),
      books,
      pace,
      keepsEvents,
      insides,
    });
  };
  const devicesFor = (caseId: string | undefined) => {
    const clock = new VirtualClock(start);
    const random = randomOf(bench, caseId);
    const parts = { bench, keys, clock, random, variation, timeouts };
    return buildDevices({ facts, caseId, clock, record, places: (use) => inprocDevices(parts, use) });
  };
  return {
    facts,
    keys,
    identity: {
      bench: bench.name,
      iut: { role: options.iut, description: "reference implementation in process" },
      devices: [],
    },
    preflight: async (needs?: PreflightNeeds): Promise<Preflight> => {
      try {
        if (needs) {
          await using devices = await devicesFor(undefined);
          return await devicesPreflight(devices, needs);
        }
        await using system = await systemFor(undefined);
        return await preflightOf(system);
      } catch (thrown) {
        return { ok: false, owner: "bench", reason: messageOf(thrown), mend: "mend the bench description" };
      }
    },
    systemFor,
    devicesFor,
    release: async (system) => await system[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** A case that is run again, under "ID/…", meets the same. */
function randomOf({ name }: OpenOptions["bench"], caseId = "preflight"): Random {
  return seededRandom(`${name}/${caseId.split("/")[0]}`);
}
