/** Loading as a case sees it, over the servers of one system; the set-top box's part is the purse system's. */
import type { Deadline } from "../core/deadline.ts";
import type { AccountBalance, AccountEntry, HeldLoadRow, LoadOrder, LoadRow } from "../flows/loading.ts";
import type { SystemFacts } from "../flows/system.ts";
import type { UserLoad } from "../roles/set-top-box/serve.ts";
import type { Servers } from "./servers.ts";

/** What the user loads when a case does not care, minor units. */
const USUAL_AMOUNT = 2500;

/** What a case leaves open is the bench's first site, that site's first account, and a usual amount. */
export function loadOrderOf({ loadSites }: SystemFacts, order: LoadOrder): UserLoad {
  const SITE = order.SITE ?? loadSites[0]?.SITE ?? "";
  const ACCOUNT = order.ACCOUNT ?? loadSites.find((site) => site.SITE === SITE)?.accounts[0]?.ACCOUNT ?? "";
  return { SITE, ACCOUNT, enter: order.enter ?? (() => USUAL_AMOUNT) };
}

export class BenchLoading {
  readonly #servers: Servers;

  constructor(servers: Servers) {
    this.#servers = servers;
  }

  async loads(): Promise<readonly LoadRow[]> {
    const { loads } = await this.#servers.books();
    return (await loads.loads()).map((row) => ({
      ...row,
      SOURCE: row.SOURCE === 1 ? 1 : 2,
      request: row.LOADINIT === "" ? null : `${row.LOADINIT}${row.LOADRSP}`,
      command: row.loadCommand,
      response: row.cardResponse,
    }));
  }

  async heldLoads(): Promise<readonly HeldLoadRow[]> {
    return await (await this.#servers.books()).heldLoads.loads();
  }

  async accounts(): Promise<readonly AccountBalance[]> {
    return await (await this.#servers.books()).ledger.balances();
  }

  async entries(account: string): Promise<readonly AccountEntry[]> {
    return await (await this.#servers.books()).ledger.entries(account);
  }

  settleHolds(): Promise<void> {
    return this.#servers.loading.settleHolds();
  }

  async hsm(frame: Uint8Array, deadline: Deadline): Promise<Uint8Array | null> {
    await using channel = await this.#servers.loading.hsmChannel(deadline);
    await channel.send(frame);
    return await channel.receive(deadline);
  }
}
