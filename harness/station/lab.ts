/** Benches with real devices, or with virtual ones at the far ends of real drivers: real time, sockets between the servers. */
import type { Bench } from "../bench/schema.ts";
import { psamOf } from "../bench/serving.ts";
import { isOwnPsamCard, isPlayed } from "../bench/spec.ts";
import { systemClock } from "../core/clock.ts";
import { DisposalStack } from "../core/disposal.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { systemRandom } from "../core/random.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import { createTestCa } from "../device/network/test-ca.ts";
import type { DeviceSystem } from "../flows/devices.ts";
import { momentOf, type Preflight, type RecordEvent, type Station } from "../flows/station.ts";
import type { SystemFacts } from "../flows/system.ts";
import { bookOpener, databaseOpener } from "./books.ts";
import { type BuildOptions, buildSystem } from "./build-system.ts";
import { buildDevices } from "./device-system.ts";
import { factsOf } from "./facts.ts";
import { PSAM_KINDS, psamData, testKeys } from "./fixtures.ts";
import { handOffersOf } from "./hand-offers.ts";
import { openLabDevices } from "./lab-devices.ts";
import { cardsOf, labHardware } from "./lab-hardware.ts";
import { labPlaces } from "./lab-places.ts";
import { measureLatencies } from "./latencies.ts";
import type { OpenOptions } from "./open-options.ts";
import { preflightOf } from "./preflight.ts";
import { devicesPreflight } from "./preflight-devices.ts";
import { isReal } from "./real-reader.ts";
import { socketCarriers } from "./socket-carriers.ts";
import { identifierOf } from "./specimens.ts";
import { timeoutsOf } from "./timeouts.ts";

export async function openLab(options: OpenOptions, record: RecordEvent): Promise<Station> {
  const stack = new DisposalStack();
  try {
    return await openParts(options, record, stack);
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function openParts(options: OpenOptions, record: RecordEvent, stack: DisposalStack): Promise<Station> {
  const { bench, variation } = options;
  const keys = testKeys(bench.keys);
  const timeouts = timeoutsOf(bench.timeouts);
  const devices = await openLabDevices(options, stack);
  const databases = databaseOpener(bench);
  const facts = labFacts(options, keys);
  const common: Omit<BuildOptions, "caseId"> = {
    bench,
    facts,
    clock: systemClock,
    random: systemRandom,
    record,
    keys,
    currencies: psamData("psam-1").currencies,
    variation,
    timeouts,
    carriers: stack.use(await carriersOf(record)),
    hardware: (use) => labHardware({ options, keys, timeouts, devices }, use),
    books: bookOpener(bench),
    databases: (own) => databases(systemClock, own),
    pace: options.pace,
  };
  const systemFor = async (caseId: string | undefined) => {
    await devices.hand.restore();
    for (const psam of devices.psamReaders.values()) await psam.renew();
    return await buildSystem({ ...common, caseId });
  };
  const devicesFor = async (caseId: string | undefined) => {
    await devices.hand.restore();
    for (const psam of devices.psamReaders.values()) await psam.renew();
    const parts = { options, keys, timeouts, devices };
    return await buildDevices({ facts, caseId, clock: systemClock, record, places: (use) => labPlaces(parts, use) });
  };
  const identifier = identifierOf(bench);
  const alone = async <T>(look: (devices: DeviceSystem) => Promise<T>): Promise<T> => {
    await using devices = await devicesFor(undefined);
    return await look(devices);
  };
  return {
    facts,
    keys,
    identify: identifier && (() => alone(identifier)),
    measure: () => alone((system) => measureLatencies(system, [...devices.lines.keys()])),
    identity: {
      bench: bench.name,
      iut: { role: options.iut, description: describeCard(bench) },
      devices: [{ name: devices.reader.name, version: "behind PC/SC" }],
    },
    preflight: (needs) =>
      preflight(async () => {
        if (!needs) {
          await using system = await systemFor(undefined);
          return await preflightOf(system);
        }
        await using alone = await devicesFor(undefined);
        return await devicesPreflight(alone, needs);
      }),
    systemFor,
    devicesFor,
    release: async (system) => await system[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

async function preflight(look: () => Promise<Preflight>): Promise<Preflight> {
  try {
    return await look();
  } catch (thrown) {
    const known = thrown instanceof PursebenchError ? thrown : undefined;
    const mend = known?.mend ?? "run `pursebench doctor` and mend what it names";
    return { ok: false, owner: known?.owner ?? "bench", reason: messageOf(thrown), mend };
  }
}

async function carriersOf(record: RecordEvent) {
  const ca = await createTestCa({ now: systemClock.wall() });
  const onFailure = (thrown: unknown) => {
    record({ kind: "note", text: `a server session ended with ${messageOf(thrown)}` }, momentOf(systemClock));
  };
  return socketCarriers({ clock: systemClock, ca: ca.certificate, tls: await ca.issue(), onFailure });
}

/** What can be seen and done depends on which devices are our own. */
function labFacts(options: OpenOptions, keys: TestKeySet): SystemFacts {
  const { bench } = options;
  const facts = factsOf(bench, systemClock, keys);
  return {
    ...facts,
    offers: {
      ...facts.offers,
      cards: cardsOf(bench),
      removal: !isReal(bench.card),
      byHand: handOffersOf(bench, options.operator !== undefined),
      ...deviceOffers(options),
    },
  };
}

/** What can be done to the devices one by one. Slot 1 is for PSAMs that a program plays, from 2 on the played ones are. */
function deviceOffers({ bench, readerInProcess }: OpenOptions) {
  const isOwnReader = isPlayed(bench.card) && !readerInProcess;
  const psams = bench.terminals.map((each, index) => psamOf(each, index, bench.psam));
  const [inReader] = psams.filter((each) => each !== undefined && each.kind !== "sim" && each.kind !== "serial");
  const isOwn = inReader === undefined || isOwnPsamCard(inReader);
  return {
    psam: psams.some((each) => each !== undefined),
    psamKinds: isOwn ? PSAM_KINDS : [],
    slots: isOwnReader ? 2 : 0,
    mischief: isOwnReader,
    terminalPower: bench.terminals[0]?.terminal.kind === "sim",
  };
}

function describeCard({ card }: Bench): string {
  switch (card.kind) {
    case "pcsc":
      return `card in the reader "${card.reader}"`;
    case "serial":
      return `card in the interface at ${card.path}`;
    case "vpcd":
      return `card that another program plays over vpcd, port ${card.port}`;
    case "javacard":
      return `test applet in a Java Card runtime (${card.card ?? "specimen"}) in the virtual reader`;
    case "sim":
      return `simulated card (${card.card ?? "specimen"}) in the virtual reader`;
    default:
      return "simulated card in the virtual reader";
  }
}
