/** A station with nothing behind it, for tests of what runs and judges cases. */
import { PursebenchError } from "../../../harness/core/errors.ts";
import type { DeviceSystem } from "../../../harness/flows/devices.ts";
import type { Preflight, RecordEvent, Station, StationIdentity } from "../../../harness/flows/station.ts";
import type { PurseSystem, SystemFacts } from "../../../harness/flows/system.ts";

export const FAKE_FACTS: SystemFacts = {
  bench: "fake",
  offers: {
    cards: ["specimen"],
    removal: false,
    links: ["235"],
    logs: [],
    database: false,
    restart: [],
    keys: false,
    boxes: 0,
    exhaustive: false,
    tear: false,
    clearing: false,
    psam: false,
    psamKinds: [],
    slots: 0,
    mischief: false,
    psamPatienceMs: 500,
    terminalPower: false,
  },
  sites: [],
  loadSites: [],
  loadServer: { host: "load.test", port: 7862, IDACQ: "00057001" },
  terminals: [],
  trustedHeadEnd: false,
  catalogue: [],
  paymentServer: { host: "payment.test", port: 7236 },
  providers: [],
  today: "260802",
};

const IDENTITY: StationIdentity = {
  bench: "fake",
  iut: { role: "card", description: "fake card" },
  devices: [{ name: "fake reader", version: "1" }],
};

export interface FakeOptions {
  readonly preflight?: Preflight | undefined;
  readonly systemFor?: ((caseId: string) => Promise<PurseSystem>) | undefined;
  readonly release?: (() => Promise<void>) | undefined;
}

export class FakeStation implements Station {
  readonly facts = FAKE_FACTS;
  readonly identity = IDENTITY;
  readonly released: (PurseSystem | DeviceSystem)[] = [];
  disposed = 0;
  readonly #options: FakeOptions;
  readonly #record: RecordEvent;

  constructor(record: RecordEvent, options: FakeOptions = {}) {
    this.#record = record;
    this.#options = options;
  }

  async preflight(): Promise<Preflight> {
    return this.#options.preflight ?? { ok: true, specimen: { IDIEP: "0000000001" } };
  }

  async systemFor(caseId: string): Promise<PurseSystem> {
    return await (this.#options.systemFor?.(caseId) ?? fakeSystem(this.#record, caseId));
  }

  async devicesFor(): Promise<never> {
    throw new PursebenchError("INTERNAL", "the fake station has no devices");
  }

  async release(system: PurseSystem | DeviceSystem): Promise<void> {
    this.released.push(system);
    await this.#options.release?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed++;
  }
}

/** A system that can do one thing: `resetCard` reports a message and gives an ATR back. */
export function fakeSystem(record: RecordEvent, caseId: string): PurseSystem {
  const absent = async (): Promise<never> => {
    throw new PursebenchError("INTERNAL", "the fake system cannot do that");
  };
  const undone = (): never => {
    throw new PursebenchError("INTERNAL", "the fake system cannot do that");
  };
  return {
    facts: FAKE_FACTS,
    purchase: absent,
    recover: absent,
    readPurse: absent,
    apdu: absent,
    cardProtocol: async () => "T=1" as const,
    async resetCard() {
      const bytes = Uint8Array.of(0x3b, 0x00);
      const moment = { atMs: 1, wall: new Date(0) };
      record({ kind: "message", link: "235", from: "card", to: "set-top-box", step: "608", bytes }, moment, caseId);
      return bytes;
    },
    terminals: () => [],
    readStore: absent,
    readTotals: absent,
    terminalMessage: absent,
    transaction: absent,
    transactions: absent,
    sale: absent,
    sales: absent,
    boxes: absent,
    idle: async () => undefined,
    money: async () => ({
      devices: { cards: [], psams: [] },
      accounts: [],
      holds: [],
      loads: [],
      cleared: [],
      rows: [],
      sales: [],
    }),
    http: absent,
    paymentSession: absent,
    events: () => [],
    disturb: undone,
    insertCard: absent,
    removeCard: absent,
    when: undone,
    restart: absent,
    load: absent,
    showLog: absent,
    loads: absent,
    heldLoads: absent,
    accounts: absent,
    entries: absent,
    settleHolds: absent,
    loadSession: absent,
    hsm: absent,
    tear: undone,
    clearing: {
      collect: absent,
      collectAtIntervals: absent,
      forward: absent,
      fetchDeliveries: absent,
      settle: absent,
      issueUpdate: absent,
      batches: absent,
      http: absent,
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
