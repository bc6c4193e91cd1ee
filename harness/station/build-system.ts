/** Puts one system together: hardware, servers, set-top box, with every link recorded and disturbable. */
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import { DisposalStack } from "../core/disposal.ts";
import type { Random } from "../core/random.ts";
import type { TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { RecordEvent } from "../flows/station.ts";
import type { SystemFacts } from "../flows/system.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange } from "../link/exchange.ts";
import { directTerminals } from "../roles/concentrator/direct-terminals.ts";
import type { PaymentDatabase } from "../roles/payment-server/database/contracts.ts";
import { setTopBox } from "../roles/set-top-box/model.ts";
import { createSetTopBox } from "../roles/set-top-box/serve.ts";
import type { Carriers } from "./carriers.ts";
import type { Hardware, HardwareUse } from "./hardware.ts";
import { Links } from "./links.ts";
import { BenchSystem } from "./purse-system.ts";
import { readerFor } from "./reader.ts";
import { Recorder } from "./recorder.ts";
import { Servers } from "./servers.ts";
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
  /** The payment server's database; what shall be closed with the system goes onto `stack`. */
  readonly database: (stack: DisposalStack) => Promise<PaymentDatabase>;
}

export async function buildSystem(options: BuildOptions): Promise<BenchSystem> {
  const { bench, clock, random, keys, variation, timeouts } = options;
  const recorder = new Recorder(clock, options.record, options.caseId);
  const trace: TraceSink = variation.trace?.(recorder.sink) ?? recorder.sink;
  const links = new Links(trace, variation.says ?? []);
  const onLink = (inner: Exchange, ends: Ends) => links.exchange(inner, ends);
  const stack = new DisposalStack();
  try {
    const hardware = stack.use(await options.hardware({ trace, onLink }));
    const database = await options.database(stack);
    const servers = stack.use(
      await Servers.start({
        facts: options.facts,
        catalogue: bench.catalogue,
        currencies: options.currencies,
        carriers: options.carriers,
        lines: hardware.lines,
        hasConcentrator: bench.concentrator,
        database,
        keys,
        clock,
        random,
        trace,
        links,
        timeouts,
        variation,
      }),
    );
    const facts = factsUp(options.facts, servers);
    const box = createSetTopBox({
      reader: readerFor(hardware.reader, { link: "235", near: "set-top-box", far: "card" }, links, trace),
      headEnd: servers.headEnd,
      clock,
      random,
      trace,
      timeouts: timeouts.setTopBox,
      role: variation.setTopBox?.(setTopBox) ?? setTopBox,
    });
    stack.use(box);
    const ownReader = readerFor(hardware.reader, { link: "235", near: "bench", far: "card" }, links, trace);
    return new BenchSystem({
      facts,
      clock,
      recorder,
      board: links.board,
      hardware,
      ownReader,
      servers,
      setTopBox: box,
      database,
      ownTerminals: directTerminals(hardware.lines),
      dispose: () => stack[Symbol.asyncDispose](),
    });
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** The facts with the addresses that are really in use. */
function factsUp(facts: SystemFacts, servers: Servers): SystemFacts {
  const sites = facts.sites.map((site) => ({ ...site, origin: servers.origins.get(site.SITE) ?? site.origin }));
  return { ...facts, sites, paymentServer: servers.paymentAddress };
}
