/** The terminals of one payment server: through its concentrator on the LAN, or directly on their lines. */
import type { Clock } from "../core/clock.ts";
import { PursebenchError } from "../core/errors.ts";
import type { TraceSink } from "../core/trace.ts";
import type { Variation } from "../defects/variation.ts";
import type { PaymentServerName, SystemFacts, TerminalFacts } from "../flows/system.ts";
import type { Exchange, TerminalAccess } from "../link/exchange.ts";
import { directTerminals } from "../roles/concentrator/direct-terminals.ts";
import { lanTerminals } from "../roles/concentrator/lan-terminals.ts";
import { concentrator } from "../roles/concentrator/model.ts";
import { routedTerminals } from "../roles/concentrator/routed-terminals.ts";
import { serveConcentrator } from "../roles/concentrator/serve.ts";
import { type DrivenTerminal, drivenTerminal } from "../roles/terminal/driven.ts";
import { terminal } from "../roles/terminal/model.ts";
import { memoryStore, type TerminalStore } from "../roles/terminal/store.ts";
import type { Carriers, Reachable } from "./carriers.ts";
import { later } from "./later.ts";
import type { Links } from "./links.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface TerminalNetworkParts {
  readonly name: PaymentServerName;
  readonly facts: SystemFacts;
  readonly carriers: Carriers;
  readonly lines: ReadonlyMap<string, Exchange>;
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly links: Links;
  readonly timeouts: SystemTimeouts;
  readonly variation: Variation;
}

/** A dumb terminal as its payment server drives it, with the data store that the server keeps for it. */
interface Driver {
  readonly facts: TerminalFacts;
  readonly store: TerminalStore;
  driven: DrivenTerminal | undefined;
}

/** Location that the payment server gives for terminals that know of none, BCD. */
const LOC = "04900001";

export class TerminalNetwork implements AsyncDisposable {
  readonly #parts: TerminalNetworkParts;
  readonly #terminals: readonly TerminalFacts[];
  readonly #drivers: readonly Driver[];
  #concentrator: Reachable | undefined;
  #lan: (TerminalAccess & AsyncDisposable) | undefined;

  private constructor(parts: TerminalNetworkParts) {
    this.#parts = parts;
    this.#terminals = parts.facts.terminals.filter(({ server }) => server === parts.name);
    const dumb = this.#terminals.filter(({ kind }) => kind === "dumb");
    this.#drivers = dumb.map((facts) => ({ facts, store: memoryStore(), driven: undefined }));
  }

  static async start(parts: TerminalNetworkParts): Promise<TerminalNetwork> {
    const network = new TerminalNetwork(parts);
    await network.#startConcentrator();
    return network;
  }

  get ids(): readonly string[] {
    return this.#terminals.map(({ IDTERM }) => IDTERM);
  }

  /** The terminals for a payment server that starts, each reached in exactly one way; drivers of dumb ones start with it. */
  forServer(): TerminalAccess {
    const ways = this.#ways();
    for (const driver of this.#drivers) driver.driven = this.#drive(driver, ways.get(driver.facts.IDTERM));
    return routedTerminals(this.#withDrivers(ways));
  }

  /** The drivers crash with their payment server; what they have stored stays. */
  async stopDrivers(): Promise<void> {
    for (const driver of this.#drivers) {
      await driver.driven?.[Symbol.asyncDispose]();
      driver.driven = undefined;
    }
  }

  /** As the harness itself asks them: on their lines, and through its server where a terminal is dumb. */
  get own(): ReadonlyMap<string, TerminalAccess> {
    const direct = directTerminals(this.#parts.lines);
    return this.#withDrivers(new Map(this.ids.map((id) => [id, direct])));
  }

  async restartConcentrator(): Promise<void> {
    if (!this.#concentrator) return;
    await this.#concentrator[Symbol.asyncDispose]();
    await this.#startConcentrator();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopDrivers();
    await this.#lan?.[Symbol.asyncDispose]();
    await this.#concentrator?.[Symbol.asyncDispose]();
  }

  async #startConcentrator(): Promise<void> {
    const { clock, trace, carriers, variation, timeouts, name, links } = this.#parts;
    const behind = this.#reachedBy("concentrator");
    if (behind.size === 0) return;
    const role = variation.concentrator?.(concentrator) ?? concentrator;
    const { terminalMs } = timeouts.paymentServer;
    const serve = serveConcentrator({ lines: behind, clock, trace, role, timeouts: { terminalMs } });
    this.#concentrator = await carriers.serve("LAN", serve, this.#concentrator);
    const way = later(() => this.#concentrator?.connector, "concentrator");
    this.#lan ??= lanTerminals(links.connector(way, { link: "LAN", near: name, far: "concentrator" }), clock);
  }

  #ways(): Map<string, TerminalAccess> {
    const direct = directTerminals(this.#reachedBy("direct"));
    return new Map(
      this.#terminals.map(({ IDTERM, reach }) => [IDTERM, reach === "direct" ? direct : (this.#lan ?? direct)]),
    );
  }

  #withDrivers(ways: ReadonlyMap<string, TerminalAccess>): ReadonlyMap<string, TerminalAccess> {
    const driven = this.#drivers.map((driver): [string, TerminalAccess] => {
      const access: TerminalAccess = {
        async exchange(IDTERM, message, deadline) {
          if (driver.driven) return await driver.driven.exchange(message, deadline);
          throw new PursebenchError("SERVICE_ABSENT", `nobody drives terminal ${IDTERM}`, { owner: "server" });
        },
      };
      return [driver.facts.IDTERM, access];
    });
    return new Map([...ways, ...driven]);
  }

  #drive({ facts, store }: Driver, access: TerminalAccess | undefined): DrivenTerminal {
    const { clock, trace, timeouts, variation, name } = this.#parts;
    const { IDTERM } = facts;
    if (!access) throw new PursebenchError("INTERNAL", `no way to the dumb terminal ${IDTERM}`);
    return drivenTerminal({
      identity: { IDTERM, LOC },
      access,
      store,
      server: name,
      clock,
      trace,
      // longer than the concentrator waits, so that no late answer is taken for the next one
      timeouts: { psamMs: timeouts.paymentServer.terminalMs * 1.125 },
      role: variation.terminal?.(terminal) ?? terminal,
    });
  }

  #reachedBy(way: TerminalFacts["reach"]): ReadonlyMap<string, Exchange> {
    const reached = new Set(this.#terminals.filter(({ reach }) => reach === way).map(({ IDTERM }) => IDTERM));
    return new Map([...this.#parts.lines].filter(([IDTERM]) => reached.has(IDTERM)));
  }
}
