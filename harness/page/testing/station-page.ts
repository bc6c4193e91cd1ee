/** A station page with nothing behind it: devices and cases are in the hand of the test. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Case } from "../../../suites/define/case.ts";
import { FakeStation } from "../../../suites/define/testing/fake-station.ts";
import { failing, passing, sampleCase } from "../../../suites/define/testing/sample-cases.ts";
import { fakeHouse } from "../../cli/testing/fake-house.ts";
import type { Operator, OperatorStep } from "../../flows/operator.ts";
import type { RunHouse } from "../../run/house.ts";
import type { AttachedDevices } from "../../station/attached/index.ts";
import { runsHere, type StartRun } from "../run/run-process.ts";
import { openStationPage, type PageOptions, type StationPage } from "../server/open-page.ts";

export const TWO_READERS: AttachedDevices = {
  pcsc: {
    kind: "readers",
    readers: [
      { name: "ACS ACR39U ICC Reader 00 00", slot: "card", atr: "3B8A80014A434F5033315632333298", inUse: false },
      { name: "HID Global OMNIKEY 3x21 00 00", slot: "empty", atr: "", inUse: false },
    ],
  },
  ports: [{ path: "/dev/ttyUSB0", name: "FTDI FT232R USB UART A50285BI" }],
  lab: { kind: "down" },
};

export interface OpenedPage extends AsyncDisposable {
  readonly page: StationPage;
  readonly runs: string;
  readonly folder: string;
  attach(devices: AttachedDevices): void;
}

export interface PageChange extends Partial<Omit<PageOptions, "house">> {
  readonly cases?: readonly Case[];
  readonly house?: Partial<RunHouse>;
  readonly devices?: AttachedDevices;
}

/** Opens a page at a free port of loopback. */
export async function openPage({ cases, house, devices = TWO_READERS, ...change }: PageChange): Promise<OpenedPage> {
  const runs = mkdtempSync(join(tmpdir(), "pb-runs-"));
  const folder = mkdtempSync(join(tmpdir(), "pb-folder-"));
  const full: RunHouse = { ...fakeHouse(), cases: async () => cases ?? [passing, failing], ...house };
  let tell: (devices: AttachedDevices) => void = () => undefined;
  const start: StartRun = change.start ?? runsHere(full);
  const page = await openStationPage({
    host: "127.0.0.1",
    port: 0,
    runs,
    folder,
    bench: "inproc",
    house: full,
    start,
    watchDevices: (listener) => {
      tell = listener;
      listener(devices);
      return { [Symbol.dispose]: () => undefined };
    },
    ...change,
  });
  return {
    page,
    runs,
    folder,
    attach: (now) => tell(now),
    [Symbol.asyncDispose]: async () => await page[Symbol.asyncDispose](),
  };
}

export interface Gate {
  readonly open: () => void;
  readonly opened: Promise<void>;
}

export function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** A case that does not end before its gate is open. */
export function waitingCase(id: string, { opened }: Gate): Case {
  return sampleCase(id, {
    run: async ({ expect }) => {
      await opened;
      expect.equal("gate", "open", "open");
    },
  });
}

/** A house whose station asks for a hand in the case of that id, and then takes the answer for its verdict. */
export function askingHouse(step: OperatorStep): { readonly house: Partial<RunHouse>; readonly asking: Case } {
  let operator: Operator | undefined;
  const asking = sampleCase("PAY-HAND-001", {
    run: async ({ expect }) => {
      const answer = await operator?.ask(step, new AbortController().signal);
      expect.equal("what the operator did", answer, "done");
    },
  });
  const house: Partial<RunHouse> = {
    openStation: async (options, record) => {
      operator = options.operator;
      return new FakeStation(record);
    },
  };
  return { house, asking };
}
