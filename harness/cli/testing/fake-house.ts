/** The command with nothing behind it: what was printed, and a hand on Ctrl-C. */
import type { Case } from "../../../suites/define/case.ts";
import { rejudge } from "../../../suites/define/observation/rejudge.ts";
import { type FakeOptions, FakeStation } from "../../../suites/define/testing/fake-station.ts";
import { failing, passing, sampleCase } from "../../../suites/define/testing/sample-cases.ts";
import { systemClock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import { systemRandom } from "../../core/random.ts";
import { testKeys } from "../../station/fixtures.ts";
import type { Io } from "../io.ts";
import type { House } from "../ports.ts";
import { runCli } from "../run.ts";

export class FakeIo implements Io {
  printed = "";
  complained = "";
  exited: number | undefined;
  readonly isTty: boolean;
  readonly #listeners = new Set<() => void>();

  constructor(isTty = false) {
    this.isTty = isTty;
  }

  readonly out = (text: string): void => {
    this.printed += text;
  };

  readonly err = (text: string): void => {
    this.complained += text;
  };

  readonly onInterrupt = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly exitNow = (code: number): void => {
    this.exited = code;
  };

  pressCtrlC(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const SAMPLES: readonly Case[] = [passing, failing, sampleCase("PAY-TERM-001", { owner: "terminal" })];

export function fakeHouse(change: Partial<House> & { readonly fake?: FakeOptions } = {}): House {
  const absent = async (): Promise<never> => {
    throw new PursebenchError("SERVICE_ABSENT", "the fake house has none of that", { mend: "use the real one" });
  };
  return {
    clock: systemClock,
    random: systemRandom,
    cases: async () => SAMPLES,
    checkKeys: async () => undefined,
    openStation: async (_options, record) => new FakeStation(record, change.fake),
    describe: async () => () => ({}),
    renderReports: async (dir) => [`${dir}/report.html`],
    labFinding: async () => ({ what: "virtual lab", ok: false, detail: "socat is missing", mend: "install socat" }),
    doctor: async () => [{ what: "PC/SC readers", ok: false, detail: "pcscd is not running", mend: "start pcscd" }],
    runMutants: async () => ({
      mutants: 2,
      killed: 1,
      survived: ["card-forgets-ntiep"],
      falseAlarms: [],
      unproven: [],
    }),
    rejudge: async (options) => await rejudge({ ...options, cases: SAMPLES }),
    testKeysOf: async ({ keys }) => testKeys(keys),
    lab: {
      up: absent,
      down: absent,
      status: async () => ({ data: { kind: "down" }, lines: ["The virtual lab is down."] }),
      insert: absent,
      remove: absent,
    },
    serveTerminal: absent,
    serveStation: absent,
    serveCard: absent,
    lookAtCard: absent,
    checkProfile: absent,
    personaliseCard: absent,
    installApplet: absent,
    ...change,
  };
}

export async function pursebench(args: readonly string[], house: House = fakeHouse(), io = new FakeIo()) {
  const code = await runCli(args, io, house);
  return { code, io, printed: io.printed, complained: io.complained };
}
