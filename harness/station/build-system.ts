/** Puts one system together: hardware, servers, set-top box, with every link recorded and disturbable. */
import type { Bench } from "../bench/schema.ts";
import { isPlayed } from "../bench/spec.ts";
import type { Clock } from "../core/clock.ts";
import { DisposalStack } from "../core/disposal.ts";
import type { Random } from "../core/random.ts";
import type { TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { CardReader } from "../device/contracts.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import type { RecordEvent } from "../flows/station.ts";
import type { SystemFacts } from "../flows/system.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange } from "../link/exchange.ts";
import { card } from "../roles/card/model.ts";
import { setTopBox } from "../roles/set-top-box/model.ts";
import { createSetTopBox } from "../roles/set-top-box/serve.ts";
import { boxCard } from "./box-card.ts";
import { Boxes, type BoxParts } from "./boxes.ts";
import type { Carriers } from "./carriers.ts";
import type { Hardware, HardwareUse } from "./hardware.ts";
import type { Insides } from "./insides.ts";
import { Links } from "./links.ts";
import { type Pace, pacedCarriers, readerAtPace } from "./pace.ts";
import { BenchSystem } from "./purse-system.ts";
import { readerFor } from "./reader.ts";
import { Recorder } from "./recorder.ts";
import { type ServerParts, Servers } from "./servers.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface BuildOptions {
  readonly bench: Bench;
  readonly facts: SystemFacts;
  readonly caseId: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly record: RecordEvent;
  readonly keys: TestKeySet;
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
  readonly variation: Variation;
  readonly timeouts: SystemTimeouts;
  readonly carriers: Carriers;
  readonly hardware: (use: HardwareUse) => Promise<Hardware> | Hardware;
  readonly books: ServerParts["books"];
  /** The databases of the payment servers; what shall be closed with the system goes onto `stack`. */
  readonly databases: (stack: DisposalStack) => Promise<ServerParts["databases"]>;
  /** Network and lines take their time; none when absent. `hardware` knows of it as well. */
  readonly pace?: Pace | undefined;
  /** False: events are passed on to `record` alone. */
  readonly keepsEvents?: boolean | undefined;
  /** Where all devices are objects of this process: what they keep. */
  readonly insides?: Insides | undefined;
}

export async function buildSystem(options: BuildOptions): Promise<BenchSystem> {
  const { bench, clock, random, keys, variation, timeouts } = options;
  const recorder = new Recorder(clock, options.record, options.caseId, options.keepsEvents);
  const trace: TraceSink = variation.trace?.(recorder.sink) ?? recorder.sink;
  const links = new Links(trace, variation.says ?? []);
  const onLink = (inner: Exchange, ends: Ends) => links.exchange(inner, ends);
  const stack = new DisposalStack();
  try {
    const hardware = stack.use(await options.hardware({ trace, onLink }));
    const servers = stack.use(await startServers(options, { hardware, trace, links }, stack));
    const facts = factsUp(options.facts, servers);
    const boxOn = (reader: CardReader): BoxParts => ({
      setTopBox: stack.use(
        createSetTopBox({
          reader: readerFor(
            readerAtPace(reader, options.pace, clock),
            { link: "235", near: "set-top-box", far: "card" },
            links,
            trace,
          ),
          headEnd: servers.headEnd,
          clock,
          random,
          trace,
          timeouts: timeouts.setTopBox,
          role: variation.setTopBox?.(setTopBox) ?? setTopBox,
        }),
      ),
      ownReader: readerFor(reader, { link: "235", near: "bench", far: "card" }, links, trace),
    });
    const cardParts = { keys, random, role: variation.card?.(card) ?? card, onCard: options.insides?.onCard };
    const like = isPlayed(bench.card) ? (bench.card.card ?? "specimen") : "specimen";
    const oneMore = (index: number) => {
      const program = boxCard(index, like, cardParts);
      return boxOn(stack.use(virtualReader({ name: `card program of set-top box ${index + 1}`, card: program })));
    };
    return new BenchSystem({
      facts,
      clock,
      recorder,
      board: links.board,
      hardware,
      servers,
      ...boxOn(hardware.reader),
      boxes: new Boxes(facts, clock, oneMore),
      insides: options.insides,
      dispose: () => stack[Symbol.asyncDispose](),
    });
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
}

interface Around {
  readonly hardware: Hardware;
  readonly trace: TraceSink;
  readonly links: Links;
}

async function startServers(options: BuildOptions, around: Around, stack: DisposalStack): Promise<Servers> {
  const { bench, clock, carriers, pace } = options;
  return await Servers.start({
    bench,
    books: options.books,
    facts: options.facts,
    catalogue: bench.catalogue,
    currencies: options.currencies,
    carriers: pace ? pacedCarriers(carriers, pace, clock) : carriers,
    lines: around.hardware.lines,
    databases: await options.databases(stack),
    addresses: { "payment-server": bench.paymentServer, "head-end-payment-server": bench.headEndPaymentServer },
    announceDebit: bench.announceDebit,
    keys: options.keys,
    clock,
    random: options.random,
    trace: around.trace,
    links: around.links,
    timeouts: options.timeouts,
    variation: options.variation,
  });
}

/** The facts with the addresses that are really in use. */
function factsUp(facts: SystemFacts, servers: Servers): SystemFacts {
  const sites = facts.sites.map((site) => ({ ...site, origin: servers.sites.origins.get(site.SITE) ?? site.origin }));
  const { paymentServer, loadServer } = { paymentServer: servers.paymentAddress, loadServer: facts.loadServer };
  if (facts.loadSites.length === 0) return { ...facts, sites, paymentServer };
  const { origins, address } = servers.loading;
  const loadSites = facts.loadSites.map((site) => ({ ...site, origin: origins.get(site.SITE) ?? site.origin }));
  return { ...facts, sites, paymentServer, loadSites, loadServer: { ...loadServer, ...address } };
}
